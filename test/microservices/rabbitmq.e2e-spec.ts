import { Controller, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Ctx,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  type RmqContext,
  RmqRecordBuilder,
  type RmqOptions,
  Transport,
} from '@nestjs/microservices';
import { type ChannelModel, connect, type ConsumeMessage } from 'amqplib';
import { CurrentUser, Security } from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { interval, map } from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accept } from './acceptance.js';
import type { Enclose, Messenger } from './messenger.js';
import { key, notesModule, UserToken } from './notes.module.js';
import { RabbitBroker } from './rabbit-broker.js';
import { type Broker, messengerOf, named } from './transports.js';

const SLOW = 180_000;
const { name, skipped } = named('RabbitMQ', 'rabbitmq-server');

let broker: RabbitBroker;
beforeAll(async () => {
  if (!skipped) broker = await RabbitBroker.start();
}, SLOW);
afterAll(() => broker?.stop(), SLOW);

const withHeaders: Enclose = (data, headers) =>
  new RmqRecordBuilder(data).setOptions({ headers: headers as Record<string, string> }).build();

/** A queue of its own, whose consumer gets one message at a time. */
function queue(own: string, options: RmqOptions['options'] = {}): Broker {
  const queueOptions = { durable: false, ...options.queueOptions };
  const common = { urls: [broker.url], queue: own, queueOptions };
  return {
    options: { transport: Transport.RMQ, options: { prefetchCount: 1, ...options, ...common } },
    client: () => messengerOf({ transport: Transport.RMQ, options: common }, withHeaders),
    stop: async () => undefined,
  };
}

describe(`messages over ${name}`, () => {
  accept({ name, skipped, inPayload: false, start: async () => queue('notes') });
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const handled: string[] = [];
/** A channel is closed, and another made, where a message is acknowledged and rejected. */
const channels = new Set<unknown>();

/** Acknowledges what it handles. */
@Controller()
@Security(UserToken)
class Careful {
  @MessagePattern('whoami')
  whoami(@CurrentUser() user: string, @Ctx() context: RmqContext) {
    return acknowledge(context, user);
  }

  @EventPattern('told')
  told(@CurrentUser() user: string, @Ctx() context: unknown) {
    acknowledge(context, user);
  }

  @EventPattern('told to two')
  first(@CurrentUser() user: string, @Ctx() context: unknown) {
    acknowledge(context, user);
  }

  @MessagePattern('brief')
  brief(@CurrentUser() user: string, @Ctx() context: RmqContext) {
    acknowledge(context, user);
    return interval(20).pipe(map(() => user));
  }
}

/** Leaves that to the other handler of its event. */
@Controller()
class Watching {
  @EventPattern('told to two')
  @Security(key)
  second(@CurrentUser() user: string) {
    handled.push(`watched by ${user}`);
  }
}

function acknowledge(context: unknown, user: string): string {
  const rabbit = context as RmqContext;
  const channel = rabbit.getChannelRef() as { ack(message: object): void };
  channels.add(channel);
  channel.ack(rabbit.getMessage());
  handled.push(user);
  return user;
}

/** Notes what was rejected, and answers nobody. */
async function readDeadLetters(): Promise<ChannelModel> {
  const connection = await connect(broker.url);
  const channel = await connection.createChannel();
  await channel.assertQueue('dead');
  const note = (letter: ConsumeMessage | null) => {
    const { pattern } = JSON.parse(String(letter?.content)) as { pattern: string };
    handled.push(`rejected ${pattern}`);
  };
  await channel.consume('dead', note, { noAck: true });
  return connection;
}

describe.skipIf(skipped)(`a queue of ${name} whose messages are acknowledged`, () => {
  let app: INestMicroservice;
  let deadLetters: ChannelModel;
  let client: ReturnType<Broker['client']>;
  let messenger: Pick<Messenger, 'ask' | 'tell' | 'watch'>;

  beforeAll(async () => {
    deadLetters = await readDeadLetters();
    const careful = queue('careful', {
      noAck: false,
      queueOptions: { deadLetterExchange: '', deadLetterRoutingKey: 'dead' },
    });
    app = await NestFactory.createMicroservice<MicroserviceOptions>(
      notesModule([microservices()], {}, { controllers: [Careful, Watching] }),
      { ...careful.options, logger: false, abortOnError: false },
    );
    await app.listen();
    client = careful.client(() => undefined);
    ({ messenger } = client);
  }, SLOW);
  afterAll(async () => {
    await client?.close();
    await app?.close();
    await deadLetters?.close();
  });
  beforeEach(() => (handled.length = 0));

  it('should go on after a refused request, which is rejected', async () => {
    expect(await messenger.ask('whoami', bearer('bad'))).toMatchObject({ statusCode: 401 });
    expect(await messenger.ask('whoami')).toMatchObject({ statusCode: 401 });
    expect(await messenger.ask('whoami', bearer('ada'))).toBe('ada');
    await expect
      .poll(() => handled.toSorted())
      .toStrictEqual(['ada', 'rejected whoami', 'rejected whoami']);
  });

  it('should go on after a refused event, which is rejected', async () => {
    await messenger.tell('told', bearer('bad'));
    await messenger.tell('told', bearer('broken'));
    await messenger.tell('told', bearer('bob'));
    await expect
      .poll(() => handled.toSorted())
      .toStrictEqual(['bob', 'rejected told', 'rejected told']);
  });

  it('should reject an event once all of its handlers have refused it', async () => {
    await messenger.tell('told to two', { ...bearer('bad'), 'x-api-key': 'bad' });
    await messenger.tell('told to two', bearer('ada'));
    await messenger.tell('told to two', { ...bearer('bob'), 'x-api-key': 'k' });
    expect(await messenger.ask('whoami', bearer('eve'))).toBe('eve');
    await expect
      .poll(() => handled.toSorted())
      .toStrictEqual(['ada', 'bob', 'eve', 'rejected told to two', 'watched by service k']);
  });

  it('should leave a message alone whose handler ran, though its stream is refused in the end', async () => {
    const answers = await messenger.watch('brief', bearer('brief'));
    expect(answers.at(-1)).toMatchObject({ statusCode: 401 });
    expect(await messenger.ask('whoami', bearer('ada'))).toBe('ada');
    expect(handled).toStrictEqual(['brief', 'ada']);
    expect(channels.size).toBe(1);
  });
});

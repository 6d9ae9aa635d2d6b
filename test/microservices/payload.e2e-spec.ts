import type { AddressInfo, Server as NetServer } from 'node:net';
import {
  Controller,
  type DynamicModule,
  type INestApplication,
  type INestMicroservice,
  SetMetadata,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  type CustomTransportStrategy,
  MessagePattern,
  type MicroserviceOptions,
  Server,
  Transport,
} from '@nestjs/microservices';
import { AuthModule, type ContextReader, CurrentUser, Security } from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { PayloadSumsController, reader, sumOf } from '../recipes/payload-sums.js';
import { SumsController, token } from '../recipes/sums.controller.js';
import { Messenger } from './messenger.js';
import { notesModule, UserToken } from './notes.module.js';

type Reading = NonNullable<NonNullable<Parameters<typeof microservices>[0]>['payload']>;

const tokenOf: Reading = (data) => {
  const { token } = (data ?? {}) as { token?: unknown };
  return { authorization: typeof token === 'string' ? `Bearer ${token}` : token };
};

/** A payload that holds itself 3,000 times, around something. */
function deep(innermost: unknown): object {
  let value = innermost;
  for (let depth = 0; depth < 3000; depth++) value = { token: value };
  return value as object;
}

describe('credentials in a payload', () => {
  let app: INestMicroservice;
  let client: ReturnType<typeof ClientProxyFactory.create>;
  afterEach(async () => {
    await client.close();
    await app.close();
  });

  async function start(payload?: Reading) {
    await serve(notesModule([microservices(payload && { payload })]));
    const messenger = new Messenger(client, (data) => data);
    return (data: object) => messenger.ask('whoami', {}, data);
  }

  async function serve(module: Type | DynamicModule) {
    const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;
    app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
      ...tcp,
      logger: false,
      abortOnError: false,
    });
    await app.listen();
    const { port } = app.unwrap<NetServer>().address() as AddressInfo;
    client = ClientProxyFactory.create({ ...tcp, options: { host: '127.0.0.1', port } });
  }

  it('are read as the recipe shows, and there alone', async () => {
    const imports = [AuthModule.forRoot({ schemes: [token], contexts: [reader] })];
    const sums = (controller: Type): DynamicModule => ({
      module: class {},
      imports,
      controllers: [controller],
    });
    await serve(sums(PayloadSumsController));
    expect(await sumOf(client, [1, 2], 'token-of-ada')).toBe('ada: 3');
    await expect(sumOf(client, [1, 2], 'bad')).rejects.toMatchObject({ error: 'invalid_token' });
    await client.close();
    await app.close();
    await serve(sums(SumsController));
    await expect(lastValueFrom(client.send('sum', [1, 2]))).rejects.toMatchObject({
      error: 'not_authenticated',
    });
  });

  it('are not read unasked', async () => {
    const ask = await start();
    const data = {
      token: 'ada',
      headers: { authorization: 'Bearer ada' },
      authorization: 'Bearer ada',
    };
    expect(await ask(data)).toMatchObject({ statusCode: 401, error: 'not_authenticated' });
  });

  it('are read by who is told to', async () => {
    const ask = await start(tokenOf);
    expect(await ask({ token: 'ada' })).toBe('ada');
  });

  it.each<[string, object, number]>([
    ['nothing', {}, 401],
    ['null in place of a token', { token: null }, 401],
    ['a list', { token: ['ada'] }, 400],
    ['an object', { token: { toString: 'ada' } }, 400],
    ['a number', { token: 7 }, 400],
    ['3,000 objects in one another', deep('ada'), 400],
    ['a name of Object.prototype', JSON.parse('{"__proto__":{"token":"ada"}}') as object, 401],
  ])('are refused with %s, and the next call is served', async (_case, data, statusCode) => {
    const ask = await start(tokenOf);
    expect(await ask(data)).toMatchObject({ status: 'error', statusCode });
    expect(await ask({ token: 'ada' })).toBe('ada');
  });

  it.each([null, undefined, false, 0, ''])('are none where it answers %j', async (answer) => {
    const ask = await start(() => answer as null);
    expect(await ask({ token: 'ada' })).toMatchObject({ statusCode: 401 });
  });

  it('are refused where there are far too many', async () => {
    const ask = await start((data) => data as Record<string, unknown>);
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [at, '']));
    expect(await ask(many)).toMatchObject({ statusCode: 400, error: 'invalid_request' });
  });

  it('say that what is no text must be one', async () => {
    const ask = await start(tokenOf);
    expect(await ask({ token: 7 })).toMatchObject({
      message: 'The authorization header must be a text',
    });
  });

  it('are refused in the same form where reading them fails', async () => {
    const ask = await start((data) => {
      throw new Error(`no token in ${JSON.stringify(data)}`);
    });
    expect(await ask({ secret: 'hunter2' })).toStrictEqual({
      status: 'error',
      statusCode: 500,
      message: 'Internal Server Error',
      error: 'internal_server_error',
      challenges: [],
    });
  });
});

/** A transport of its own, whose messages say who sent them. */
class PigeonServer extends Server implements CustomTransportStrategy {
  on = () => undefined;
  unwrap = () => undefined as never;
  listen = (listening: () => void) => listening();
  close = () => undefined;

  async ask(pattern: string, pigeon: Pigeon): Promise<unknown> {
    const answers = await this.getHandlerByPattern(pattern)!({}, pigeon);
    return lastValueFrom(this.transformToObservable(answers));
  }
}

class Pigeon {
  constructor(readonly ring: string) {}
}

const pigeons: ContextReader = {
  type: 'rpc',
  read(context) {
    const pigeon = context.getArgByIndex<unknown>(1);
    if (!(pigeon instanceof Pigeon)) return undefined;
    const request = { headers: { authorization: `Bearer ${pigeon.ring}` } };
    return { request, key: pigeon, shared: pigeon };
  },
  handles: (method) =>
    Reflect.hasMetadata('pigeon', method) ? { method: 'RPC', path: 'letter' } : undefined,
};

@Controller()
@Security(UserToken)
class Loft {
  @MessagePattern('whose') whose(@CurrentUser() user: string) {
    return user;
  }
  @SetMetadata('pigeon', true) letter() {
    return 'a letter';
  }
}

it('are those of each call, where another transport calls the same handler meanwhile', async () => {
  const contexts = [pigeons, microservices({ payload: tokenOf })];
  const app = await NestFactory.create<INestApplication>(
    {
      module: class {},
      imports: [AuthModule.forRoot({ schemes: [UserToken], contexts })],
      controllers: [Loft],
    },
    { logger: false, abortOnError: false },
  );
  const strategy = new PigeonServer();
  app.connectMicroservice<MicroserviceOptions>({ strategy });
  const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;
  const server = app.connectMicroservice<MicroserviceOptions>(tcp);
  await app.startAllMicroservices();
  const { port } = server.unwrap<NetServer>().address() as AddressInfo;
  const client = ClientProxyFactory.create({ ...tcp, options: { host: '127.0.0.1', port } });
  const messenger = new Messenger(client, (data) => data);
  const slow = strategy.ask('whose', new Pigeon('adaslow'));
  expect(await messenger.ask('whose', {}, { token: 'bob' })).toBe('bob');
  expect(await slow).toBe('adaslow');
  await client.close();
  await app.close();
});

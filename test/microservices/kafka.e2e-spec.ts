import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, ServerKafka } from '@nestjs/microservices';
import { microservices } from 'nestjs-security/microservices';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { events, notesModule } from './notes.module.js';

/** Nest's server without its broker: messages are handed to it, and replies stay here. */
class Kafka extends ServerKafka {
  readonly replies: { err?: unknown; response?: unknown }[] = [];

  /** Nest 11 asks for kafkajs before it is needed. */
  override loadPackage(): never {
    return {} as never;
  }

  override async listen(callback: () => void): Promise<void> {
    callback();
  }

  override async close(): Promise<void> {}

  override sendMessage(message: never): Promise<never> {
    this.replies.push(message);
    return Promise.resolve(undefined as never);
  }
}

type Headers = Record<string, string | Buffer | Buffer[]>;
const bearer = (token: string): Headers => ({ authorization: Buffer.from(`Bearer ${token}`) });
const request = {
  kafka_correlationId: '1',
  kafka_replyTopic: 'replies',
  kafka_replyPartition: '0',
};

describe('messages of Kafka', () => {
  let app: INestMicroservice;
  let server: Kafka;
  beforeAll(async () => {
    server = new Kafka({});
    app = await NestFactory.createMicroservice<MicroserviceOptions>(
      notesModule([microservices()]),
      { strategy: server, logger: false, abortOnError: false },
    );
    await app.listen();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    events.length = 0;
    server.replies.length = 0;
  });

  /** As kafkajs's consumer does: what it rejects with would be delivered again. */
  const deliver = (topic: string, headers: Headers) =>
    server.handleMessage({
      topic,
      partition: 0,
      message: { key: null, value: Buffer.from('{}'), headers, offset: '1' },
      heartbeat: async () => undefined,
      pause: () => () => undefined,
    } as never);

  const answerTo = async (topic: string, headers: Headers) => {
    await deliver(topic, { ...request, ...headers });
    await vi.waitFor(() => expect(server.replies.length).toBeGreaterThan(0));
    const [{ err, response }] = server.replies as [{ err?: unknown; response?: unknown }];
    return err ?? response;
  };

  it('should authenticate a request with a token in a header', async () => {
    expect(await answerTo('whoami', bearer('ada'))).toBe('ada');
  });

  it.each<[string, string, Headers, object]>([
    [
      'nothing',
      'whoami',
      {},
      { statusCode: 401, error: 'not_authenticated', challenges: ['Bearer'] },
    ],
    ['a bad token', 'whoami', bearer('bad'), { statusCode: 401, error: 'invalid_token' }],
    ['two keys', 'key', { 'x-api-key': [Buffer.from('a'), Buffer.from('a')] }, { statusCode: 400 }],
    ['a key of bytes', 'key', { 'x-api-key': Buffer.from([0, 1]) }, { statusCode: 400 }],
    ['a key of JSON', 'key', { 'x-api-key': Buffer.from('["a"]') }, { statusCode: 400 }],
  ])('should refuse a request with %s', async (_case, topic, headers, answer) => {
    expect(await answerTo(topic, headers)).toMatchObject({ status: 'error', ...answer });
  });

  it('should run the handlers of an accepted event', async () => {
    await deliver('happened', bearer('ada'));
    expect(events.toSorted()).toStrictEqual(['ada', 'logged by nobody']);
  });

  it.each<[string, string, Headers]>([
    ['an event that both handlers refuse', 'happened', { ...bearer('bad'), 'x-api-key': 'bad' }],
    ['a request that names nobody to answer', 'whoami', bearer('bad')],
    [
      'an event over which the store fails',
      'happened',
      { ...bearer('broken'), 'x-api-key': 'bad' },
    ],
  ])('should refuse %s for good, so that its partition goes on', async (_case, topic, headers) => {
    await expect(deliver(topic, headers)).resolves.toBeUndefined();
    expect(events).toStrictEqual([]);
    expect(server.replies).toStrictEqual([]);
  });
});

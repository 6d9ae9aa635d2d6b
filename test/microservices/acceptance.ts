import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { microservices } from 'nestjs-security/microservices';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Messenger, Sent } from './messenger.js';
import { events, notesModule, validated } from './notes.module.js';
import type { Broker, TestedTransport } from './transports.js';

/** A broker may take its time to start. */
const SLOW = 180_000;

const bearer = (token: string): Sent => ({ authorization: `Bearer ${token}` });

const refusal = (statusCode: number, error: string, ...challenges: string[]) => ({
  status: 'error',
  message: expect.any(String) as string,
  statusCode,
  error,
  challenges,
});

/** What the payload holds for transports that have no other place. */
const payload = (data: unknown) => (data as { headers?: Record<string, unknown> } | null)?.headers;

/** What holds for the messages of every transport. */
export function accept(transport: TestedTransport): void {
  describe.skipIf(transport.skipped)('of handlers under a policy', () => {
    let broker: Broker;
    let app: INestMicroservice;
    let client: ReturnType<Broker['client']>;
    let ask: Messenger['ask'];
    let tell: Messenger['tell'];

    beforeAll(async () => {
      broker = await transport.start();
      const contexts = [microservices(transport.inPayload ? { payload } : {})];
      app = await NestFactory.createMicroservice<MicroserviceOptions>(notesModule(contexts), {
        ...broker.options,
        logger: false,
        abortOnError: false,
      });
      await app.listen();
      client = broker.client(() => app.unwrap());
      ask = client.messenger.ask.bind(client.messenger);
      tell = client.messenger.tell.bind(client.messenger);
    }, SLOW);
    afterAll(async () => {
      await client?.close();
      await app?.close();
      await broker?.stop();
    });
    beforeEach(() => {
      validated.length = 0;
      events.length = 0;
    });

    it('should authenticate a message with a token, once however many guards run', async () => {
      expect(await ask('whoami', bearer('ada'))).toBe('ada');
      expect(validated).toStrictEqual(['ada']);
    });

    it('should authenticate a message with a header whose name is in capitals', async () => {
      expect(await ask('whoami', { AUTHORIZATION: 'Bearer ada' })).toBe('ada');
    });

    it('should authenticate each of several messages at once as its own user', async () => {
      const users = ['ada', 'bob', 'eve', 'joe'];
      expect(await Promise.all(users.map((user) => ask('whoami', bearer(user))))).toStrictEqual(
        users,
      );
    });

    it.each<[string, string, Sent, object]>([
      ['nothing', 'whoami', {}, refusal(401, 'not_authenticated', 'Bearer')],
      [
        'a bad token',
        'whoami',
        bearer('bad'),
        refusal(401, 'invalid_token', 'Bearer error="invalid_token"'),
      ],
      [
        'a malformed token',
        'whoami',
        bearer('a b'),
        refusal(401, 'invalid_token', 'Bearer error="invalid_token"'),
      ],
      [
        'too few scopes',
        'items',
        bearer('bob'),
        refusal(403, 'insufficient_scope', 'Bearer error="insufficient_scope", scope="items"'),
      ],
      [
        'a bad token where none is needed',
        'maybe',
        bearer('bad'),
        refusal(401, 'invalid_token', 'Bearer error="invalid_token"'),
      ],
      [
        'one of two that are needed',
        'both',
        bearer('ada'),
        refusal(401, 'not_authenticated', 'Bearer', 'APIKey'),
      ],
      ['a failure of the store', 'whoami', bearer('broken'), refusal(500, 'internal_server_error')],
      ['a store that is down', 'whoami', bearer('down'), refusal(503, 'service_unavailable')],
      ['a store that hangs', 'whoami', bearer('hung'), refusal(503, 'service_unavailable')],
      [
        'a name that is sent in two cases',
        'key',
        { 'x-api-key': 'a', 'X-API-Key': 'a' },
        refusal(400, 'invalid_request', 'APIKey'),
      ],
      [
        'a list of keys',
        'key',
        { 'x-api-key': ['a', 'a'] },
        refusal(400, 'invalid_request', 'APIKey'),
      ],
    ])('should refuse a message with %s', async (_case, pattern, sent, answer) => {
      const refused = await ask(pattern, sent);
      expect(refused).toStrictEqual(answer);
      expect(JSON.stringify(refused)).not.toMatch(/hunter2|db\.internal|Notes|UserToken/);
    });

    it.each<[string, string, Sent, unknown]>([
      ['no credentials where none are needed', 'maybe', {}, { user: null }],
      ['credentials where none are needed', 'maybe', bearer('ada'), { user: 'ada' }],
      ['anything where nothing is asked', 'open', bearer('bad'), { user: null }],
      [
        'both that are needed',
        'both',
        { ...bearer('ada'), 'x-api-key': 'k' },
        ['ada', 'service k'],
      ],
      ['the scopes it needs', 'items', bearer('ada'), 'ada'],
      ['a key for a scheme of its own', 'scoped-key', { 'x-scoped-key': 'k' }, 'k'],
      ['what request-scoped providers ask about', 'mine', bearer('ada'), ['ada', 'ada']],
    ])('should authenticate a message with %s', async (_case, pattern, sent, answer) => {
      expect(await ask(pattern, sent)).toStrictEqual(answer);
    });

    it('should authenticate each of several messages for request-scoped providers', async () => {
      const users = ['ada', 'bob', 'eve', 'joe'];
      const answers = await Promise.all(users.map((user) => ask('mine', bearer(user))));
      expect(answers).toStrictEqual(users.map((user) => [user, user]));
    });

    it('should deliver credentials, granted and required scopes', async () => {
      expect(await ask('parameters', bearer('ada'))).toStrictEqual({
        token: 'ada',
        granted: ['me', 'items'],
        required: ['me'],
      });
    });

    it('should end a stream of answers when its credentials expire', async () => {
      const answers = await client.messenger.watch('watch', bearer('brief'));
      expect(answers.length).toBeGreaterThan(1);
      expect(new Set(answers.slice(0, -1))).toStrictEqual(new Set(['brief']));
      expect(answers.at(-1)).toStrictEqual(
        refusal(401, 'invalid_token', 'Bearer error="invalid_token"'),
      );
      expect(events).toStrictEqual(['watch brief ended']);
    });

    it('should let an answer come later than its credentials expire', async () => {
      expect(await ask('late', bearer('brief'))).toBe('brief');
    });

    it('should ask rules about the message', async () => {
      expect(await ask('owned', bearer('ada'), { owner: 'ada' })).toBe('a note of ada');
      expect(await ask('owned', bearer('ada'), { owner: 'bob' })).toMatchObject({
        statusCode: 403,
        error: 'access_denied',
        message: 'The note is yours.',
      });
    });

    it('should validate once for all handlers of an event that require the same', async () => {
      await tell('noticed', bearer('ada'));
      const all: unknown[] = [];
      const handled = async () => all.push(...((await ask('events')) as string[]));
      await expect.poll(handled).toBe(2);
      expect(all.toSorted()).toStrictEqual(['ada', 'logged by ada']);
      expect(validated).toStrictEqual(['ada']);
    });

    it('should run each handler of an event under its own policy', async () => {
      const handled = async () => [...((await ask('events')) as string[])];
      const until = async (last: string) => {
        const all: string[] = [];
        await expect.poll(async () => all.push(...(await handled())) && all).toContain(last);
        return all.toSorted();
      };
      await tell('happened', bearer('bad'));
      await tell('happened', { ...bearer('ada'), 'x-api-key': 'bad' });
      await tell('happened', { 'x-api-key': 'k' });
      await tell('happened', bearer('bob'));
      expect(await until('bob')).toStrictEqual([
        'ada',
        'bob',
        'logged by nobody',
        'logged by nobody',
        'logged by service k',
      ]);
    });
  });
}

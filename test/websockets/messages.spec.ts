import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { UseGuards } from '@nestjs/common';
import {
  allOf,
  APIKeyHeader,
  AuthModule,
  CurrentUser,
  OAuth2PasswordBearer,
  optional,
  Public,
  Scopes,
  Security,
  SecurityGuard,
} from 'nestjs-security';
import { webSockets } from 'nestjs-security/websockets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Client, type Credentials, SendsExceptions, transports } from './clients.js';

const check = (token: string) => {
  if (token === 'down') {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  }
  if (token === 'bug') throw new Error('the text of a bug');
  if (token === 'slow') return Promise.resolve({ user: 'slow', scopes: ['read'] });
  return token === 'bad' ? null : { user: token, scopes: token === 'ada' ? ['read', 'write'] : [] };
};
const validate = vi.fn(check);
const bearer = new OAuth2PasswordBearer<string, 'read' | 'write'>({
  schemeName: 'Token',
  tokenUrl: 'token',
  scopes: { read: 'Read.', write: 'Write.' },
  validate,
});
const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (sent) => (sent === 'bad' ? null : { user: `key ${sent}` }),
});

const ran = vi.fn();
const answer = (data: unknown) => ({ event: 'answer', data });

@WebSocketGateway()
@SendsExceptions()
@Security(bearer)
class Gateway {
  @SubscribeMessage('me')
  me(@CurrentUser() user: string) {
    ran('me');
    return answer(user);
  }

  @SubscribeMessage('echo')
  echo(
    @MessageBody() body: unknown,
    @CurrentUser() user: string,
    @ConnectedSocket() client: object,
  ) {
    return answer([user, body ?? null, typeof client]);
  }

  @SubscribeMessage('plain')
  plain(client: object, body: unknown) {
    return answer([typeof client, body ?? null]);
  }

  @SubscribeMessage('scoped')
  @Scopes('read', 'write')
  scoped(@CurrentUser() user: string) {
    ran('scoped');
    return answer(user);
  }

  @SubscribeMessage('maybe')
  @Security(optional(bearer))
  maybe(@CurrentUser() user: string | null) {
    return answer({ user });
  }

  @SubscribeMessage('both')
  @Security(allOf(bearer, key))
  both(@CurrentUser(key) user: string) {
    ran('both');
    return answer(user);
  }

  @SubscribeMessage('open')
  @Public()
  open(@CurrentUser() user: string | null) {
    return answer({ user });
  }

  @SubscribeMessage('thrice')
  @UseGuards(SecurityGuard, SecurityGuard)
  thrice(@CurrentUser() user: string) {
    return answer(user);
  }
}

const token = (value: string): Credentials => ({ headers: { Authorization: `Bearer ${value}` } });

const refused = (statusCode: number, error: string, message: unknown, challenges: string[]) => ({
  event: 'exception',
  data: { status: 'error', message, statusCode, error, challenges },
});

describe.each(adapters.flatMap((http) => transports.map((transport) => ({ http, transport }))))(
  'a message on $transport.name and $http.name',
  ({ http, transport }) => {
    let running: RunningApp;
    let client: Client | undefined;
    beforeAll(async () => {
      running = await createApp(
        http,
        {
          imports: [AuthModule.forRoot({ schemes: [bearer, key], contexts: [webSockets()] })],
          providers: [Gateway],
        },
        (app) => app.useWebSocketAdapter(transport.adapter(app)),
      );
    });
    afterAll(() => running.app.close());
    beforeEach(() => {
      vi.clearAllMocks();
      validate.mockImplementation(check);
    });
    afterEach(() => client?.close());

    const connect = async (credentials?: Credentials) =>
      (client = await transport.connect(running.url, credentials));

    it('authenticates its sender', async () => {
      await connect(token('ada'));
      expect(await client!.ask('me')).toEqual(answer('ada'));
      expect(await client!.ask('scoped')).toEqual(answer('ada'));
    });

    it.each<[string, string, Credentials, ReturnType<typeof refused>]>([
      [
        'no credentials',
        'me',
        {},
        refused(401, 'not_authenticated', 'Not authenticated', ['Bearer']),
      ],
      [
        'a wrong token',
        'me',
        token('bad'),
        refused(401, 'invalid_token', expect.any(String), ['Bearer error="invalid_token"']),
      ],
      [
        'too few scopes',
        'scoped',
        token('bob'),
        refused(403, 'insufficient_scope', expect.any(String), [
          'Bearer error="insufficient_scope", scope="read write"',
        ]),
      ],
      [
        'a wrong token where none is needed',
        'maybe',
        token('bad'),
        refused(401, 'invalid_token', expect.any(String), ['Bearer error="invalid_token"']),
      ],
      [
        'one of two credentials',
        'both',
        token('ada'),
        refused(401, 'not_authenticated', expect.any(String), expect.any(Array)),
      ],
      [
        'a token that a bug meets',
        'me',
        token('bug'),
        refused(500, 'internal_server_error', 'Internal Server Error', []),
      ],
      [
        'a token while the store is down',
        'me',
        token('down'),
        refused(503, 'service_unavailable', 'Service unavailable', []),
      ],
    ])('is refused with %s', async (_case, event, credentials, expected) => {
      await connect(credentials);
      expect(await client!.ask(event)).toEqual(expected);
      expect(ran).not.toHaveBeenCalled();
    });

    it('needs no credentials where none are required', async () => {
      await connect();
      expect(await client!.ask('open')).toEqual(answer({ user: null }));
      expect(await client!.ask('maybe')).toEqual(answer({ user: null }));
    });

    it('is validated once by all of its guards, and again with the next message', async () => {
      await connect(token('ada'));
      expect(await client!.ask('thrice')).toEqual(answer('ada'));
      expect(validate).toHaveBeenCalledTimes(1);
      await client!.ask('thrice');
      expect(validate).toHaveBeenCalledTimes(2);
    });

    it('is refused once its token is revoked, and let in again once it is good', async () => {
      await connect(token('ada'));
      expect(await client!.ask('me')).toEqual(answer('ada'));
      validate.mockReturnValueOnce(null);
      expect(await client!.ask('me')).toMatchObject({ event: 'exception' });
      expect(await client!.ask('me')).toEqual(answer('ada'));
    });

    it.each<[string, unknown]>([
      ['text', 'hello'],
      ['an empty text', ''],
      ['a list', [1, 'two']],
      ['an object', { a: 1 }],
      ['a number', 0],
      ['nothing', undefined],
      ['null', null],
    ])('brings %s to its handler', async (_case, data) => {
      await connect(token('ada'));
      expect(await client!.ask('echo', data)).toEqual(answer(['ada', data ?? null, 'object']));
      expect(await client!.ask('plain', data)).toEqual(answer(['object', data ?? null]));
    });

    it('has its own user among others that are in flight', async () => {
      const release: (() => void)[] = [];
      validate.mockImplementation(
        ((sent: string) =>
          new Promise((resolve) =>
            release.push(() => resolve({ user: sent, scopes: [] })),
          )) as never,
      );
      const users = ['ada', 'bob', 'cyd', 'dan'];
      const clients = await Promise.all(
        users.map((user) => transport.connect(running.url, token(user))),
      );
      const answers = clients.map((each) => each.ask('echo', 'the same'));
      await vi.waitFor(() => expect(release).toHaveLength(4));
      release.toReversed().forEach((settle) => settle());
      expect((await Promise.all(answers)).map(({ data }) => (data as string[])[0])).toEqual(users);
      clients.forEach((each) => each.close());
    });
  },
);

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  AuthModule,
  Authorize,
  Credentials,
  CurrentAuthentication,
  CurrentUser,
  GrantedScopes,
  HTTPBearer,
  type HTTPAuthorizationCredentials,
  optional,
  Public,
  RequiredScopes,
  rule,
  Scopes,
  Security,
  type SecurityRequest,
  type SecurityScopes,
} from 'nestjs-security';
import { overrideScheme } from 'nestjs-security/testing';
import { webSockets } from 'nestjs-security/websockets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { nestMajor } from '../support/nest-major.js';
import { type Client, SendsExceptions, transports, ws } from './clients.js';

const NAMES = { 'token-1': 'ada', 'token-2': 'bob' };

const check = ({ credentials }: HTTPAuthorizationCredentials) =>
  credentials in NAMES
    ? { user: { name: NAMES[credentials as keyof typeof NAMES] }, scopes: ['read'] }
    : null;
const validate = vi.fn<(sent: HTTPAuthorizationCredentials) => unknown>();
const token = new HTTPBearer<{ name: string }>({
  schemeName: 'Token',
  validate: (sent) => validate(sent) as ReturnType<typeof check>,
});

@Injectable({ scope: Scope.REQUEST })
class Scoped extends HTTPBearer<string> {
  static made = 0;
  constructor(@Inject(REQUEST) private readonly request: SecurityRequest) {
    super({ schemeName: 'Scoped' });
    Scoped.made++;
  }

  override validate({ credentials }: HTTPAuthorizationCredentials) {
    const sent = this.request.headers['authorization'];
    return sent === `Bearer ${credentials}` ? { user: credentials } : null;
  }
}

const ownRoom = rule<{ name: string }, { room: string }>(
  'A room of your own.',
  ({ user, params }) => params.room === user.name,
);

const answer = (data: unknown) => ({ event: 'answer', data });

@WebSocketGateway()
@SendsExceptions()
@Security(token)
class Gateway {
  @SubscribeMessage('all')
  @Scopes('read')
  all(
    @CurrentUser() user: unknown,
    @CurrentUser(token) same: unknown,
    @Credentials() credentials: unknown,
    @GrantedScopes() granted: ReadonlySet<string>,
    @RequiredScopes() required: SecurityScopes,
    @MessageBody() body: unknown,
  ) {
    return answer([user, same, credentials, [...granted], required.scopes, body]);
  }

  @SubscribeMessage('room')
  @Authorize(ownRoom)
  room(@MessageBody() body: unknown) {
    return answer(body);
  }

  @SubscribeMessage('scoped')
  @Security(Scoped)
  scoped(@CurrentUser() user: string) {
    return answer(user);
  }

  @SubscribeMessage('open')
  @Public()
  open() {
    return answer('open');
  }
}

/** Nest 12 makes one for each connection. */
@WebSocketGateway()
@Security(optional(token))
class PerConnection {
  constructor(private readonly authentication: CurrentAuthentication) {}

  @SubscribeMessage('current')
  current() {
    return answer(this.authentication.of(token)?.user ?? null);
  }
  @SubscribeMessage('guarded')
  @Security(token)
  guarded() {
    return this.current();
  }
  @SubscribeMessage('read')
  @Security(token, ['read'])
  read() {
    return this.current();
  }
  @SubscribeMessage('administer')
  @Security(token, ['admin'])
  administer() {
    return this.current();
  }
  @SubscribeMessage('anybody')
  @Public()
  anybody() {
    return this.current();
  }
}

const bearer = (sent: string) => ({ headers: { Authorization: `Bearer ${sent}` } });

describe.each(transports)('a message of $name', (transport) => {
  let running: RunningApp;
  let client: Client | undefined;
  beforeAll(async () => {
    running = await createApp(
      adapters[0]!,
      {
        imports: [
          AuthModule.forRoot({
            schemes: [token, Scoped],
            contexts: [webSockets()],
            validateTimeout: 0.05,
          }),
        ],
        providers: nestMajor > 11 ? [Gateway, PerConnection] : [Gateway],
      },
      (app) => app.useWebSocketAdapter(transport.adapter(app)),
    );
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    validate.mockReset().mockImplementation(check);
  });
  afterEach(() => client?.close());

  const connect = async (sent: string) =>
    (client = await transport.connect(running.url, bearer(sent)));

  it('is delivered by every parameter decorator', async () => {
    await connect('token-1');
    const user = { name: 'ada' };
    const credentials = { scheme: 'Bearer', credentials: 'token-1' };
    expect(await client!.ask('all', 'text')).toEqual(
      answer([user, user, credentials, ['read'], ['read'], 'text']),
    );
  });

  it('is what rules decide by', async () => {
    await connect('token-1');
    expect(await client!.ask('room', { room: 'ada' })).toEqual(answer({ room: 'ada' }));
    for (const message of [{ room: 'bob' }, 'ada', undefined, ['ada']]) {
      expect(await client!.ask('room', message)).toMatchObject({
        event: 'exception',
        data: { statusCode: 403, error: 'access_denied', message: 'A room of your own.' },
      });
    }
  });

  it('has a scheme of its own where that is made per request', async () => {
    await connect('token-1');
    const before = Scoped.made;
    expect(await client!.ask('scoped')).toEqual(answer('token-1'));
    expect(await client!.ask('scoped')).toEqual(answer('token-1'));
    expect(Scoped.made).toBe(before + 2);
  });

  it('waits for no answer of validate longer than validateTimeout', async () => {
    await connect('token-1');
    validate.mockReturnValueOnce(new Promise(() => undefined));
    expect(await client!.ask('all')).toMatchObject({ data: { statusCode: 503 } });
  });

  it.each([
    ['accepted', 'token-1', { schemes: ['Token'], scopes: ['read'], user: { name: 'ada' } }],
    [
      'refused',
      'bad',
      { schemes: ['Token'], scopes: ['read'], status: 401, code: 'invalid_token' },
    ],
  ])('is told of where it is %s', async (event, sent, expected) => {
    const told = vi.fn();
    const listen = (message: unknown) => told(message);
    await connect(sent);
    subscribe(`nestjs-security:${event}`, listen);
    await client!.ask('all');
    unsubscribe(`nestjs-security:${event}`, listen);
    const place = { kind: 'ws', controller: 'Gateway', handler: 'all', source: 'Gateway' };
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0]![0]).toMatchObject({ ...place, ...expected });
  });

  it.runIf(nestMajor > 11)('is known to what Nest makes for its connection', async () => {
    await connect('token-1');
    const other = await transport.connect(running.url, bearer('token-2'));
    expect(await client!.ask('current')).toEqual(answer({ name: 'ada' }));
    expect(await other.ask('current')).toEqual(answer({ name: 'bob' }));
    validate.mockReturnValue({ user: { name: 'renamed' } });
    expect(await client!.ask('current')).toEqual(answer({ name: 'renamed' }));
    expect(await other.ask('current')).toEqual(answer({ name: 'renamed' }));
    other.close();
  });

  it.runIf(nestMajor > 11)(
    'is nobody to what knew its sender, once credentials are bad',
    async () => {
      await connect('token-1');
      const ada = answer({ name: 'ada' });
      for (const message of ['guarded', 'read']) expect(await client!.ask(message)).toEqual(ada);
      expect(await client!.ask('administer')).toMatchObject({ data: { statusCode: 403 } });
      expect(await client!.ask('anybody')).toEqual(ada);
      validate.mockReturnValue(null);
      expect(await client!.ask('guarded')).toMatchObject({ data: { statusCode: 401 } });
      expect(await client!.ask('anybody')).toEqual(answer(null));
    },
  );

  it('comes from the user whom a test acts as', async () => {
    const builder = Test.createTestingModule({
      imports: [AuthModule.forRoot({ schemes: [token, Scoped], contexts: [webSockets()] })],
      providers: [Gateway],
    });
    const module = await overrideScheme(builder, token)
      .as({ name: 'tester' }, ['read'] as never)
      .compile();
    const app = module.createNestApplication({ logger: false });
    app.useWebSocketAdapter(transport.adapter(app));
    await app.listen(0, '127.0.0.1');
    client = await transport.connect(await app.getUrl());
    expect(await client.ask('room', { room: 'tester' })).toEqual(answer({ room: 'tester' }));
    client.close();
    await app.close();
  });
});

describe('a refused message of ws without a filter', () => {
  it('is answered on Nest 12, and by silence on Nest 11', async () => {
    @WebSocketGateway()
    class Silent {
      @SubscribeMessage('me') @Security(token) me(@CurrentUser() user: unknown) {
        return answer(user);
      }
      @SubscribeMessage('open') @Public() open() {
        return answer('open');
      }
    }
    validate.mockReset().mockReturnValue(null);
    const { app, url } = await createApp(
      adapters[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [webSockets()] })],
        providers: [Silent],
      },
      (application) => application.useWebSocketAdapter(ws.adapter(application)),
    );
    const client = await ws.connect(url, bearer('bad'));
    client.send('me');
    client.send('open');
    if (nestMajor > 11) expect(await client.next()).toMatchObject({ event: 'exception' });
    expect(await client.next()).toEqual(answer('open'));
    client.close();
    await app.close();
  });
});

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type Type, Injectable } from '@nestjs/common';
import {
  type OnGatewayConnection,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import {
  type Authentication,
  AuthModule,
  Authorize,
  CurrentUser,
  HTTPBearer,
  type MaybePromise,
  type SecurityRequest,
  type HTTPAuthorizationCredentials,
  Public,
  rule,
  Security,
} from 'nestjs-security';
import { ConnectionGuard, webSockets } from 'nestjs-security/websockets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Client, socketIO, transports, UpgradeRefused, ws } from './clients.js';

const check = ({ credentials }: HTTPAuthorizationCredentials) => {
  if (credentials === 'bug') throw new Error('the text of a bug');
  if (credentials === 'down') throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
  return credentials === 'bad' ? null : { user: credentials };
};
const validate =
  vi.fn<
    (
      sent: HTTPAuthorizationCredentials,
      request: SecurityRequest,
    ) => MaybePromise<Authentication<string> | null>
  >();
const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: (sent, { request }) => validate(sent, request),
});

const connected = vi.fn();
const notBob = rule<string>('Anybody but Bob.', ({ user }) => user !== 'bob');

/** What both places have in common; the second one is another namespace, or another path. */
@Injectable()
class Room implements OnGatewayInit<object>, OnGatewayConnection {
  @WebSocketServer() server!: { emit?(event: string, data: string): void; clients?: Set<never> };

  constructor(private readonly connections: ConnectionGuard) {}

  afterInit(server: object) {
    this.connections.protect(server, this.constructor as Type);
  }

  handleConnection(client: object) {
    const known = this.connections.authenticationOf(client, token);
    connected(this.constructor.name, known?.user);
  }

  @SubscribeMessage('me')
  me(@CurrentUser() user: string) {
    return { event: 'answer', data: user };
  }
}

@WebSocketGateway({ path: '/a', namespace: undefined as never })
@Security(token)
@Authorize(notBob)
class WsRoom extends Room {}

@WebSocketGateway({ path: '/open' })
class WsOpen {
  @SubscribeMessage('me') @Public() me(@CurrentUser() user: string | null) {
    return { event: 'answer', data: user };
  }
}

@WebSocketGateway({ namespace: 'a' })
@Security(token)
@Authorize(notBob)
class IoRoom extends Room {}

@WebSocketGateway({ namespace: 'open' })
class IoOpen extends WsOpen {}

const bearer = (credentials: string) => ({
  headers: { Authorization: `Bearer ${credentials}` },
});

const rooms = {
  'socket.io': { room: IoRoom, open: IoOpen },
  ws: { room: WsRoom, open: WsOpen },
};

const ANSWERS: [string, string | undefined, number, string, string[]][] = [
  ['nothing', undefined, 401, 'not_authenticated', ['Bearer']],
  ['a wrong token', 'bad', 401, 'invalid_token', ['Bearer error="invalid_token"']],
  ['a token that a rule minds', 'bob', 403, 'access_denied', []],
  ['a token while the store is down', 'down', 503, 'service_unavailable', []],
  ['a token that a bug meets', 'bug', 500, 'internal_server_error', []],
];

describe.each(transports)('a protected connection of $name', (transport) => {
  const { room, open } = rooms[transport.name];
  let running: RunningApp;
  let client: Client | undefined;
  beforeAll(async () => {
    running = await createApp(
      adapters[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [webSockets()] })],
        providers: [room, open, ConnectionGuard],
      },
      (app) => app.useWebSocketAdapter(transport.adapter(app)),
    );
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    vi.clearAllMocks();
    validate.mockImplementation(check);
  });
  afterEach(() => {
    client?.close();
    vi.useRealTimers();
  });

  const connect = async (credentials?: string, place = 'a') =>
    (client = await transport.connect(running.url, {
      ...(credentials !== undefined && bearer(credentials)),
      place,
    }));

  it('is let in with good credentials', async () => {
    await connect('ada');
    expect(connected).toHaveBeenCalledTimes(1);
    expect(await client!.ask('me')).toEqual({ event: 'answer', data: 'ada' });
  });

  it.each(ANSWERS)('is refused with %s', async (_case, sent, status, error, challenges) => {
    const refused: unknown = await connect(sent).catch((reason: unknown) => reason);
    if (refused instanceof UpgradeRefused) {
      expect(refused.status).toBe(status);
      expect(refused.headers['www-authenticate']).toBe(challenges[0]);
      expect(refused.headers['cache-control']).toBe('no-store');
      expect(JSON.parse(refused.body)).toMatchObject({ statusCode: status, error });
    } else {
      const data = { status: 'error', statusCode: status, error, challenges };
      expect((refused as { data: unknown }).data).toMatchObject(data);
    }
    expect(JSON.stringify(refused)).not.toContain('the text');
    expect(connected).not.toHaveBeenCalled();
  });

  it('tells handleConnection who connected, each client of its own', async () => {
    const others = await Promise.all(
      ['ada', 'carol'].map((name) =>
        transport.connect(running.url, { ...bearer(name), place: 'a' }),
      ),
    );
    expect(connected.mock.calls.map(([, user]) => user as unknown).sort()).toStrictEqual([
      'ada',
      'carol',
    ]);
    others.forEach((other) => other.close());
  });

  it('tells of no client that it did not let in', () => {
    const connections = running.app.get(ConnectionGuard);
    for (const client of [{}, { handshake: {}, nsp: {} }, { readyState: 1, terminate() {} }]) {
      expect(connections.authenticationOf(client, token)).toBeNull();
    }
  });

  it('asks nothing of another place', async () => {
    await connect(undefined, 'open');
    expect(await client!.ask('me')).toEqual({ event: 'answer', data: null });
    expect(validate).not.toHaveBeenCalled();
  });

  it('receives no broadcast while it is not let in', async () => {
    let settle!: (answer: null) => void;
    validate.mockImplementationOnce(() => new Promise((resolve) => (settle = resolve)));
    const refused = connect('ada').catch((reason: unknown) => reason);
    await vi.waitFor(() => expect(settle).toBeDefined());
    const { server } = running.app.get<Room>(room);
    expect(server.clients?.size ?? 0).toBe(0);
    if (transport === socketIO) server.emit!('news', 'for all');
    settle(null);
    expect(await refused).toBeInstanceOf(Error);
    expect(connected).not.toHaveBeenCalled();
  });

  it('is closed when its credentials expire', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const expiresAt = Math.floor(Date.now() / 1000) + 60;
    validate.mockReturnValue({ user: 'ada', expiresAt });
    await connect('ada');
    expect(await client!.ask('me')).toEqual({ event: 'answer', data: 'ada' });
    vi.advanceTimersByTime(60_000);
    await client!.closed;
  });

  it('may have left before it is known who it is', async () => {
    let settle!: (answer: Authentication<string>) => void;
    validate.mockImplementationOnce(() => new Promise((resolve) => (settle = resolve)));
    const leave = transport.begin(running.url, { ...bearer('ada'), place: 'a' });
    await vi.waitFor(() => expect(settle).toBeDefined());
    // Of ws nobody reads the server's end yet.
    const { socket } = validate.mock.calls[0]![1];
    const gone = transport === ws ? undefined : once(socket as Socket, 'close');
    leave();
    await gone;
    settle({ user: 'ada' });
    await connect('eve');
    expect(await client!.ask('me')).toEqual({ event: 'answer', data: 'eve' });
    if (transport !== ws) expect(connected).toHaveBeenCalledTimes(1);
  });
});

describe('a server of ws that verifies its clients itself', () => {
  it.each<[string, string, number]>([
    ['by an answer', 'sync', 401],
    ['by a callback', 'callback', 418],
  ])('goes on doing so, %s', async (_case, kind, status) => {
    @WebSocketGateway({
      path: '/own',
      verifyClient:
        kind === 'sync'
          ? ({ req }: { req: { headers: Record<string, unknown> } }) => 'x-own' in req.headers
          : (
              { req }: { req: { headers: Record<string, unknown> } },
              done: (admitted: boolean, status?: number) => void,
            ) => done('x-own' in req.headers, 418),
    } as never)
    @Security(token)
    class Own extends Room {}
    validate.mockImplementation(check);
    const running = await createApp(
      adapters[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [webSockets()] })],
        providers: [Own, ConnectionGuard],
      },
      (app) => app.useWebSocketAdapter(ws.adapter(app)),
    );
    const place = 'own';
    const own = { 'X-Own': '1' };
    await expect(ws.connect(running.url, { ...bearer('ada'), place })).rejects.toMatchObject({
      status,
    });
    await expect(ws.connect(running.url, { headers: own, place })).rejects.toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    });
    const client = await ws.connect(running.url, {
      headers: { ...own, ...bearer('ada').headers },
      place,
    });
    expect(await client.ask('me')).toEqual({ event: 'answer', data: 'ada' });
    client.close();
    await running.app.close();
  });
});

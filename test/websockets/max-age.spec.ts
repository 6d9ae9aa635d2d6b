import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  anyOf,
  APIKeyHeader,
  type Authentication,
  AuthModule,
  CurrentUser,
  HTTPBearer,
  type MaybePromise,
  Security,
} from 'nestjs-security';
import { ConnectionGuard, webSockets } from 'nestjs-security/websockets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Client, SendsExceptions, transports } from './clients.js';

type Answer = MaybePromise<Authentication<string> | null>;
const token = vi.fn<(sent: string) => Answer>();
const key = vi.fn<(sent: string) => Answer>();
const bearer = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: ({ credentials }) => token(credentials),
});
const apiKey = new APIKeyHeader<string>({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (sent) => key(sent),
});

const answer = (data: unknown) => ({ event: 'answer', data });

@WebSocketGateway()
@SendsExceptions()
class Gateway {
  @SubscribeMessage('me') @Security(bearer) me(@CurrentUser() user: string) {
    return answer(user);
  }

  @SubscribeMessage('key') @Security(apiKey) key(@CurrentUser() user: string) {
    return answer(user);
  }

  @SubscribeMessage('either') @Security(anyOf(bearer, apiKey)) either(@CurrentUser() user: string) {
    return answer(user);
  }
}

const refused = { event: 'exception', data: { statusCode: 401 } };

describe.each(transports)('an accepted handshake of $name', (transport) => {
  let running: RunningApp;
  let client: Client;
  beforeAll(async () => {
    running = await createApp(
      adapters[0]!,
      {
        imports: [
          AuthModule.forRoot({
            schemes: [bearer, apiKey],
            contexts: [webSockets({ maxAge: 60 })],
          }),
        ],
        providers: [Gateway, ConnectionGuard],
      },
      (app) => app.useWebSocketAdapter(transport.adapter(app)),
    );
  });
  afterAll(() => running.app.close());
  const headers = { Authorization: 'Bearer ada', 'X-API-Key': 'k' };
  beforeEach(async () => {
    token.mockReset().mockImplementation((sent) => ({ user: sent }));
    key.mockReset().mockImplementation((sent) => ({ user: `key ${sent}` }));
    // A client of socket.io takes its server for dead where dates jump that far.
    vi.useFakeTimers({ toFake: ['performance'] });
    client = await transport.connect(running.url, { headers });
  });
  afterEach(() => {
    vi.useRealTimers();
    client.close();
  });

  it('is kept for maxAge seconds, for each scheme', async () => {
    for (const _each of [1, 2, 3]) expect(await client.ask('me')).toEqual(answer('ada'));
    expect(token).toHaveBeenCalledTimes(1);
    expect(await client.ask('key')).toEqual(answer('key k'));
    expect(key).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(59_999);
    await client.ask('me');
    expect(token).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await client.ask('me');
    await client.ask('key');
    expect([token.mock.calls.length, key.mock.calls.length]).toEqual([2, 2]);
  });

  it('is never kept longer than its credentials are good', async () => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ['performance', 'Date'] });
    const expiresAt = Date.now() / 1000 + 10;
    token.mockImplementation((sent) => ({ user: sent, expiresAt }));
    await client.ask('me');
    vi.advanceTimersByTime(9_999);
    expect(await client.ask('me')).toEqual(answer('ada'));
    expect(token).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(await client.ask('me')).toMatchObject(refused);
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('is kept for its own connection only', async () => {
    await client.ask('me');
    const other = await transport.connect(running.url, { headers });
    await other.ask('me');
    expect(token).toHaveBeenCalledTimes(2);
    other.close();
  });

  it('is asked about again after a refusal', async () => {
    token.mockReturnValueOnce(null);
    expect(await client.ask('me')).toMatchObject(refused);
    expect(await client.ask('me')).toEqual(answer('ada'));
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('is asked about again after a failure', async () => {
    token.mockImplementationOnce(() => Promise.reject(new Error('down')));
    expect(await client.ask('me')).toMatchObject({ data: { statusCode: 500 } });
    expect(await client.ask('me')).toEqual(answer('ada'));
  });

  it('keeps nothing of an alternative that was refused', async () => {
    token.mockReturnValueOnce(null);
    expect(await client.ask('either')).toEqual(answer('key k'));
    expect(await client.ask('either')).toEqual(answer('ada'));
    expect(key).toHaveBeenCalledTimes(1);
  });
});

import type { Type } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, CurrentUser, HTTPBearer, Security } from 'nestjs-security';
import { ConnectionGuard, webSockets } from 'nestjs-security/websockets';
import { finalize, interval, map } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Answer, type Client, SendsExceptions, transports } from './clients.js';

const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: ({ credentials }) => ({
    user: credentials,
    ...(credentials === 'brief' && { expiresAt: Date.now() / 1000 + 0.3 }),
    ...(credentials.startsWith('expiring-') && { expiresAt: expiryOf(credentials) }),
  }),
});

/** By token: when it expires. The time begins with its first validation, as connecting may take long. */
const expiries = new Map<string, number>();

function expiryOf(credentials: string): number {
  const seconds = Number(credentials.slice(credentials.lastIndexOf('-') + 1));
  const expiry = expiries.get(credentials) ?? Date.now() / 1000 + seconds;
  expiries.set(credentials, expiry);
  return expiry;
}

const ended = vi.fn();

@WebSocketGateway()
@SendsExceptions()
@Security(token)
class Ticker {
  @SubscribeMessage('watch')
  watch(@CurrentUser() user: string) {
    return interval(20).pipe(
      map((tick) => ({ event: 'tick', data: `${tick} ${user}` })),
      finalize(ended),
    );
  }
}

/** Nest gives `afterInit` the server of the class's own place. */
class ProtectedTicker extends Ticker {
  constructor(private readonly connections: ConnectionGuard) {
    super();
  }
  afterInit(server: object) {
    this.connections.protect(server, this.constructor as Type);
  }
}

@WebSocketGateway({ namespace: 'protected' })
class IoTicker extends ProtectedTicker {}

@WebSocketGateway({ path: '/protected' })
class WsTicker extends ProtectedTicker {}

for (const type of [IoTicker, WsTicker]) {
  Reflect.defineMetadata('design:paramtypes', [ConnectionGuard], type);
}
const protectedTickers = { 'socket.io': IoTicker, ws: WsTicker };

describe.each(transports)('a stream of answers on $name', (transport) => {
  let running: RunningApp;
  const clients: Client[] = [];
  beforeAll(async () => {
    running = await createApp(
      adapters[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [webSockets()] })],
        providers: [Ticker, protectedTickers[transport.name], ConnectionGuard],
      },
      (app) => app.useWebSocketAdapter(transport.adapter(app)),
    );
  });
  afterAll(async () => {
    clients.forEach((client) => client.close());
    await running.app.close();
  });

  const watch = async (sent: string, place = ''): Promise<Answer[]> => {
    const headers = { Authorization: `Bearer ${sent}` };
    const client = await transport.connect(running.url, { headers, place });
    clients.push(client);
    const answers = [await client.ask('watch')];
    const closed = client.closed.then(() => ({ event: 'closed', data: undefined }));
    while (answers.length < 40 && answers.at(-1)!.event === 'tick') {
      answers.push(await Promise.race([client.next(), closed]));
    }
    return answers;
  };

  it('ends with an exception when its credentials expire, and what is behind it', async () => {
    ended.mockClear();
    const answers = await watch('brief');
    expect(answers[0]).toStrictEqual({ event: 'tick', data: '0 brief' });
    expect(answers.at(-1)).toMatchObject({
      event: 'exception',
      data: {
        statusCode: 401,
        error: 'invalid_token',
        challenges: ['Bearer error="invalid_token"'],
      },
    });
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('ends so where its connection is closed at the same time', async () => {
    const expiring = Array.from(
      { length: 20 },
      (_, index) => `expiring-${transport.name}-${0.3 + index / 997}`,
    );
    const answers = await Promise.all(expiring.map((each) => watch(each, 'protected')));
    expect(new Set(answers.map((each) => each.at(-1)!.event))).toStrictEqual(
      new Set(['exception']),
    );
    await Promise.all(clients.slice(-expiring.length).map(({ closed }) => closed));
  });

  it('goes on while its credentials are good', async () => {
    const answers = await watch('ada');
    expect(answers.map(({ event }) => event)).toStrictEqual(Array(40).fill('tick'));
  });
});

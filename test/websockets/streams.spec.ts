import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, CurrentUser, HTTPBearer, Security } from 'nestjs-security';
import { webSockets } from 'nestjs-security/websockets';
import { finalize, interval, map } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Answer, type Client, SendsExceptions, transports } from './clients.js';

const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: ({ credentials }) => ({
    user: credentials,
    ...(credentials === 'brief' && { expiresAt: Date.now() / 1000 + 0.3 }),
  }),
});

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

describe.each(transports)('a stream of answers on $name', (transport) => {
  let running: RunningApp;
  const clients: Client[] = [];
  beforeAll(async () => {
    running = await createApp(
      adapters[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [webSockets()] })],
        providers: [Ticker],
      },
      (app) => app.useWebSocketAdapter(transport.adapter(app)),
    );
  });
  afterAll(async () => {
    clients.forEach((client) => client.close());
    await running.app.close();
  });

  const watch = async (sent: string): Promise<Answer[]> => {
    const headers = { Authorization: `Bearer ${sent}` };
    const client = await transport.connect(running.url, { headers });
    clients.push(client);
    const answers = [await client.ask('watch')];
    while (answers.length < 40 && answers.at(-1)!.event === 'tick') {
      answers.push(await client.next());
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

  it('goes on while its credentials are good', async () => {
    const answers = await watch('ada');
    expect(answers.map(({ event }) => event)).toStrictEqual(Array(40).fill('tick'));
  });
});

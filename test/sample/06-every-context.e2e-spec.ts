import { firstValueFrom } from 'rxjs';
import { ClientProxyFactory } from '@nestjs/microservices';
import { type Client, createClient } from 'graphql-ws';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { freePort } from '../microservices/free-port.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { bearer, call, logIn, refusal, success } from './call.js';

describe('06-every-context', () => {
  let running: RunningApp;
  let url: string;
  let token: string;
  let options: (typeof import('../../sample/06-every-context/greetings.client.js'))['greetingsOptions'];

  beforeAll(async () => {
    vi.stubEnv('GREETINGS_PORT', String(await freePort()));
    const { AppModule } = await import('../../sample/06-every-context/app.module.js');
    const { startMicroservice } = await import('../../sample/06-every-context/microservice.js');
    ({ greetingsOptions: options } =
      await import('../../sample/06-every-context/greetings.client.js'));
    running = await createApp(adapters[0]!, AppModule, startMicroservice);
    ({ url } = running);
    token = await logIn(url, { username: 'ada', password: 'secret' });
  }, 60_000);
  afterAll(async () => {
    await running?.app.close();
    vi.unstubAllEnvs();
  });

  it('answers REST requests', async () => {
    expect(await call(url, '/me', { headers: bearer(token) })).toEqual(success({ name: 'ada' }));
    expect(await call(url, '/me')).toEqual(refusal(401, ['Bearer'], 'Not authenticated'));
  });

  it('answers through its microservice', async () => {
    expect(await call(url, '/greeting', { headers: bearer(token) })).toEqual(
      success({ greeting: 'Hello ada' }),
    );
    expect((await call(url, '/greeting')).status).toBe(401);
  });

  it('refuses messages without a token', async () => {
    const client = ClientProxyFactory.create(options);
    await expect(firstValueFrom(client.send('greeting', {}))).rejects.toMatchObject({
      statusCode: 401,
      error: 'not_authenticated',
    });
    await client.close();
  });

  const subscribe = (connectionParams: Record<string, string>) => {
    const client: Client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
    });
    return { client, notes: client.iterate({ query: 'subscription { noteAdded }' }) };
  };
  const addNote = async (headers: Record<string, string>) =>
    (
      await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ query: 'mutation { addNote(text: "hello") }' }),
      })
    ).json();

  it('answers GraphQL, subscriptions too', async () => {
    expect(await addNote({})).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    const headers = { Authorization: `Bearer ${token}` };
    const { client, notes } = subscribe(headers);
    let next: unknown;
    void notes.next().then(({ value }) => (next = value));
    await expect
      .poll(async () => {
        await addNote(headers);
        return next;
      })
      .toMatchObject({ data: { noteAdded: 'ada: hello' } });
    await client.dispose();
  });

  it('refuses subscriptions without a token', async () => {
    const { client, notes } = subscribe({});
    const outcome = await notes.next().catch((error: unknown) => error);
    expect(JSON.stringify(outcome)).toContain('Not authenticated');
    await client.dispose();
  });

  const enter = (auth: object): Socket =>
    io(url, { auth, forceNew: true, reconnection: false, transports: ['websocket'] });

  it('lets those chat who are logged in', async () => {
    const chat = enter({ token });
    await new Promise<void>((resolve) => void chat.on('connect', resolve));
    const said = new Promise((resolve) => void chat.on('said', resolve));
    chat.emit('say', 'hello');
    expect(await said).toBe('ada: hello');
    chat.close();
  });

  it('refuses others a connection', async () => {
    const chat = enter({});
    const error = await new Promise<Error>((resolve) => void chat.on('connect_error', resolve));
    expect(error.message).toBe('Not authenticated');
    chat.close();
  });
});

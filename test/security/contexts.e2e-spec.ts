import type { AddressInfo, Server } from 'node:net';
import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Controller } from '@nestjs/common';
import {
  APIKeyHeader,
  AuthModule,
  CurrentUser,
  optional,
  Public,
  Scopes,
  Security,
} from 'nestjs-security';
import { firstValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { nestMajor } from '../support/nest-major.js';

const handled = vi.fn((name: string) => name);
const validate = vi.fn(() => ({ user: 'john', scopes: ['a'] }));
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate });

/** Handlers of messages, as gateways and microservices mark them. */
function handlersOf(mark: (name: string) => MethodDecorator): Type {
  class Handlers {
    @mark('closed') @Security(key) closed() {
      return handled('closed');
    }
    @mark('half') @Security(optional(key)) half(@CurrentUser() user: unknown) {
      return handled(`half ${String(user)}`);
    }
    @mark('scoped') @Security(key) @Scopes('a') scoped() {
      return handled('scoped');
    }
    @mark('open') @Public() open() {
      return { event: 'open', data: handled('open') };
    }
  }
  return Handlers;
}

/** Readers that recognise no call: without any, what needs credentials does not boot. */
const contexts = ['ws', 'rpc'].map((type) => ({ type, read: () => undefined }));

const CLOSED = ['closed', 'half', 'scoped'];

/** What a client may hold its credentials in. */
const payloads: unknown[] = [
  undefined,
  'a',
  { 'x-key': 'a', headers: { 'x-key': 'a' }, rawHeaders: ['X-Key', 'a'] },
  { req: { headers: { 'x-key': 'a' }, rawHeaders: ['X-Key', 'a'], url: '/' } },
  JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown,
];

const headers = { 'x-key': 'a', Authorization: 'Bearer a' };

interface Connection {
  /** The answer to a message. */
  send(name: string, payload?: unknown): Promise<unknown>;
  /** Sends a message that is not answered. */
  post(name: string, payload?: unknown): void;
  close(): unknown;
}

/** One answer for one message, in their order. */
function inOrder(post: (name: string, payload: unknown) => void) {
  const waiting: ((answer: unknown) => void)[] = [];
  return {
    post,
    answer: (answer: unknown) => waiting.shift()?.(answer),
    send: (name: string, payload: unknown) =>
      new Promise<unknown>((resolve) => {
        waiting.push(resolve);
        post(name, payload);
      }),
  };
}

async function overSocketIo(url: string): Promise<Connection> {
  const socket = io(url, { transports: ['websocket'], extraHeaders: headers, auth: headers });
  const { answer, send, post } = inOrder((name, payload) => socket.emit(name, payload));
  socket.on('exception', answer).on('open', answer);
  await new Promise<void>((resolve) => socket.on('connect', resolve));
  return { send, post, close: () => socket.close() };
}

async function overWs(url: string): Promise<Connection> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  const { answer, send, post } = inOrder((event, data) =>
    socket.send(JSON.stringify({ event, data })),
  );
  socket.on('message', (text: Buffer) => answer(JSON.parse(text.toString())));
  await new Promise<void>((resolve) => socket.on('open', resolve));
  return { send, post, close: () => socket.close() };
}

const gateways = [
  {
    name: 'socket.io',
    adapter: (app: INestApplication) => new IoAdapter(app),
    connect: overSocketIo,
  },
  { name: 'ws', adapter: (app: INestApplication) => new WsAdapter(app), connect: overWs },
];

describe.each(gateways)('T35 a gateway of $name', ({ name: kind, adapter, connect }) => {
  let app: INestApplication;
  let connection: Connection;

  beforeAll(async () => {
    const Gateway = handlersOf(SubscribeMessage);
    WebSocketGateway()(Gateway);
    app = await NestFactory.create(
      {
        module: class {},
        imports: [AuthModule.forRoot({ schemes: [key], contexts })],
        providers: [Gateway],
      },
      { logger: false, abortOnError: false },
    );
    app.useWebSocketAdapter(adapter(app));
    await app.listen(0, '127.0.0.1');
    connection = await connect(await app.getUrl());
  });
  afterAll(async () => {
    connection.close();
    await app.close();
  });
  beforeEach(() => vi.clearAllMocks());

  it.each(CLOSED)('refuses %s, whatever is sent, and runs nothing', async (name) => {
    // Nest 11 sends nothing back over ws: what is public is answered once all before it has been read.
    if (kind === 'ws' && nestMajor === 11) {
      for (const payload of payloads) connection.post(name, payload);
      await connection.send('open');
      expect(handled.mock.calls).toStrictEqual([['open']]);
    } else {
      for (const payload of payloads) {
        expect(JSON.stringify(await connection.send(name, payload))).toContain('"status":"error"');
      }
      expect(handled).not.toHaveBeenCalled();
    }
    expect(validate).not.toHaveBeenCalled();
  });

  it('runs what is public', async () => {
    await connection.send('open', payloads[2]);
    expect(handled.mock.calls).toStrictEqual([['open']]);
  });
});

const patterns: Type = handlersOf(MessagePattern);

@Controller()
class Events {
  @EventPattern('happened')
  @Security(key)
  happened(@Payload() _data: unknown) {
    handled('happened');
  }
}

Controller()(patterns);

@Module({
  imports: [AuthModule.forRoot({ schemes: [key], contexts })],
  controllers: [patterns, Events],
})
class MessagesModule {}

const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;
const silent = { logger: false, abortOnError: false } as const;

const microservices = [
  {
    name: 'alone',
    start: async () => {
      const app = await NestFactory.createMicroservice<MicroserviceOptions>(MessagesModule, {
        ...tcp,
        ...silent,
      });
      await app.listen();
      return { app, server: app.unwrap<Server>() };
    },
  },
  {
    name: 'of a hybrid application',
    start: async () => {
      const app = await NestFactory.create(MessagesModule, silent);
      const microservice = app.connectMicroservice<MicroserviceOptions>(tcp);
      await app.startAllMicroservices();
      await app.init();
      return { app, server: microservice.unwrap<Server>() };
    },
  },
  {
    name: 'of a hybrid application that shares its guards',
    start: async () => {
      const app = await NestFactory.create(MessagesModule, silent);
      const microservice = app.connectMicroservice<MicroserviceOptions>(tcp, {
        inheritAppConfig: true,
      });
      await app.startAllMicroservices();
      await app.init();
      return { app, server: microservice.unwrap<Server>() };
    },
  },
];

describe.each(microservices)('T36 a microservice over TCP $name', ({ start }) => {
  let app: { close(): Promise<unknown> };
  let client: ReturnType<typeof ClientProxyFactory.create>;

  beforeAll(async () => {
    const started = await start();
    app = started.app;
    const { port } = started.server.address() as AddressInfo;
    client = ClientProxyFactory.create({ ...tcp, options: { host: '127.0.0.1', port } });
    await client.connect();
  });
  afterAll(async () => {
    await client.close();
    await app.close();
  });
  beforeEach(() => vi.clearAllMocks());

  const send = (name: string, payload: unknown) =>
    firstValueFrom(client.send<unknown>(name, payload ?? ''));

  it.each(CLOSED)('refuses %s, whatever is sent, and runs nothing', async (name) => {
    for (const payload of payloads) {
      await expect(send(name, payload)).rejects.toMatchObject({ status: 'error' });
    }
    expect(handled).not.toHaveBeenCalled();
    expect(validate).not.toHaveBeenCalled();
  });

  it('runs what is public', async () => {
    await send('open', payloads[2]);
    expect(handled.mock.calls).toStrictEqual([['open']]);
  });

  it('does not run an event, which nobody answers', async () => {
    await firstValueFrom(client.emit('happened', payloads[2]), { defaultValue: undefined });
    // On the same connection: what came before has been read.
    await send('open', '');
    expect(handled.mock.calls).toStrictEqual([['open']]);
  });
});

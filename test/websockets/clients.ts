import { once } from 'node:events';
import { type INestApplication, UseFilters } from '@nestjs/common';
import type { ArgumentsHost, WebSocketAdapter, WsExceptionFilter } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { BaseWsExceptionFilter, type WsException } from '@nestjs/websockets';
import { keepHandshakes } from 'nestjs-security/websockets';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { nestMajor } from '../support/nest-major.js';

/** What a client sends when it connects. */
export interface Credentials {
  readonly headers?: Record<string, string>;
  /** Of socket.io alone. */
  readonly auth?: Record<string, unknown>;
  readonly query?: string;
  /** The namespace of socket.io, or the path of ws. */
  readonly place?: string;
}

/** What came back for a message: what its handler returned, or the exception. */
export interface Answer {
  readonly event: string;
  readonly data: unknown;
}

export interface Client {
  /** Sends one message and waits for the next answer. */
  ask(event: string, data?: unknown): Promise<Answer>;
  send(event: string, data?: unknown): void;
  next(): Promise<Answer>;
  /** Resolves once the connection has ended. */
  readonly closed: Promise<unknown>;
  close(): void;
}

export interface Transport {
  readonly name: 'socket.io' | 'ws';
  adapter(app: INestApplication): WebSocketAdapter;
  /** Rejects with what the connection was refused with. */
  connect(url: string, credentials?: Credentials): Promise<Client>;
  /** Begins to connect, and answers how to leave before it has. */
  begin(url: string, credentials?: Credentials): () => void;
}

/** Both kinds of sockets, for `describe.each(transports)('... on $name', (transport) => ...)`. */
export const transports: Transport[] = [
  {
    name: 'socket.io',
    adapter: (app) => new IoAdapter(app),
    connect: connectSocketIO,
    begin(url, credentials) {
      const socket = openSocketIO(url, credentials);
      return () => socket.io.engine.transport.close();
    },
  },
  {
    name: 'ws',
    adapter: (app) => keepHandshakes(new WsAdapter(app)),
    connect: connectWs,
    begin(url, credentials) {
      const socket = openWs(url, credentials).on('error', () => undefined);
      return () => socket.terminate();
    },
  },
];

export const [socketIO, ws] = transports as [Transport, Transport];

/** Sends what Nest 11 sends to no client of ws. */
class SendingFilter extends BaseWsExceptionFilter implements WsExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost) {
    const client = host
      .switchToWs()
      .getClient<{ readyState?: unknown; send(text: string): void }>();
    if (typeof client.readyState !== 'number') return super.catch(exception, host);
    const data = (exception as WsException).getError?.() ?? { message: 'Internal server error' };
    client.send(JSON.stringify({ event: 'exception', data }));
  }
}

/** For gateways whose refusals the tests look at. */
export const SendsExceptions = (): ClassDecorator =>
  nestMajor > 11 ? () => undefined : UseFilters(new SendingFilter());

class Answers {
  private readonly arrived: Answer[] = [];
  private readonly awaited: ((answer: Answer) => void)[] = [];

  push(answer: Answer): void {
    const waiting = this.awaited.shift();
    if (waiting === undefined) this.arrived.push(answer);
    else waiting(answer);
  }

  next(): Promise<Answer> {
    const answer = this.arrived.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    return new Promise((resolve) => this.awaited.push(resolve));
  }
}

function openSocketIO(url: string, credentials: Credentials = {}): Socket {
  const { headers = {}, auth = {}, query = '', place = '' } = credentials;
  return io(`${url}/${place}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
    query: Object.fromEntries(new URLSearchParams(query)),
    auth,
  });
}

async function connectSocketIO(url: string, credentials?: Credentials): Promise<Client> {
  const socket = openSocketIO(url, credentials);
  const answers = new Answers();
  socket.onAny((event: string, data: unknown) => answers.push({ event, data }));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
  const closed = new Promise((resolve) => socket.once('disconnect', resolve));
  const send = (event: string, data?: unknown) => {
    if (data === undefined) socket.emit(event);
    else socket.emit(event, data);
  };
  return {
    send,
    next: () => answers.next(),
    ask: (event, data) => {
      send(event, data);
      return answers.next();
    },
    closed,
    close: () => socket.close(),
  };
}

/** An upgrade that was answered otherwise. */
export class UpgradeRefused extends Error {
  constructor(
    readonly status: number,
    readonly headers: Record<string, unknown>,
    readonly body: string,
  ) {
    super(`The upgrade was answered ${status}`);
  }
}

function openWs(url: string, credentials: Credentials = {}): WebSocket {
  const { headers = {}, query = '', place = '' } = credentials;
  return new WebSocket(`${url.replace('http', 'ws')}/${place}?${query}`, { headers });
}

async function connectWs(url: string, credentials?: Credentials): Promise<Client> {
  const socket = openWs(url, credentials);
  const answers = new Answers();
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString()) as Answer));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        reject(
          new UpgradeRefused(
            response.statusCode!,
            response.headers,
            Buffer.concat(chunks).toString(),
          ),
        ),
      );
    });
  });
  const send = (event: string, data?: unknown) => socket.send(JSON.stringify({ event, data }));
  return {
    send,
    next: () => answers.next(),
    ask: (event, data) => {
      send(event, data);
      return answers.next();
    },
    closed: once(socket, 'close'),
    close: () => socket.terminate(),
  };
}

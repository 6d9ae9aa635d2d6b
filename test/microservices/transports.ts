import type { AddressInfo, Server } from 'node:net';
import {
  type ClientOptions,
  ClientProxyFactory,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { RedisServer, skipReason, skipRedis } from '../redis/redis-server.js';
import { nestMajor } from '../support/nest-major.js';
import { type Enclose, Messenger, type Sent } from './messenger.js';

/** A transport as these tests use it. */
export interface TestedTransport {
  readonly name: string;
  readonly skipped: boolean;
  /** Whether credentials can only be in the payload. */
  readonly inPayload: boolean;
  /** Whether a name can be sent with several values. */
  readonly hasLists: boolean;
  start(): Promise<Broker>;
}

/** What carries the messages of one test. */
export interface Broker {
  readonly options: MicroserviceOptions;
  /** @param unwrap Of the running microservice. */
  client(unwrap: () => unknown): { messenger: Messenger; close(): Promise<void> | void };
  stop(): Promise<void>;
}

const inPayload: Enclose = (data, sent) => ({ ...data, headers: sent });

/** Sends it as metadata, which Nest 11 does not know: there it stays in the payload. */
function withMetadata(options: ClientOptions) {
  const client = ClientProxyFactory.create(options);
  if (nestMajor > 11) {
    client.setOnDispatchHook((packet) => {
      const { headers, ...data } = packet.data as { headers: Sent };
      Object.assign(packet, { data, metadata: headers });
    });
  }
  const messenger = new Messenger(client, inPayload);
  return { messenger, close: () => client.close() as Promise<void> | void };
}

export const tcp: TestedTransport = {
  name: 'TCP',
  skipped: false,
  inPayload: nestMajor === 11,
  hasLists: false,
  async start() {
    const options = { host: '127.0.0.1', port: 0 };
    return {
      options: { transport: Transport.TCP, options },
      client: (unwrap) => {
        const { port } = (unwrap() as Server).address() as AddressInfo;
        return withMetadata({ transport: Transport.TCP, options: { ...options, port } });
      },
      stop: async () => undefined,
    };
  },
};

export const redis: TestedTransport = {
  name: `Redis${skipReason}`,
  skipped: skipRedis,
  inPayload: nestMajor === 11,
  hasLists: false,
  async start() {
    const server = await RedisServer.start();
    const options = { host: '127.0.0.1', port: server.port };
    return {
      options: { transport: Transport.REDIS, options },
      client: () => withMetadata({ transport: Transport.REDIS, options }),
      stop: () => server.stop(),
    };
  },
};

export type { Sent };

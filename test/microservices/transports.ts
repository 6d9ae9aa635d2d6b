import type { AddressInfo, Server } from 'node:net';
import {
  type ClientOptions,
  ClientProxyFactory,
  type MicroserviceOptions,
  MqttRecordBuilder,
  NatsRecordBuilder,
  type TcpClientOptions,
  type TcpOptions,
  Transport,
} from '@nestjs/microservices';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { RedisServer, skipReason, skipRedis } from '../redis/redis-server.js';
import { nestMajor } from '../support/nest-major.js';
import { CertificateAuthority } from '../tokens/certificate-authority.js';
import { BrokerProcess, hasProgram } from './brokers.js';
import { type Enclose, Messenger, type Sent } from './messenger.js';

/** A transport as these tests use it. */
export interface TestedTransport {
  readonly name: string;
  readonly skipped: boolean;
  /** Whether credentials can only be in the payload. */
  readonly inPayload: boolean;
  start(): Promise<Broker>;
}

/** What carries the messages of one test. */
export interface Broker {
  readonly options: MicroserviceOptions;
  /** @param unwrap Of the running microservice. */
  client(unwrap: () => unknown): {
    messenger: Pick<Messenger, 'ask' | 'tell' | 'watch'>;
    close(): Promise<void> | void;
  };
  stop(): Promise<void>;
}

export function messengerOf(options: ClientOptions, enclose: Enclose) {
  const client = ClientProxyFactory.create(options);
  const messenger = new Messenger(client, enclose);
  return { messenger, close: () => client.close() as Promise<void> | void };
}

/** Nest's client of MQTT loses answers where it asks the same thing again before it has unsubscribed. */
function ofManyClients(options: ClientOptions, enclose: Enclose) {
  const once = async <T>(use: (messenger: Messenger) => Promise<T>): Promise<T> => {
    const { messenger, close } = messengerOf(options, enclose);
    try {
      return await use(messenger);
    } finally {
      await close();
    }
  };
  const messenger: Pick<Messenger, 'ask' | 'tell' | 'watch'> = {
    ask: (...message) => once((each) => each.ask(...message)),
    tell: (...message) => once((each) => each.tell(...message)),
    watch: (...message) => once((each) => each.watch(...message)),
  };
  return { messenger, close: () => undefined };
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

const overTcp = (
  name: string,
  server?: NonNullable<TcpOptions['options']>['tlsOptions'],
  client?: NonNullable<TcpClientOptions['options']>['tlsOptions'],
): TestedTransport => ({
  name,
  skipped: false,
  inPayload: nestMajor === 11,
  async start() {
    const options = { host: '127.0.0.1', port: 0 };
    return {
      options: {
        transport: Transport.TCP,
        options: { ...options, ...(server && { tlsOptions: server }) },
      },
      client: (unwrap) => {
        const { port } = (unwrap() as Server).address() as AddressInfo;
        return withMetadata({
          transport: Transport.TCP,
          options: { ...options, port, ...(client && { tlsOptions: client }) },
        });
      },
      stop: async () => undefined,
    };
  },
});

export const tcp = overTcp('TCP');

const own = CertificateAuthority.selfSigned('localhost');
export const tls = overTcp('TCP with TLS', own, { ca: own.cert, servername: 'localhost' });

export const redis: TestedTransport = {
  name: `Redis${skipReason}`,
  skipped: skipRedis,
  inPayload: nestMajor === 11,
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

export const named = (name: string, program: string) => {
  const skipped = !hasProgram(program);
  return { name: skipped ? `${name} (skipped: ${program} is not installed)` : name, skipped };
};

export const nats: TestedTransport = {
  ...named('NATS', 'nats-server'),
  inPayload: false,
  async start() {
    const broker = await BrokerProcess.start((port) => [
      'nats-server',
      '-a',
      '127.0.0.1',
      '-p',
      String(port),
    ]);
    const options = { servers: [`nats://127.0.0.1:${broker.port}`] };
    return {
      options: { transport: Transport.NATS, options },
      client: () => messengerOf({ transport: Transport.NATS, options }, withNatsHeaders),
      stop: () => broker.stop(),
    };
  },
};

const withNatsHeaders: Enclose = (data, sent) => {
  const lines = natsHeaders();
  for (const [name, values] of Object.entries(sent)) {
    for (const value of [values].flat()) lines.append(name, value as string);
  }
  return new NatsRecordBuilder(data).setHeaders(lines).build();
};

export const mqtt: TestedTransport = {
  ...named('MQTT', 'mosquitto'),
  inPayload: false,
  async start() {
    const broker = await BrokerProcess.start(
      (_port, folder) => ['mosquitto', '-c', `${folder}/broker.conf`],
      (port) => `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
    );
    const options = { url: `mqtt://127.0.0.1:${broker.port}`, protocolVersion: 5 } as const;
    return {
      options: { transport: Transport.MQTT, options },
      client: () => ofManyClients({ transport: Transport.MQTT, options }, withUserProperties),
      stop: () => broker.stop(),
    };
  },
};

/** An empty list of properties makes a packet that the broker drops. */
const withUserProperties: Enclose = (data, sent) =>
  Object.keys(sent).length === 0
    ? data
    : new MqttRecordBuilder(data).setProperties({ userProperties: sent as never }).build();

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { createClient, createClientPool } from 'redis';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  vi,
} from 'vitest';
import { type RedisClient, RedisStore } from '../../lib/redis/redis-store.js';
import { StoreUnavailableError } from '../../lib/stores/store.js';
import { RedisServer, skipReason, skipRedis } from './redis-server.js';

const CLIENTS = 2;

function clientOf(server: RedisServer) {
  const client = createClient({
    url: server.url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: 100,
    socket: { connectTimeout: 2000, reconnectStrategy: 10 },
  });
  return client.on('error', () => undefined);
}

/** Unlike `once` of node:events, it does not fail with the `error` events that come before. */
const event = (client: ReturnType<typeof clientOf>, name: 'ready' | 'reconnecting') =>
  new Promise<unknown>((resolve) => void client.once(name, resolve));

/** The settings of the guide, with shorter times. */
async function poolOf(url: string) {
  const socket = { socketTimeout: 300, reconnectStrategy: 10 };
  const settings = { url, disableOfflineQueue: true, pingInterval: 100, socket };
  const client = createClientPool(settings, { minimum: 1, maximum: 10, acquireTimeout: 1000 });
  client.on('error', () => undefined);
  await client.connect();
  return { client, end: () => client.destroy() };
}

async function ioredisOf(url: string) {
  const redis = new Redis(url, { enableOfflineQueue: false, socketTimeout: 300 });
  redis.on('error', () => undefined);
  await once(redis, 'ready');
  const client: RedisClient = {
    sendCommand: ([command = '', ...args]) => redis.call(command, ...args),
  };
  return { client, end: () => redis.disconnect() };
}

/** Forwards connections, until they go dead: then they stay open, and nothing passes any more. */
class Line {
  private readonly sockets: Socket[] = [];
  private readonly server = createServer((socket) => {
    const upstream = connect(this.to, '127.0.0.1');
    socket.on('error', () => undefined).on('close', () => upstream.destroy());
    upstream.on('error', () => undefined).on('close', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
    this.sockets.push(socket);
  });

  private constructor(private readonly to: number) {}

  static async to(port: number): Promise<Line> {
    const line = new Line(port);
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  goDead(): Socket[] {
    const dead = this.sockets.splice(0);
    for (const socket of dead) socket.removeAllListeners('data').on('data', () => undefined);
    return dead;
  }

  close(): void {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
  }
}

describe.skipIf(skipRedis)(`RedisStore with a real server${skipReason}`, () => {
  let server: RedisServer;
  let clients: ReturnType<typeof clientOf>[];
  let stores: RedisStore[];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.stop());

  beforeEach(async () => {
    clients = Array.from({ length: CLIENTS }, () => clientOf(server));
    await Promise.all(clients.map((client) => client.connect()));
    await clients[0]!.flushAll();
    stores = clients.map((client) => new RedisStore({ client, timeout: 0.5 }));
  });
  afterEach(() => clients.forEach((client) => client.destroy()));

  it('T56 lets one of 50 parallel replays pass, across two instances', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => stores[n % CLIENTS]!.addIfAbsent('jti', 60)),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('keeps, replaces and forgets a value that the other instance sees', async () => {
    const [one, other] = stores as [RedisStore, RedisStore];
    expect(await other.get('a')).toBeUndefined();
    await one.set('a', 'one', 60);
    await one.set('a', 'zwei: ü', 60);
    expect(await other.get('a')).toBe('zwei: ü');
    await other.delete('a');
    await other.delete('a');
    expect(await one.get('a')).toBeUndefined();
    await one.addIfAbsent('b', 60);
    expect(await other.get('b')).toBe('');
  });

  it('shares them with a client of ioredis, by an object around it', async () => {
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    const client = {
      sendCommand: ([command = '', ...args]: readonly string[]) => redis.call(command, ...args),
    };
    const store = new RedisStore({ client });
    expect(await store.addIfAbsent('jti', 60)).toBe(true);
    expect(await stores[0]!.addIfAbsent('jti', 60)).toBe(false);
    await stores[0]!.set('a', 'zwei: ü', 60);
    expect(await store.get('a')).toBe('zwei: ü');
    await store.delete('a');
    expect(await store.get('a')).toBeUndefined();
  });

  it('lets Redis forget a key after its time, and does not prolong it', async () => {
    const [store] = stores as [RedisStore];
    await store.addIfAbsent('a', 60);
    await store.set('b', 'one', 90);
    await clients[0]!.pExpire('nestjs-security:a', 30_000);
    await store.addIfAbsent('a', 60);
    expect(await clients[0]!.pTTL('nestjs-security:a')).toBeLessThanOrEqual(30_000);
    const rest = await clients[0]!.pTTL('nestjs-security:b');
    expect(rest).toBeGreaterThan(80_000);
    expect(rest).toBeLessThanOrEqual(90_000);
    await store.set('c', 'one', 0.001);
    await vi.waitFor(async () => expect(await store.get('c')).toBeUndefined());
  });

  it('rejects what Redis refuses', async () => {
    await clients[0]!.configSet('maxmemory', '1');
    try {
      await expect(stores[0]!.addIfAbsent('a', 60)).rejects.toMatchObject({
        code: 'store_unavailable',
        cause: { message: expect.stringContaining('OOM') },
      });
    } finally {
      await clients[0]!.configSet('maxmemory', '0');
    }
  });

  it('rejects at once while the server is down, and works again when it is back', async () => {
    const down = Promise.all(clients.map((client) => event(client, 'reconnecting')));
    await server.stop();
    await down;
    // What waited for its time would have a TimeoutError for its cause.
    const refused = { cause: { message: 'The client is offline' } };
    for (const store of stores) {
      await expect(store.addIfAbsent('a', 60)).rejects.toThrow(StoreUnavailableError);
      await expect(store.addIfAbsent('a', 60)).rejects.toMatchObject(refused);
      await expect(store.get('a')).rejects.toMatchObject(refused);
    }
    const back = Promise.all(clients.map((client) => event(client, 'ready')));
    await server.start();
    await back;
    expect(await stores[0]!.addIfAbsent('a', 60)).toBe(true);
    expect(await stores[1]!.addIfAbsent('a', 60)).toBe(false);
  });

  it('rejects within its deadline while the server hangs, and works again afterwards', async () => {
    server.pause();
    try {
      await expect(stores[0]!.addIfAbsent('a', 60)).rejects.toMatchObject({
        cause: { name: 'TimeoutError', message: 'A command did not settle within 0.5 s' },
      });
    } finally {
      server.resume();
    }
    expect(await stores[0]!.addIfAbsent('b', 60)).toBe(true);
  });

  it.each([
    ['a pool of redis', poolOf],
    ['a client of ioredis', ioredisOf],
  ])(
    'works again after the connections of %s have died without a reset',
    async (_of, connectTo) => {
      const line = await Line.to(server.port);
      onTestFinished(() => line.close());
      const { client, end } = await connectTo(`redis://127.0.0.1:${line.port}`);
      onTestFinished(end);
      const store = new RedisStore({ client, timeout: 0.2 });
      expect(await store.addIfAbsent('before', 60)).toBe(true);
      const dead = line.goDead();
      await expect(store.addIfAbsent('lost', 60)).rejects.toThrow(StoreUnavailableError);
      // Requests keep coming: a client that waits for a pause between them would not be back.
      let attempts = 0;
      const traffic = setInterval(
        () => void store.addIfAbsent(`a${attempts++}`, 60).catch(() => 0),
        10,
      );
      onTestFinished(() => clearInterval(traffic));
      await vi.waitFor(async () => expect(await store.addIfAbsent('after', 60)).toBe(true), 4000);
      await vi.waitFor(() => expect(dead.filter((socket) => !socket.destroyed)).toEqual([]), 4000);
    },
  );

  it('lets commands of a client that queues them expire there too', async () => {
    const client = createClient({
      url: server.url,
      socket: { reconnectStrategy: 10 },
      commandsQueueMaxLength: 5,
    }).on('error', () => undefined);
    await client.connect();
    const store = new RedisStore({ client, timeout: 0.05 });
    const down = event(client, 'reconnecting');
    await server.stop();
    await down;
    // More than the queue holds, one after the other: none of them is left in it.
    for (let n = 0; n < 8; n++) {
      await expect(store.addIfAbsent(`a${n}`, 60)).rejects.toMatchObject({
        cause: { name: 'TimeoutError' },
      });
    }
    const back = event(client, 'ready');
    await server.start();
    await back;
    expect(await store.addIfAbsent('a0', 60)).toBe(true);
    client.destroy();
  });
});

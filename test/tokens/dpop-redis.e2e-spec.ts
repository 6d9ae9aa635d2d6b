import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisStore } from '../../lib/redis/redis-store.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { RedisServer, skipReason, skipRedis } from '../redis/redis-server.js';
import { baseUrl, DpopClient, NOW } from './dpop-proofs.js';

function clientOf(server: RedisServer) {
  const client = createClient({
    url: server.url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 10 },
  });
  return client.on('error', () => undefined);
}

describe.skipIf(skipRedis)(`DpopVerifier with Redis${skipReason}`, () => {
  let server: RedisServer;
  let clients: ReturnType<typeof clientOf>[];
  let verifiers: DpopVerifier[];

  beforeAll(async () => {
    server = await RedisServer.start();
    clients = [clientOf(server), clientOf(server)];
    await Promise.all(clients.map((client) => client.connect()));
    verifiers = clients.map(
      (client) =>
        new DpopVerifier({ baseUrl, store: new RedisStore({ client }), clock: () => NOW }),
    );
  });
  afterAll(async () => {
    clients?.forEach((client) => client.destroy());
    await server?.stop();
  });

  it('lets one of 50 parallel replays pass, across two instances', async () => {
    const request = await (await DpopClient.create()).request();
    const replays = Array.from({ length: 50 }, (_, n) => verifiers[n % 2]!.verify(request));
    const outcomes = await Promise.allSettled(replays);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 401 });
    }
  });

  it('answers 503 while Redis is down, and judges again when it is back', async () => {
    const request = await (await DpopClient.create()).request();
    const down = new Promise((resolve) => void clients[0]!.once('reconnecting', resolve));
    await server.stop();
    await down;
    await expect(verifiers[0]!.verify(request)).rejects.toMatchObject({
      status: 503,
      cause: { code: 'store_unavailable' },
    });
    const back = new Promise((resolve) => void clients[0]!.once('ready', resolve));
    await server.start();
    await back;
    expect(await verifiers[0]!.verify(request)).toBeDefined();
    await expect(verifiers[0]!.verify(request)).rejects.toMatchObject({ status: 401 });
  });
});

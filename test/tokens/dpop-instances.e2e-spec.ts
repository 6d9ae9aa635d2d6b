import { Controller, Get, type INestApplication } from '@nestjs/common';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthModule,
  CurrentUser,
  type HTTPAuthorizationCredentials,
  HTTPScheme,
  Security,
  type SecurityException,
  type ValidationContext,
} from '../../lib/index.js';
import { RedisStore } from '../../lib/redis/redis-store.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { RedisServer, skipReason, skipRedis } from '../redis/redis-server.js';
import { adapters, createApp } from '../support/adapters.js';
import { accessToken, baseUrl, DpopClient, NOW } from './dpop-proofs.js';

/** One instance of a deployment: its own application, its own connection to the Redis that all share. */
async function instance(adapter: (typeof adapters)[number], redis: RedisServer, jkt: string) {
  const connection = createClient({
    url: redis.url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 10 },
  }).on('error', () => undefined);
  await connection.connect();
  const store = new RedisStore({ client: connection });
  const dpop = new DpopVerifier({ baseUrl, store, clock: () => NOW });

  class DpopToken extends HTTPScheme<string> {
    constructor() {
      super({ scheme: 'DPoP' });
    }
    override challenge(failure?: SecurityException) {
      return dpop.challenge(failure);
    }
    override async validate(
      { credentials }: HTTPAuthorizationCredentials,
      { request }: ValidationContext,
    ) {
      const { method, url, headers } = request;
      const claims = { cnf: { jkt } };
      await dpop.verify({ proof: headers['dpop'], method, url, accessToken: credentials, claims });
      return { user: 'ada' };
    }
  }

  @Controller()
  class Items {
    @Get('items') @Security(DpopToken) items(@CurrentUser() user: string) {
      return { user };
    }
  }

  const { app, url } = await createApp(adapter, {
    imports: [AuthModule.forRoot({ schemes: [DpopToken] })],
    controllers: [Items],
  });
  return { app, url, connection };
}

describe.skipIf(skipRedis)(`Two instances that share a Redis${skipReason}`, () => {
  let redis: RedisServer;
  let client: DpopClient;
  let instances: { app: INestApplication; url: string; connection: { destroy(): void } }[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
    client = await DpopClient.create();
    instances = await Promise.all(adapters.map((each) => instance(each, redis, client.jkt)));
  });
  afterAll(async () => {
    await Promise.all(instances.map(({ app }) => app.close()));
    instances.forEach(({ connection }) => connection.destroy());
    await redis?.stop();
  });

  const send = async (index: number, proof: string) => {
    const { url } = instances[index % instances.length]!;
    const headers = { authorization: `DPoP ${accessToken}`, dpop: proof };
    return (await fetch(`${url}/items`, { headers })).status;
  };

  it('let one of 50 parallel replays pass', async () => {
    const proof = await client.prove();
    const statuses = await Promise.all(
      Array.from({ length: 50 }, (_, index) => send(index, proof)),
    );
    expect(statuses.toSorted()).toStrictEqual([200, ...Array<number>(49).fill(401)]);
  });

  it('answer 503 while it is down', async () => {
    await redis.stop();
    const proof = await client.prove();
    expect([await send(0, proof), await send(1, proof)]).toStrictEqual([503, 503]);
  });
});

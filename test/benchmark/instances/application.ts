import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';
import { RedisStore } from 'nestjs-security/redis';
import { DpopVerifier, TokenIntrospector } from 'nestjs-security/tokens';
import { createClient } from 'redis';
import { finish } from '../measure/result.js';
import type { InstanceResult, InstanceTask } from './instance.js';

/** Requests in flight at once: those of one moment are sent to Redis together. */
const IN_FLIGHT = 20;

const task = JSON.parse(process.argv[2]!) as InstanceTask;
const result: InstanceResult =
  task.kind === 'proofs' ? await verifyProofs(task) : await introspect(task);
finish(result);

async function verifyProofs({ redis, requests }: InstanceTask): Promise<InstanceResult> {
  const proofs = await signProofs(requests);
  const client = createClient({ url: `redis://127.0.0.1:${redis}`, disableOfflineQueue: true });
  await client.connect();
  let roundTrips = 0;
  const counting = {
    sendCommand: (args: readonly string[]) => {
      roundTrips++;
      return client.sendCommand([...args]);
    },
  };
  const store = new RedisStore({ client: counting, timeout: 30 });
  const dpop = new DpopVerifier({ baseUrl: 'https://api.example', store });
  await inTurn(proofs, (request) => dpop.verify(request));
  // One that was seen is refused by whichever instance it is sent to next.
  const replayed = await dpop.verify(proofs[0]!).catch(() => undefined);
  if (replayed !== undefined) throw new Error('a proof was accepted twice');
  client.destroy();
  return { roundTrips: roundTrips - 1 };
}

async function signProofs(count: number) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = await exportJWK(publicKey);
  const claims = { cnf: { jkt: await calculateJwkThumbprint(jwk) } };
  const accessToken = randomUUID();
  const ath = createHash('sha256').update(accessToken).digest('base64url');
  return Promise.all(
    Array.from({ length: count }, async () => ({
      proof: await new SignJWT({ htm: 'GET', htu: 'https://api.example/items', ath })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .setJti(randomUUID())
        .setIssuedAt()
        .sign(privateKey),
      method: 'GET',
      url: '/items',
      accessToken,
      claims,
    })),
  );
}

async function introspect({ introspection, requests, tokens, cache }: InstanceTask) {
  const introspector = new TokenIntrospector({
    endpoint: `http://127.0.0.1:${introspection}/`,
    clientId: 'api',
    clientSecret: 'secret',
    audience: 'api',
    timeout: 30,
    // Longer than this takes: a lifetime of entries is what is looked at.
    ...(cache && { cache: { maxAge: 300 } }),
  });
  const asked = Array.from(
    { length: requests },
    () => `token-${Math.floor(Math.random() * tokens)}`,
  );
  // One after another: those who ask at once would share an answer, with and without a cache.
  for (const token of asked) await introspector.introspect(token);
  return { roundTrips: 0 };
}

async function inTurn<T>(items: readonly T[], ask: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const item of queue) await ask(item);
    }),
  );
}

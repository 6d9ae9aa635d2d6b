import { Controller, Get, type INestApplication } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  AuthModule,
  anyOf,
  CurrentUser,
  type HTTPAuthorizationCredentials,
  HTTPBearer,
  HTTPScheme,
  Security,
  type SecurityException,
  type ValidationContext,
} from '../../lib/index.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import type { Store } from '../../lib/stores/store.js';
import { requireUnbound } from '../../lib/tokens/confirmation.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { recordLogs } from '../security/recorded-logs.js';
import { adapters, createApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { accessToken, baseUrl, DpopClient, NOW } from './dpop-proofs.js';

const clock = () => NOW;
let client: DpopClient;
let store: Store;
let dpop: DpopVerifier;

/** In place of a verifier of tokens: the one token is bound to the client's key. */
const claimsOf = (token: string) =>
  token === accessToken ? { sub: 'ada', cnf: { jkt: client.jkt } } : { sub: 'bob' };

class DpopToken extends HTTPScheme<string> {
  constructor() {
    super({ scheme: 'DPoP' });
  }

  override challenge(failure?: SecurityException) {
    return dpop.challenge(failure);
  }

  override async validate(
    { credentials }: HTTPAuthorizationCredentials,
    context: ValidationContext,
  ) {
    const { method, url, headers } = context.request;
    const claims = claimsOf(credentials);
    await dpop.verify({ proof: headers['dpop'], method, url, accessToken: credentials, claims });
    return { user: claims.sub };
  }
}

class PlainToken extends HTTPBearer<string> {
  override validate({ credentials }: HTTPAuthorizationCredentials) {
    const claims = claimsOf(credentials);
    requireUnbound(claims);
    return { user: claims.sub };
  }
}

@Controller()
class ItemsController {
  @Get('items')
  @Security(DpopToken)
  items(@CurrentUser() user: string) {
    return { user };
  }

  @Get('either')
  @Security(anyOf(DpopToken, PlainToken))
  either(@CurrentUser() user: string) {
    return { user };
  }
}

beforeAll(async () => {
  client = await DpopClient.create();
});

describe.each(adapters)('a DPoP scheme on $name', (adapter) => {
  let app: INestApplication;
  let url: string;
  beforeEach(async () => {
    store = new MemoryStore({ clock });
    dpop = new DpopVerifier({ baseUrl, store, clock });
    ({ app, url } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [DpopToken, PlainToken] })],
      controllers: [ItemsController],
    }));
  });
  afterEach(() => app.close());

  const send = (proofs: string[], options: { path?: string; more?: [string, string][] } = {}) =>
    rawRequest(url, {
      path: options.path ?? '/items?a=b',
      headers: [
        ['Authorization', `DPoP ${accessToken}`],
        ...proofs.map((proof): [string, string] => ['DPoP', proof]),
        ...(options.more ?? []),
      ],
    });
  const bearer = (token: string, more: [string, string][] = []) =>
    rawRequest(url, { path: '/either', headers: [['Authorization', `Bearer ${token}`], ...more] });
  const challengeOf = (answer: Awaited<ReturnType<typeof rawRequest>>) => [
    answer.status,
    ...answer.header('WWW-Authenticate'),
  ];

  const invalidProof = [401, 'DPoP error="invalid_dpop_proof", algs="ES256 PS256"'];

  it('accepts a bound token with its proof, in any case of the scheme', async () => {
    const answer = await send([await client.prove()]);
    expect([answer.status, answer.body]).toEqual([200, '{"user":"ada"}']);
  });

  it('asks for a token', async () => {
    const answer = await rawRequest(url, { path: '/items' });
    expect(challengeOf(answer)).toEqual([401, 'DPoP algs="ES256 PS256"']);
  });

  it('refuses two Authorization headers', async () => {
    const more: [string, string][] = [['Authorization', `Bearer ${accessToken}`]];
    const answer = await send([await client.prove()], { more });
    expect(challengeOf(answer)).toEqual([400, 'DPoP error="invalid_request", algs="ES256 PS256"']);
  });

  it('refuses text after the token', async () => {
    const headers: [string, string][] = [
      ['Authorization', `DPoP ${accessToken} more`],
      ['DPoP', await client.prove()],
    ];
    const answer = await rawRequest(url, { path: '/items', headers });
    expect(challengeOf(answer)).toEqual([401, 'DPoP error="invalid_token", algs="ES256 PS256"']);
  });

  it('refuses no proof, two proofs and a proof sent twice', async () => {
    const proof = await client.prove();
    expect(challengeOf(await send([]))).toEqual(invalidProof);
    expect(challengeOf(await send([proof, await client.prove()]))).toEqual(invalidProof);
    expect(challengeOf(await send([proof, proof]))).toEqual(invalidProof);
    expect((await send([proof])).status).toBe(200);
  });

  it('refuses a proof the second time', async () => {
    const proof = await client.prove();
    expect((await send([proof])).status).toBe(200);
    expect(challengeOf(await send([proof]))).toEqual(invalidProof);
  });

  it('lets one of 50 parallel replays pass', async () => {
    const proof = await client.prove();
    const answers = await Promise.all(Array.from({ length: 50 }, () => send([proof])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
  });

  it('answers 503 without a challenge when the store does not', async () => {
    store.addIfAbsent = async () => Promise.reject(new Error('canary'));
    const answer = await send([await client.prove()]);
    expect(challengeOf(answer)).toEqual([503]);
    expect(answer.body).not.toContain('canary');
  });

  it('answers 500 when the store answers neither true nor false, and logs which', async () => {
    const logs = recordLogs();
    onTestFinished(() => logs.restore());
    app.useLogger(logs.logger);
    store.addIfAbsent = async () => undefined as unknown as boolean;
    const answer = await send([await client.prove()]);
    expect(challengeOf(answer)).toEqual([500]);
    expect(answer.body).not.toContain('addIfAbsent');
    expect(logs.text('error')).toContain('addIfAbsent of MemoryStore must answer true or false');
  });

  it.each<[string, [string, string][]]>([
    ['Host', [['Host', 'evil.example']]],
    ['Host with a path', [['Host', 'evil.example/items?']]],
    [
      'X-Forwarded-Host',
      [
        ['X-Forwarded-Host', 'evil.example'],
        ['X-Forwarded-Proto', 'http'],
      ],
    ],
    ['Forwarded', [['Forwarded', 'host=evil.example;proto=http']]],
  ])('does not believe %s', async (_name, more) => {
    const htu = 'http://evil.example/items';
    const answer = await send([await client.prove({ claims: { htu } })], { more });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    // Fastify and Express both serve what the base URL vouches for, or refuse the Host by themselves.
    expect([200, 400]).toContain((await send([await client.prove()], { more })).status);
  });

  it('does not believe the authority of an absolute-form', async () => {
    const claims = { htu: 'http://evil.example/items' };
    const path = 'http://evil.example/items';
    const answer = await send([await client.prove({ claims })], { path });
    expect(answer.status).not.toBe(200);
  });

  it('refuses a bound token as a bearer token, with a proof or without', async () => {
    const proof: [string, string] = [
      'DPoP',
      await client.prove({ claims: { htu: `${baseUrl}/either` } }),
    ];
    for (const answer of [await bearer(accessToken), await bearer(accessToken, [proof])]) {
      const [status, ...challenges] = challengeOf(answer);
      expect(status).toBe(401);
      expect(challenges).toContainEqual(expect.stringMatching(/^Bearer error="invalid_token"/));
    }
  });

  it('takes a token that is bound to nothing as a bearer token only', async () => {
    expect((await bearer('unbound')).status).toBe(200);
    const claims = { htu: `${baseUrl}/either` };
    const answer = await rawRequest(url, {
      path: '/either',
      headers: [
        ['Authorization', 'DPoP unbound'],
        ['DPoP', await client.prove({ claims })],
      ],
    });
    expect(challengeOf(answer)).toEqual([
      401,
      'DPoP error="invalid_token", algs="ES256 PS256"',
      'Bearer',
    ]);
  });
});

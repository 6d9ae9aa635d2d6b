import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidDpopProofException } from '../../lib/errors/invalid-dpop-proof.exception.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import type { DpopVerifierOptions } from '../../lib/tokens/dpop-options.js';
import type { DpopRequest } from '../../lib/tokens/dpop-verifier.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import {
  accessToken,
  baseUrl,
  type Changes,
  DpopClient,
  encode,
  now,
  NOW,
  replacePart,
} from './dpop-proofs.js';

const clock = () => NOW;
const store = () => new MemoryStore({ clock });
const verifier = (options: Partial<DpopVerifierOptions> = {}) =>
  new DpopVerifier({ baseUrl, store: store(), clock, ...options });

const invalidProof = 'DPoP error="invalid_dpop_proof", algs="ES256 PS256"';
const invalidToken = 'DPoP error="invalid_token", algs="ES256 PS256"';

async function refuses(request: DpopRequest, challenge = invalidProof, options = {}) {
  const failure = await verifier(options)
    .verify(request)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(
    challenge === invalidToken ? InvalidTokenException : InvalidDpopProofException,
  );
  expect(failure).toMatchObject({ status: 401, challenge });
}

let client: DpopClient;
let other: DpopClient;
beforeAll(async () => {
  client = await DpopClient.create();
  other = await DpopClient.create();
});

describe('DpopVerifier with the example of RFC 9449, section 7.1', () => {
  const header =
    'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19';
  const resourceProof = `${header}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`;
  const tokenProof = `${header}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`;
  const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
  const request = {
    proof: resourceProof,
    method: 'GET',
    url: '/protectedresource',
    accessToken: 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
    claims: { cnf: { jkt } },
  };
  const at = (seconds: number, origin = 'https://resource.example.org') =>
    verifier({ baseUrl: origin, clock: () => seconds * 1000 });

  it('accepts the proof for a protected resource', async () => {
    expect(await at(1562262618).verify(request)).toStrictEqual({ jkt });
  });

  it('refuses it a day later', async () => {
    await expect(at(1562349018).verify(request)).rejects.toThrow(/too old/);
  });

  it('refuses the proof for the token endpoint, which is for no access token', async () => {
    const sent = { ...request, proof: tokenProof, method: 'POST', url: '/token' };
    const verifying = at(1562262616, 'https://server.example.com').verify(sent);
    await expect(verifying).rejects.toThrow(/another access token/);
  });
});

describe('DpopVerifier', () => {
  it('accepts a proof for this request and this token', async () => {
    expect(await verifier().verify(await client.request())).toStrictEqual({ jkt: client.jkt });
  });

  it.each(['PS256', 'RS256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
    'accepts %s where it is allowed',
    async (alg) => {
      const request = await (await DpopClient.create(alg)).request();
      expect(await verifier({ algorithms: [alg] }).verify(request)).toBeDefined();
    },
  );

  it.each(['an access token', 'ä', 'a,b', '', 'a\n'])('refuses the token %j', async (text) => {
    await refuses(await client.request({ request: { accessToken: text } }), invalidToken);
  });

  it('takes a list with one proof', async () => {
    const proof = [await client.prove()];
    expect(await verifier().verify(await client.request({ request: { proof } }))).toBeDefined();
  });

  it.each<[string, (one: string, two: string) => DpopRequest['proof']]>([
    ['no proof', () => undefined],
    ['an empty list', () => []],
    ['an empty header', () => ''],
    ['two headers', (one, two) => [one, two]],
    ['the same header twice', (one) => [one, one]],
    ['two headers as Node joins them', (one, two) => `${one}, ${two}`],
    ['a proof and an empty header, joined', (one) => `${one}, `],
  ])('refuses %s', async (_case, proofs) => {
    const proof = proofs(await client.prove(), await client.prove());
    const request = await client.request({ request: { proof } });
    await refuses(request);
    const expected = proof === '' ? /malformed/ : /^One DPoP proof is needed$/;
    await expect(verifier().verify(request)).rejects.toThrow(expected);
  });

  it.each<[string, Changes]>([
    ['refuses the typ JWT', { header: { typ: 'JWT' } }],
    ['refuses the typ at+jwt', { header: { typ: 'at+jwt' } }],
    ['refuses no typ', { header: { typ: undefined } }],
    ['refuses no jwk', { header: { jwk: undefined } }],
    ['refuses a jwk that is text', { header: { jwk: 'key' } }],
    ['refuses an empty jwk', { header: { jwk: {} } }],
    ['refuses a jwk that is a list', { header: { jwk: [] } }],
    [
      'refuses a point that is not on the curve',
      { header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' } } },
    ],
    ['refuses a jwk for encryption', { header: { jwk: { use: 'enc' } } }],
    ['refuses an alg that is not the signature’s', { header: { alg: 'PS256' } }],
    ['refuses no htm', { claims: { htm: undefined } }],
    ['refuses an htm that is no text', { claims: { htm: ['GET'] } }],
    ['refuses another htm', { claims: { htm: 'POST' } }],
    ['refuses an htm in another case', { claims: { htm: 'get' } }],
    ['refuses no htu', { claims: { htu: undefined } }],
    ['refuses an htu that is no text', { claims: { htu: [`${baseUrl}/items`] } }],
    ['refuses no iat', { claims: { iat: undefined } }],
    ['refuses an iat that is text', { claims: { iat: String(now) } }],
    ['refuses 65 s past', { claims: { iat: now - 65 } }],
    ['refuses 65 s future', { claims: { iat: now + 65 } }],
    ['refuses an iat past the range of dates', { claims: { iat: 1e300 } }],
    ['refuses no jti', { claims: { jti: undefined } }],
    ['refuses an empty jti', { claims: { jti: '' } }],
    ['refuses a jti that is no text', { claims: { jti: 7 } }],
    ['refuses no ath', { claims: { ath: undefined } }],
    ['refuses an ath that is no text', { claims: { ath: [] } }],
    ['refuses the ath of another token', { claims: { ath: 'A'.repeat(43) } }],
    ['refuses an unknown crit', { header: { crit: ['x'], x: 1 } }],
    ['refuses a proof that expired', { claims: { exp: now - 10 } }],
  ])('%s', async (_case, changes) => {
    await refuses(await unsignable(changes));
  });

  it('takes the typ for the media type it abbreviates', async () => {
    const request = await client.request({ header: { typ: 'application/dpop+jwt' } });
    expect(await verifier().verify(request)).toBeDefined();
  });

  it('refuses a private key in the header', async () => {
    await refuses(await client.request({ header: { jwk: client.privateJwk } }));
  });

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'refuses a key with the parameter %s, whatever its type',
    async (parameter) => {
      const jwk = { ...client.jwk, [parameter]: 'AQAB' };
      await refuses(await client.request({ header: { jwk } }));
    },
  );

  it.each<[string, string, object, Buffer]>([
    [
      'an Ed25519 key of small order, for which there is one signature',
      'EdDSA',
      { kty: 'OKP', crv: 'Ed25519', x: `AQ${'A'.repeat(41)}` },
      Buffer.concat([Buffer.of(1), Buffer.alloc(63)]),
    ],
    ['an RSA key with e = 1', 'PS256', { kty: 'RSA', e: 'AQ' }, Buffer.alloc(256, 1)],
    ['an RSA key of 1024 bits', 'PS256', { kty: 'RSA', e: 'AQAB' }, Buffer.alloc(128, 1)],
    [
      'a key of another kind',
      'ES256',
      { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) },
      Buffer.alloc(64),
    ],
  ])('refuses %s', async (_case, alg, key, signature) => {
    const n = Buffer.alloc(signature.length, 0xff).toString('base64url');
    const jwk = { ...(alg === 'PS256' && { n }), ...key };
    const jkt = await calculateJwkThumbprint(jwk);
    const [, payload = ''] = (await client.prove()).split('.');
    const header = encode({ typ: 'dpop+jwt', alg, jwk });
    const proof = `${header}.${payload}.${signature.toString('base64url')}`;
    const request = await client.request({ request: { proof, claims: { cnf: { jkt } } } });
    const algs = `DPoP error="invalid_dpop_proof", algs="${alg}"`;
    await refuses(request, algs, { algorithms: [alg] });
  });

  it.each<[string, (proof: string) => string]>([
    ['padding', (proof) => `${proof}=`],
    ['a line feed', (proof) => `${proof}\n`],
    ['a space within', (proof) => `${proof.slice(0, -9)} ${proof.slice(-9)}`],
    ['padding within', (proof) => proof.replace('.', '=.')],
  ])('refuses a good proof with %s', async (_case, respell) => {
    const proof = respell(await client.prove());
    await refuses(await client.request({ request: { proof } }));
  });

  it('says in no refusal what a proof says', async () => {
    const canary = { jti: 'canary', sub: 'canary' };
    const requests = await Promise.all([
      client.request({ claims: { ...canary, exp: 1 } }),
      client.request({ claims: { ...canary, nbf: 8e12 } }),
      client.request({ claims: { ...canary, htm: 'canary' } }),
      client.request({ claims: canary, header: { typ: 'canary' } }),
      client.request({ claims: canary, header: { jwk: { ...client.jwk, d: 'canary' } } }),
      client.request({ claims: canary, header: { jwk: { kty: 'canary' } } }),
      client.request({ claims: canary, request: { claims: { cnf: { jkt: 'canary' } } } }),
    ]);
    for (const request of requests) {
      const error = await verifier()
        .verify(request)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ status: 401 });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('canary');
    }
  });

  it('refuses a symmetric key', async () => {
    const k = Buffer.alloc(32, 7);
    const proof = await client.prove({
      header: { jwk: { kty: 'oct', k: k.toString('base64url') } },
    });
    const [header, payload] = proof.split('.') as [string, string];
    const forged = encode({ ...decode(header), alg: 'HS256' });
    const signature = createHmac('sha256', k).update(`${forged}.${payload}`).digest('base64url');
    await refuses(
      await client.request({ request: { proof: `${forged}.${payload}.${signature}` } }),
    );
  });

  it('refuses the key of another client before it looks at the signature', async () => {
    await refuses(await client.request({ header: { jwk: other.jwk } }), invalidToken);
  });

  it.each(['none', 'None', 'HS256', 'ES384', '', 7])(
    'refuses the alg %j in the header',
    async (alg) => {
      const proof = await client.prove();
      const header = encode({ ...decode(proof.split('.')[0]!), alg });
      await refuses(await client.request({ request: { proof: replacePart(proof, 0, header) } }));
      const unsigned = replacePart(replacePart(proof, 0, header), 2, '');
      await refuses(await client.request({ request: { proof: unsigned } }));
    },
  );

  it('refuses an asymmetric algorithm that is not allowed', async () => {
    const request = await (await DpopClient.create('RS256')).request();
    await refuses(request);
    const challenge = 'DPoP error="invalid_dpop_proof", algs="PS256"';
    await refuses(await client.request(), challenge, { algorithms: ['PS256'] });
  });

  it.each<[string, (proof: string) => string]>([
    [
      'another signature',
      (proof) => replacePart(proof, 2, Buffer.alloc(64, 1).toString('base64url')),
    ],
    ['no signature', (proof) => replacePart(proof, 2, '')],
    ['another payload', (proof) => replacePart(proof, 1, encode({ jti: 'x' }))],
    ['two parts', (proof) => proof.split('.').slice(0, 2).join('.')],
    ['four parts', (proof) => `${proof}.x`],
    ['a header that is no JSON', (proof) => replacePart(proof, 0, 'e30e30')],
    ['a payload that is no object', (proof) => replacePart(proof, 1, encode([]))],
    ['text', () => 'undefined'],
    ['16 KiB of text', () => 'a'.repeat(16_384)],
  ])('refuses %s', async (_case, tamper) => {
    const proof = tamper(await client.prove());
    await refuses(await client.request({ request: { proof } }));
  });

  it.each([
    ['at its maximum age', now - 60, true],
    ['a second older', now - 61, false],
    ['as far ahead as a clock may be', now + 5, true],
    ['a second farther ahead', now + 6, false],
    ['with a fraction of a second', now - 0.5, true],
  ])('judges a proof %s', async (_case, iat, isAccepted) => {
    const request = await client.request({ claims: { iat } });
    if (isAccepted) expect(await verifier().verify(request)).toBeDefined();
    else await refuses(request);
  });

  it.each<[string | undefined, string | undefined]>([
    [undefined, 'GET'],
    ['*', 'GET'],
    ['api.example.org:443', 'GET'],
    ['/other', 'GET'],
    ['/items', undefined],
    ['/items', 'POST'],
  ])('refuses a request for %s by %s', async (url, method) => {
    for (const htu of [`${baseUrl}/items`, '*', undefined]) {
      await refuses(await client.request({ claims: { htu }, request: { url, method } }));
    }
    const claims = { htm: undefined };
    await refuses(await client.request({ claims, request: { url, method } }));
  });

  it('takes maxAge and clockTolerance in seconds', async () => {
    const options = { maxAge: 10, clockTolerance: 0 };
    const of = (iat: number) => client.request({ claims: { iat } });
    expect(await verifier(options).verify(await of(now - 10))).toBeDefined();
    expect(await verifier(options).verify(await of(now))).toBeDefined();
    await refuses(await of(now - 11), invalidProof, options);
    await refuses(await of(now + 1), invalidProof, options);
  });

  it.each([
    ['that has not expired', { exp: now + 1 }],
    ['that expired within the tolerance', { exp: now - 4 }],
    ['that begins within the tolerance', { nbf: now + 5 }],
  ])('accepts a proof %s', async (_case, claims) => {
    expect(await verifier().verify(await client.request({ claims }))).toBeDefined();
  });

  it('takes the time of the system by default', async () => {
    const verifying = new DpopVerifier({ baseUrl, store: store() });
    const iat = Math.floor(Date.now() / 1000);
    expect(await verifying.verify(await client.request({ claims: { iat } }))).toBeDefined();
    await expect(verifying.verify(await client.request())).rejects.toThrow(/too old/);
  });

  it.each<[string, unknown]>([
    ['no cnf', undefined],
    ['a cnf that is null', null],
    ['an empty cnf', {}],
    ['a jkt that is no text', { jkt: 7 }],
    ['an empty jkt', { jkt: '' }],
    ['a jkt that is no thumbprint', { jkt: 'x' }],
    ['another confirmation only', { 'x5t#S256': 'A'.repeat(43) }],
    ['an unknown confirmation', { jkt: 'A'.repeat(43), kid: '1' }],
    ['the jkt of another key', { jkt: 'A'.repeat(43) }],
  ])('refuses a token with %s', async (_case, cnf) => {
    await refuses(await client.request({ request: { claims: { cnf } } }), invalidToken);
  });

  it('refuses the token of another client, with a proof that is good in itself', async () => {
    const request = await client.request({ request: { claims: { cnf: { jkt: other.jkt } } } });
    await refuses(request, invalidToken);
  });

  it('echoes nothing of a proof', async () => {
    const request = await client.request({
      claims: { htu: 'https://canary.example', jti: 'canary' },
    });
    const failure = await verifier()
      .verify(request)
      .catch((error: InvalidDpopProofException) => error.getResponse());
    expect(JSON.stringify(failure)).not.toMatch(/canary|eyJ/);
    expect(JSON.stringify(failure)).not.toContain(accessToken);
  });
});

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

/** A request with a proof that jose may decline to sign: then its header is swapped after the signature. */
async function unsignable(changes: Changes): Promise<DpopRequest> {
  try {
    return await client.request(changes);
  } catch {
    const proof = await client.prove({ claims: changes.claims ?? {} });
    const header = { ...decode(proof.split('.')[0]!), ...changes.header };
    return client.request({ request: { proof: replacePart(proof, 0, encode(header)) } });
  }
}

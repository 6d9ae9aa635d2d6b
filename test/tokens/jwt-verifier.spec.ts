import { createSecretKey, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import {
  AUDIENCE,
  claims,
  compact,
  ed25519,
  expectRefused,
  hs256,
  ISSUER,
  jwk,
  otherRsa,
  p256,
  p384,
  p521,
  pem,
  rs256,
  rsa,
  SECRET,
  signer,
  weakRsa,
} from './jwt-fixture.js';

const options = { issuer: ISSUER, audience: AUDIENCE };
const bySecret = JwtVerifier.fromSecret(SECRET, options);
const byKey = JwtVerifier.fromKey(rsa.publicKey, options);
const keySet = { keys: [jwk(rsa.publicKey, { kid: 'a' }), jwk(p256.publicKey, { kid: 'b' })] };
const byKeySet = JwtVerifier.fromJwks(keySet, options);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('JwtVerifier accepts a token', () => {
  const longSecret = 'x'.repeat(64);

  it.each(['HS256', 'HS384', 'HS512'])('signed by %s', async (alg) => {
    const verifier = JwtVerifier.fromSecret(longSecret, { ...options, algorithms: [alg] });
    const token = compact({ alg }, claims(), signer(alg, longSecret));
    expect((await verifier.verify(token)).claims.sub).toBe('ada');
  });

  it.each([
    ['RS256', rsa],
    ['ES256', p256],
    ['ES384', p384],
    ['ES512', p521],
    ['EdDSA', ed25519],
    ['Ed25519', ed25519],
  ])('signed by %s, which its key implies', async (alg, { publicKey, privateKey }) => {
    const token = compact({ alg }, claims(), signer(alg, privateKey));
    const verifier = JwtVerifier.fromKey(publicKey, options);
    expect((await verifier.verify(token)).claims.sub).toBe('ada');
  });

  it.each([
    ['PEM', pem(rsa.publicKey)],
    ['PEM between spaces', `\n  ${pem(rsa.publicKey)}\n`],
    ['a KeyObject', rsa.publicKey],
    ['a JWK', jwk(rsa.publicKey)],
    ['a JWK for its algorithm', jwk(rsa.publicKey, { alg: 'RS256', use: 'sig', kid: 'a' })],
  ])('by a key given as %s', async (_, key) => {
    const { claims: verified } = await JwtVerifier.fromKey(key, options).verify(rs256());
    expect(verified.sub).toBe('ada');
  });

  it.each([
    ['RSASSA-PKCS1-v1_5', 'RS256'],
    ['RSA-PSS', 'PS256'],
  ])('by a CryptoKey for %s', async (name, alg) => {
    const spki = rsa.publicKey.export({ type: 'spki', format: 'der' });
    const algorithm = { name, hash: 'SHA-256' };
    const key = await webcrypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
    const verifier = JwtVerifier.fromKey(key, options);
    await verifier.verify(compact({ alg }, claims(), signer(alg, rsa.privateKey)));
    await expectRefused(verifier.verify(rs256(claims(), { alg: 'RS384' })));
  });

  it.each([
    ['text', SECRET],
    ['bytes', new TextEncoder().encode(SECRET)],
    ['a KeyObject', createSecretKey(Buffer.from(SECRET))],
  ])('by a secret given as %s', async (_, secret) => {
    await JwtVerifier.fromSecret(secret, options).verify(hs256());
  });

  it('by the key of a set that it names', async () => {
    await byKeySet.verify(rs256(claims(), { kid: 'a' }));
    const token = compact({ alg: 'ES256', kid: 'b' }, claims(), signer('ES256', p256.privateKey));
    await byKeySet.verify(token);
  });

  it('by whichever key of a set fits, when it names none', async () => {
    const keys = [jwk(otherRsa.publicKey), jwk(p256.publicKey), jwk(rsa.publicKey)];
    const verifier = JwtVerifier.fromJwks({ keys }, options);
    await verifier.verify(rs256());
    await verifier.verify(rs256(claims(), {}, otherRsa.privateKey));
  });

  it('beside keys that are for encryption', async () => {
    const encryption = jwk(otherRsa.publicKey, { use: 'enc', alg: 'RSA-OAEP' });
    const post = { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' };
    const keys = [encryption, post, jwk(weakRsa.publicKey), jwk(rsa.publicKey)];
    await JwtVerifier.fromJwks({ keys }, options).verify(rs256());
  });

  it('and hands out claims, header and scopes that nobody can change', async () => {
    const signed = claims({ scope: 'read write', roles: { of: ['a'] } });
    const token = rs256(signed, { kid: 'a' });
    const verified = await JwtVerifier.fromKey<{ roles: { of: string[] } }>(
      rsa.publicKey,
      options,
    ).verify(token);
    expect(verified).toStrictEqual({
      claims: signed,
      header: { alg: 'RS256', kid: 'a' },
      scopes: ['read', 'write'],
      expiresAt: expect.any(Number),
    });
    expect(verified.expiresAt).toBe(verified.claims.exp! + 5);
    expect(() => verified.claims.roles.of.push('admin')).toThrow(TypeError);
    expect(() => (verified.scopes as string[]).push('admin')).toThrow(TypeError);
    expect(() => Object.assign(verified.header, { alg: 'none' })).toThrow(TypeError);
  });
});

describe('JwtVerifier refuses alg none and confused algorithms:', () => {
  const unsigned = (alg: unknown) => compact({ alg }, claims());
  const publicPem = pem(rsa.publicKey);
  const forged = (secret: string) => compact({ alg: 'HS256' }, claims(), signer('HS256', secret));

  it.each([
    ['RFC 7515, appendix A.5', RFC7515_A5()],
    ['none', unsigned('none')],
    ['None', unsigned('None')],
    ['nOnE', unsigned('nOnE')],
    ['no alg', compact({}, claims(), signer('RS256', rsa.privateKey))],
    ['an empty alg', unsigned('')],
    ['alg null', unsigned(null)],
    ['a list as alg', unsigned(['RS256'])],
    ['an unknown alg', unsigned('RS1')],
    ['the name of a property as alg', unsigned('__proto__')],
    [
      'none with the signature of another',
      compact({ alg: 'none' }, claims(), signer('RS256', rsa.privateKey)),
    ],
    ['HS256 by the public key as PEM', forged(publicPem)],
    ['HS256 by the public key as trimmed PEM', forged(publicPem.trim())],
    ['HS256 by the public key as JWK', forged(JSON.stringify(jwk(rsa.publicKey)))],
    ['HS256 by an empty key', forged('')],
    ['HS256 by the secret of another verifier', hs256()],
    ['an empty signature', compact({ alg: 'RS256' }, claims())],
    ['another key', rs256(claims(), {}, otherRsa.privateKey)],
    [
      'RS384, which nobody asked for',
      compact({ alg: 'RS384' }, claims(), signer('RS384', rsa.privateKey)),
    ],
    [
      'PS256, which nobody asked for',
      compact({ alg: 'PS256' }, claims(), signer('PS256', rsa.privateKey)),
    ],
  ])('%s', async (_, token) => {
    await expectRefused(byKey.verify(token));
  });

  it.each([
    ['none', unsigned('none')],
    ['HS256 by an empty key', forged('')],
    ['HS256 by another secret', forged('x'.repeat(32))],
    ['RS256', rs256()],
    ['HS512 by the same secret', compact({ alg: 'HS512' }, claims(), signer('HS512', SECRET))],
  ])('%s, where a secret is expected', async (_, token) => {
    await expectRefused(bySecret.verify(token));
  });

  it.each([
    ['none', unsigned('none')],
    [
      'HS256 by a public key',
      compact({ alg: 'HS256', kid: 'a' }, claims(), signer('HS256', publicPem)),
    ],
    [
      'ES256 in the name of an RSA key',
      compact({ alg: 'ES256', kid: 'a' }, claims(), signer('ES256', p256.privateKey)),
    ],
  ])('%s, where a key set is expected', async (_, token) => {
    await expectRefused(byKeySet.verify(token));
  });

  it('a signature altered in one bit', async () => {
    const [header, payload, signature] = rs256().split('.');
    const bytes = Buffer.from(signature!, 'base64url');
    bytes[10]! ^= 1;
    const altered = `${header}.${payload}.${bytes.toString('base64url')}`;
    await expectRefused(byKey.verify(altered), 'The signature is wrong');
  });

  it('claims that are not the signed ones', async () => {
    const [header, , signature] = rs256().split('.');
    const payload = Buffer.from(JSON.stringify(claims({ sub: 'eve' }))).toString('base64url');
    await expectRefused(
      byKey.verify(`${header}.${payload}.${signature}`),
      'The signature is wrong',
    );
  });

  it('the signature before anything the token claims', async () => {
    const expired = rs256(claims({ exp: 1, iss: 'eve' }), {}, otherRsa.privateKey);
    await expectRefused(byKey.verify(expired), 'The signature is wrong');
  });
});

describe('JwtVerifier takes nothing from a header but alg, kid and typ:', () => {
  const evil = 'http://127.0.0.1:9/keys.json';
  const embedded = jwk(otherRsa.publicKey);

  it.each([
    ['jwk', { jwk: embedded }],
    ['jku', { jku: evil }],
    ['x5u', { x5u: evil }],
    [
      'x5c',
      { x5c: [otherRsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
    ],
    ['all at once', { jwk: embedded, jku: evil, x5u: evil, x5c: [''], x5t: 'a' }],
  ])('%s of the signer is ignored, and nothing is fetched', async (_, header) => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const forged = rs256(claims(), { ...header, kid: 'a' }, otherRsa.privateKey);
    await expectRefused(byKey.verify(forged), 'The signature is wrong');
    await expectRefused(byKeySet.verify(forged), 'The signature is wrong');
    await byKeySet.verify(rs256(claims(), { ...header, kid: 'a' }));
    expect(fetched).not.toHaveBeenCalled();
  });

  it.each([
    ['a path', '../../../../dev/null'],
    ['SQL', "' UNION SELECT 'secret' --"],
    ['a URL', evil],
    ['the name of a property', '__proto__'],
    ['nothing', ''],
    ['a number', 1],
    ['null', null],
    ['a list with a known one', ['a']],
    ['an object', { toString: 'a' }],
  ])('%s as kid is an unknown key', async (_, kid) => {
    await expectRefused(byKeySet.verify(rs256(claims(), { kid })), 'The signing key is unknown');
  });
});

describe('JwtVerifier refuses what is no plain signed token:', () => {
  const good = rs256().split('.');

  it.each([
    ['an unknown crit', rs256(claims(), { crit: ['x'], x: 1 })],
    ['an unknown crit that is not there', rs256(claims(), { crit: ['x'] })],
    ['an empty crit', rs256(claims(), { crit: [] })],
    ['crit that is no list', rs256(claims(), { crit: 'exp' })],
    ['crit null', rs256(claims(), { crit: null })],
    ['b64 false', rs256(claims(), { b64: false })],
    ['b64 false, critical', rs256(claims(), { b64: false, crit: ['b64'] })],
    ['an unencoded payload', unencoded()],
    ['five parts', `${good.join('.')}.e30.e30`],
    ['an encrypted token', compact({ alg: 'RSA-OAEP', enc: 'A256GCM' }, claims()).concat('.AA.AA')],
    ['two parts', `${good[0]}.${good[1]}`],
    ['one part', good[0]!],
    ['no part', ''],
    ['dots', '..'],
    ['a flattened JSON serialization', flattened()],
    ['a general JSON serialization', JSON.stringify({ payload: good[1], signatures: [{}] })],
    ['a nested token', rs256(rs256())],
    ['a header that is no JSON', compact('{', claims())],
    ['a header that is a list', compact('[]', claims())],
    ['a header that is null', compact('null', claims())],
    ['a header that is no base64', `!${good.join('.')}`],
    ['a payload that is no base64', `${good[0]}.!.${good[2]}`],
    ['a signature that is no base64', `${good[0]}.${good[1]}.!`],
    ['a space', ` ${good.join('.')}`],
    ['claims that are no JSON', rs256('{')],
    ['claims that are a list', rs256('[]')],
    ['claims that are text', rs256('"text"')],
    ['claims that are null', rs256('null')],
    ['no claims', rs256('')],
    ['no token at all', undefined as unknown as string],
    ['an object', { toString: () => good.join('.') } as unknown as string],
    ['bytes', Buffer.from(good.join('.')) as unknown as string],
  ])('%s', async (_, token) => {
    await expectRefused(byKey.verify(token));
  });

  it('invalid UTF-8 in claims', async () => {
    const payload = Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff), Buffer.from('"}')]);
    const data = `${good[0]}.${payload.toString('base64url')}`;
    const signature = signer('RS256', rsa.privateKey)(data).toString('base64url');
    await expectRefused(byKey.verify(`${data}.${signature}`), 'The token is malformed');
  });

  function unencoded(): string {
    const header = { alg: 'RS256', b64: false, crit: ['b64'] };
    const data = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.{"iss":"a"}`;
    return `${data}.${signer('RS256', rsa.privateKey)(data).toString('base64url')}`;
  }

  function flattened(): string {
    return JSON.stringify({ protected: good[0], payload: good[1], signature: good[2] });
  }
});

describe('JwtVerifier refuses, and never fails at,', () => {
  it('any text', async () => {
    const parts = fc.array(fc.oneof(fc.base64String(), fc.string()), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, (some) => expectRefused(byKeySet.verify(some.join('.')))),
      { numRuns: 500 },
    );
  });

  it('any header and any claims, signed well', async () => {
    const header = fc.dictionary(
      fc.constantFrom('alg', 'typ', 'kid', 'crit', 'b64'),
      fc.jsonValue(),
    );
    const names = fc.constantFrom('iss', 'aud', 'exp', 'nbf', 'iat', 'scope', 'cnf', '__proto__');
    const payload = fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(header, payload, (some, said) =>
        expectRefused(bySecret.verify(hs256(JSON.stringify(said), some))),
      ),
      { numRuns: 500 },
    );
  });
});

describe('JwtVerifier reads the examples of', () => {
  const payload =
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
  const secret = Buffer.from(
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    'base64url',
  );
  const rsaKey = {
    kty: 'RSA',
    n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
    e: 'AQAB',
  };
  const ecKey = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  };
  const joe = { issuer: 'joe', audience: AUDIENCE };
  const okp = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

  // They name no audience and so are no access tokens; but their signature is good.
  it.each([
    [
      'RFC 7515, appendix A.1',
      JwtVerifier.fromSecret(secret, joe),
      `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
      'A required claim is missing',
    ],
    [
      'RFC 7515, appendix A.2',
      JwtVerifier.fromKey(rsaKey, joe),
      `eyJhbGciOiJSUzI1NiJ9.${payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
      'A required claim is missing',
    ],
    [
      'RFC 7515, appendix A.3',
      JwtVerifier.fromKey(ecKey, joe),
      `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
      'A required claim is missing',
    ],
    [
      'RFC 8037, appendix A.4, which holds no claims',
      JwtVerifier.fromKey(okp, joe),
      'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
      'The token is malformed',
    ],
  ])('%s', async (_, verifier, token, reason) => {
    await expectRefused(verifier.verify(token), reason);
    const altered = token.replace(/\.(.)([^.]*)$/, (_match, first, rest) =>
      first === 'A' ? `.B${rest}` : `.A${rest}`,
    );
    await expectRefused(verifier.verify(altered), 'The signature is wrong');
  });
});

function RFC7515_A5(): string {
  return 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.';
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JwtIssuerOptions } from '../../lib/tokens/jwt-verifier.options.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { type FakeServer, fakeServer, json, outages, status } from './http-fixture.js';
import {
  AUDIENCE,
  claims,
  compact,
  expectRefused,
  expectUnavailable,
  jwk,
  otherRsa,
  rs256,
  rsa,
} from './jwt-fixture.js';

const OPENID = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';
const KEYS = '/keys';
const keys = [jwk(rsa.publicKey, { kid: 'a' })];
const options: JwtIssuerOptions = { audience: AUDIENCE };
const later = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An issuer whose metadata stands where it is told to. */
async function issuerAt(path: string, metadataPath: string, changed: Record<string, unknown> = {}) {
  const server = await fakeServer();
  const issuer = server.url + path;
  server.answers[metadataPath] = json({ issuer, jwks_uri: server.url + KEYS, ...changed });
  server.answers[KEYS] = json({ keys });
  const token = (changedClaims = {}) => {
    const far = Math.floor(Date.now() / 1000) + 1e6;
    return rs256(claims({ iss: issuer, exp: far, ...changedClaims }), { kid: 'a' });
  };
  return { server, issuer, token, verifier: JwtVerifier.fromIssuer(issuer, options) };
}

describe('JwtVerifier.fromIssuer finds the metadata', () => {
  it.each([
    ['', OPENID],
    ['/', OPENID],
    ['/tenant', `/tenant${OPENID}`],
    ['/tenant/', `/tenant${OPENID}`],
    ['/a/b', `/a/b${OPENID}`],
  ])('of %j as OpenID Connect has it: %s', async (path, metadataPath) => {
    const { server, verifier, token } = await issuerAt(path, metadataPath);
    await verifier.verify(token());
    expect(server.requests).toEqual([metadataPath, KEYS]);
  });

  it.each([
    ['', OPENID, OAUTH],
    ['/tenant', `/tenant${OPENID}`, `${OAUTH}/tenant`],
    ['/tenant/', `/tenant${OPENID}`, `${OAUTH}/tenant`],
  ])('of %j as RFC 8414 has it, after %s: %s', async (path, openId, metadataPath) => {
    const { server, verifier, token } = await issuerAt(path, metadataPath);
    await verifier.verify(token());
    expect(server.requests).toEqual([openId, metadataPath, KEYS]);
  });

  it('anew after maxAge, and only the keys in between', async () => {
    const { server, verifier, token } = await issuerAt('', OPENID);
    await verifier.verify(token());
    later(30);
    await expectRefused(verifier.verify(rs256(claims({ iss: server.url }), { kid: 'new' })));
    expect(server.requests).toEqual([OPENID, KEYS, KEYS]);
    later(600);
    await verifier.verify(token());
    expect(server.requests.slice(3)).toEqual([OPENID, KEYS]);
  });

  it('anew after its key set was not to be had', async () => {
    const { server, issuer, verifier, token } = await issuerAt('', OPENID);
    await verifier.verify(token());
    server.answers[KEYS] = status(404);
    server.answers[OPENID] = json({ issuer, jwks_uri: `${server.url}/moved` });
    server.answers['/moved'] = json({ keys: [jwk(otherRsa.publicKey, { kid: 'b' })] });
    const moved = rs256(claims({ iss: issuer }), { kid: 'b' }, otherRsa.privateKey);
    later(30);
    await expectUnavailable(verifier.verify(moved));
    later(30);
    await verifier.verify(rs256(claims({ iss: issuer }), { kid: 'b' }, otherRsa.privateKey));
  });
});

describe('T42 JwtVerifier.fromIssuer', () => {
  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'other' }],
  ])('refuses %s without being told to', async (_, changed) => {
    const { verifier, token } = await issuerAt('', OPENID);
    await expectRefused(verifier.verify(token(changed)));
  });

  it('refuses the issuer with a slash more', async () => {
    const { verifier, token, issuer } = await issuerAt('', OPENID);
    await expectRefused(
      verifier.verify(token({ iss: `${issuer}/` })),
      'The issuer is not accepted',
    );
  });
});

describe('T47 JwtVerifier.fromIssuer, starting cold under load:', () => {
  it('100 tokens at once make one discovery and one request for keys', async () => {
    const { server, verifier, token } = await issuerAt('', OPENID);
    const one = token();
    await Promise.all(Array.from({ length: 100 }, () => verifier.verify(one)));
    expect(server.requests).toEqual([OPENID, KEYS]);
  });
});

describe('T48 JwtVerifier.fromIssuer does not trust metadata', () => {
  const evil = 'https://evil.example';

  it.each<[string, (url: string) => Record<string, unknown>]>([
    ['of another issuer', () => ({ issuer: evil })],
    ['of the issuer with a slash', (url) => ({ issuer: `${url}/` })],
    ['of the issuer with a path', (url) => ({ issuer: `${url}/tenant` })],
    ['of the issuer in a list', (url) => ({ issuer: [url] })],
    ['without an issuer', () => ({ issuer: undefined })],
    ['with an issuer that is null', () => ({ issuer: null })],
    ['without jwks_uri', () => ({ jwks_uri: undefined })],
    ['with jwks_uri that is null', () => ({ jwks_uri: null })],
    ['with a list as jwks_uri', (url) => ({ jwks_uri: [url + KEYS] })],
    ['with an object as jwks_uri', (url) => ({ jwks_uri: { href: url + KEYS } })],
    ['with a path as jwks_uri', () => ({ jwks_uri: KEYS })],
    ['with http elsewhere as jwks_uri', () => ({ jwks_uri: 'http://evil.example/keys' })],
    ['with http in the local network', () => ({ jwks_uri: 'http://169.254.169.254/latest' })],
    ['with a file as jwks_uri', () => ({ jwks_uri: 'file:///etc/passwd' })],
    ['with data as jwks_uri', () => ({ jwks_uri: 'data:application/json,{"keys":[]}' })],
  ])('%s: 503', async (_, changed) => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const { server, verifier, token } = await issuerAt('', OPENID);
    const metadata = { issuer: server.url, jwks_uri: server.url + KEYS, ...changed(server.url) };
    server.answers[OPENID] = json(metadata);
    await expectUnavailable(verifier.verify(token()));
    expect(server.requests).toEqual([OPENID]);
    expect(fetched).toHaveBeenCalledTimes(1);
    fetched.mockRestore();
  });

  it.each(['http://127.0.0.1:1/keys', 'https://127.0.0.1/keys', 'https://localhost/keys'])(
    'that sends a remote issuer to %s on this machine: 503',
    async (jwksUri) => {
      const issuer = 'https://login.example.com';
      const fetched = vi
        .spyOn(globalThis, 'fetch')
        .mockImplementation(async () => Response.json({ issuer, jwks_uri: jwksUri }));
      const verifier = JwtVerifier.fromIssuer(issuer, options);
      await expectUnavailable(verifier.verify(rs256(claims({ iss: issuer }))));
      expect(fetched).toHaveBeenCalledTimes(1);
      fetched.mockRestore();
    },
  );

  it('but trusts a remote issuer that keeps its keys at another host', async () => {
    const issuer = 'https://login.example.com';
    const jwksUri = 'https://keys.example.net/keys';
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async (url) =>
        Response.json(String(url) === jwksUri ? { keys } : { issuer, jwks_uri: jwksUri }),
      );
    await JwtVerifier.fromIssuer(issuer, options).verify(rs256(claims({ iss: issuer })));
    expect(fetched.mock.calls.map(([url]) => String(url))).toEqual([issuer + OPENID, jwksUri]);
    fetched.mockRestore();
  });
});

describe('T49 JwtVerifier.fromIssuer recovers on the next request after', () => {
  // What is no client error is not asked for in another place.
  const noFallback = outages.filter(([name]) => name !== 'status 404');

  it.each(noFallback)('%s in place of metadata', async (_, answer) => {
    const { server, issuer, token } = await issuerAt('', OPENID);
    const limits = { timeout: 0.25, maxResponseSize: 4096 };
    const verifier = JwtVerifier.fromIssuer(issuer, { ...options, ...limits });
    const good = server.answers[OPENID]!;
    server.answers[OPENID] = answer;
    await expectUnavailable(verifier.verify(token()));
    server.answers[OPENID] = good;
    await verifier.verify(token());
    expect(server.requests).toEqual([OPENID, OPENID, KEYS]);
  });

  it.each([400, 401, 403, 404, 405, 410])('status %i in both places', async (code) => {
    const { server, verifier, token } = await issuerAt('', OPENID);
    const good = server.answers[OPENID]!;
    server.answers[OPENID] = server.answers[OAUTH] = status(code);
    await expectUnavailable(verifier.verify(token()));
    server.answers[OPENID] = good;
    await verifier.verify(token());
    expect(server.requests).toEqual([OPENID, OAUTH, OPENID, KEYS]);
  });

  it('a failure of the key set', async () => {
    const { server, verifier, token } = await issuerAt('', OPENID);
    const good = server.answers[KEYS]!;
    server.answers[KEYS] = status(500);
    await expectUnavailable(verifier.verify(token()));
    server.answers[KEYS] = good;
    await verifier.verify(token());
  });
});

describe('JwtVerifier.fromIssuers', () => {
  const tenants = async (more: Partial<JwtIssuerOptions> = {}) => {
    const server: FakeServer = await fakeServer();
    const issuers = ['/a', '/b'].map((path) => server.url + path);
    issuers.forEach((issuer, index) => {
      const jwksUri = `${issuer}/keys`;
      const key = jwk([rsa, otherRsa][index]!.publicKey, { kid: 'same' });
      server.answers[new URL(issuer).pathname + OPENID] = json({ issuer, jwks_uri: jwksUri });
      server.answers[new URL(jwksUri).pathname] = json({ keys: [key] });
    });
    const [a = '', b = ''] = issuers;
    return { server, a, b, verifier: JwtVerifier.fromIssuers([a, b], { ...options, ...more }) };
  };
  const signed = (iss: unknown, key = rsa.privateKey) =>
    rs256(claims({ iss }), { kid: 'same' }, key);

  it('verifies each issuer by its own keys, and asks no other', async () => {
    const { server, a, b, verifier } = await tenants();
    expect((await verifier.verify(signed(a))).claims.iss).toBe(a);
    expect(server.requests).toEqual([`/a${OPENID}`, '/a/keys']);
    await verifier.verify(signed(b, otherRsa.privateKey));
    expect(server.requests.slice(2)).toEqual([`/b${OPENID}`, '/b/keys']);
  });

  it('remembers the tokens of each', async () => {
    const { a, b, verifier } = await tenants({ cache: {} });
    const [ofA, ofB] = [signed(a), signed(b, otherRsa.privateKey)];
    expect(verifier.verifyFromCache(ofA)).toBeUndefined();
    const verified = [await verifier.verify(ofA), await verifier.verify(ofB)];
    expect([verifier.verifyFromCache(ofA), verifier.verifyFromCache(ofB)]).toEqual(verified);
    expect(verifier.verifyFromCache('no token')).toBeUndefined();
  });

  it("refuses one issuer's token under another's name", async () => {
    const { b, verifier } = await tenants();
    await expectRefused(verifier.verify(signed(b)), 'The signature is wrong');
  });

  it.each<[string, (issuer: string) => unknown]>([
    ['unknown', () => 'https://evil.example'],
    ['echoed', () => '"><script>alert(1)</script>'],
    ['missing', () => undefined],
    ['null', () => null],
    ['empty', () => ''],
    ['in a list', (issuer) => [issuer]],
    ['a property of every object', () => '__proto__'],
    ['with a slash', (issuer) => `${issuer}/`],
    ['with a suffix', (issuer) => `${issuer}.evil.example`],
    ['a prefix', (issuer) => issuer.slice(0, -1)],
    ['in another case', (issuer) => issuer.toUpperCase()],
  ])('refuses an issuer that is %s, and fetches nothing', async (_, issuer) => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const { a, verifier } = await tenants();
    await expectRefused(verifier.verify(signed(issuer(a))), 'The issuer is not accepted');
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });

  it.each([
    ['no token', ''],
    ['no JSON', 'a.b.c'],
    ['no claims', compact({ alg: 'RS256' }, '[]')],
    ['an encrypted token', 'a.b.c.d.e'],
    ['an object', {} as string],
  ])('refuses %s, and fetches nothing', async (_, token) => {
    const { server, verifier } = await tenants();
    await expectRefused(verifier.verify(token), 'The token is malformed');
    expect(server.requests).toEqual([]);
  });

  it('answers for one issuer while another is down', async () => {
    const { server, a, b, verifier } = await tenants();
    server.answers['/a/keys'] = status(500);
    await expectUnavailable(verifier.verify(signed(a)));
    await verifier.verify(signed(b, otherRsa.privateKey));
  });
});

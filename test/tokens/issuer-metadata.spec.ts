import { lookup } from 'node:dns/promises';
import { HttpException, Logger } from '@nestjs/common';
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

vi.mock('node:dns/promises', () => ({ lookup: vi.fn() }));

const OPENID = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';
const KEYS = '/keys';
const keys = [jwk(rsa.publicKey, { kid: 'a' })];
const options: JwtIssuerOptions = { audience: AUDIENCE };
const later = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

/** Gives names these addresses, and others none. */
function resolveTo(addresses: Record<string, string[]>): void {
  vi.mocked(lookup).mockImplementation((async (name: string, how: { all?: boolean }) => {
    if (addresses[name] === undefined || how.all !== true) throw new Error('ENOTFOUND');
    return addresses[name].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }) as never);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  vi.mocked(lookup).mockClear();
  resolveTo({});
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
  const token = (changedClaims = {}, kid = 'a') => {
    const far = Math.floor(Date.now() / 1000) + 1e6;
    return rs256(claims({ iss: issuer, exp: far, ...changedClaims }), { kid });
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

describe('JwtVerifier.fromIssuer', () => {
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

describe('JwtVerifier.fromIssuer, starting cold under load:', () => {
  it('tokens at once make one discovery and one request for keys', async () => {
    const { server, verifier, token } = await issuerAt('', OPENID);
    const one = token();
    await Promise.all(Array.from({ length: 100 }, () => verifier.verify(one)));
    expect(server.requests).toEqual([OPENID, KEYS]);
  });
});

describe('JwtVerifier.fromIssuer does not trust metadata', () => {
  const evil = 'https://evil.example';

  it.each<[string, (url: string) => Record<string, unknown>]>([
    ['of another issuer', () => ({ issuer: evil })],
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

  it.each([
    'http://127.0.0.1:1/keys',
    'https://127.0.0.1/keys',
    'https://127.1/keys',
    'https://2130706433/keys',
    'https://0x7f000001/keys',
    'https://0177.0.0.1/keys',
    'https://127.0.0.1./keys',
    'https://localhost/keys',
    'https://LOCALHOST/keys',
    'https://localhost./keys',
    'https://a.localhost/keys',
    'https://a.localhost./keys',
    'https://0/keys',
    'https://0.0.0.0/keys',
    'https://[::]/keys',
    'https://[::1]/keys',
    'https://[::ffff:127.0.0.1]/keys',
    'https://[::ffff:a00:1]/keys',
    'https://[::127.0.0.1]/keys',
    'https://[64:ff9b::7f00:1]/keys',
    'https://[2002:7f00:1::]/keys',
    'https://[fe80::1]/keys',
    'https://[fec0::1]/keys',
    'https://[fd00::1]/keys',
    'https://[ff02::1]/keys',
    'https://10.0.0.1/keys',
    'https://172.16.0.1/keys',
    'https://172.31.255.255/keys',
    'https://192.168.0.1/keys',
    'https://169.254.169.254/latest',
    'https://100.64.0.1/keys',
    'https://198.18.0.1/keys',
    'https://224.0.0.1/keys',
    'https://255.255.255.255/keys',
    'https://metadata.google.internal/keys',
    'https://keys.svc.cluster.local/keys',
    'https://kubernetes.default.svc/keys',
    'https://vault.service.consul/keys',
    'https://192.88.99.1/keys',
    'https://[3fff::1]/keys',
    'https://printer.lan/keys',
    'https://keycloak/keys',
    'https://keycloak./keys',
    'https://user:password@localhost/keys',
  ])('that sends a remote issuer inside, to %s: 503', async (jwksUri) => {
    const issuer = 'https://login.example.com';
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => Response.json({ issuer, jwks_uri: jwksUri }));
    const verifier = JwtVerifier.fromIssuer(issuer, options);
    await expectUnavailable(verifier.verify(rs256(claims({ iss: issuer }))));
    expect(fetched).toHaveBeenCalledTimes(1);
    fetched.mockRestore();
  });

  it.each(['https://169.254.169.254/latest', 'https://0/keys', 'https://[fe80::1]/keys'])(
    'that sends an issuer inside to the machine or its link, to %s: 503',
    async (jwksUri) => {
      const issuer = 'https://10.0.0.1';
      const fetched = vi
        .spyOn(globalThis, 'fetch')
        .mockImplementation(async () => Response.json({ issuer, jwks_uri: jwksUri }));
      const verifier = JwtVerifier.fromIssuer(issuer, options);
      await expectUnavailable(verifier.verify(rs256(claims({ iss: issuer }))));
      expect(fetched).toHaveBeenCalledTimes(1);
      fetched.mockRestore();
    },
  );

  it.each([
    ['at another host', 'https://login.example.com', 'https://keys.example.net/keys', {}],
    ['at a public address', 'https://login.example.com', 'https://[2606:4700::1111]/keys', {}],
    ['at a public IPv4 address', 'https://login.example.com', 'https://172.32.0.1/keys', {}],
    ['at its own host, though that is inside', 'https://keycloak', 'https://keycloak/keys', {}],
    [
      'at its own address, though that is inside',
      'https://10.0.0.1',
      'https://10.0.0.1:8443/keys',
      {},
    ],
    [
      'in the cluster, where that is allowed',
      'https://login.example.com',
      'http://keycloak:8080/keys',
      { allowInsecureHttp: ['Keycloak'] },
    ],
    [
      'in the cluster over https, where that is allowed',
      'https://login.example.com',
      'https://10.0.0.1/keys',
      { allowInsecureHttp: ['10.0.0.1'] },
    ],
    ['at *.localhost, which is there, too', 'http://a.localhost', 'http://b.localhost/keys', {}],
    ['at another address inside', 'https://10.0.0.1', 'https://10.0.0.2:8443/keys', {}],
  ])('but trusts an issuer that keeps its keys %s', async (_, issuer, jwksUri, more) => {
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async (url) =>
        Response.json(String(url) === jwksUri ? { keys } : { issuer, jwks_uri: jwksUri }),
      );
    await JwtVerifier.fromIssuer(issuer, { ...options, ...more }).verify(
      rs256(claims({ iss: issuer })),
    );
    expect(fetched.mock.calls.map(([url]) => String(url))).toEqual([issuer + OPENID, jwksUri]);
    fetched.mockRestore();
  });
});

describe('JwtVerifier.fromIssuer, whose keys are at another name,', () => {
  const issuer = 'https://login.example.com';
  const jwksUri = 'https://keys.example.net:8443/keys';

  /** Names in the DNS; what answers to them is the same whatever their addresses. */
  async function verifyWith(
    of: { issuer?: string[]; keys?: string[] },
    more: Partial<JwtIssuerOptions> = {},
  ) {
    resolveTo({
      ...(of.issuer && { 'login.example.com': of.issuer }),
      ...(of.keys && { 'keys.example.net': of.keys }),
    });
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async (url) =>
        Response.json(String(url) === jwksUri ? { keys } : { issuer, jwks_uri: jwksUri }),
      );
    const verifier = JwtVerifier.fromIssuer(issuer, { ...options, ...more });
    const verified = verifier.verify(rs256(claims({ iss: issuer })));
    const outcome = await verified.then(
      () => 'verified',
      (error: HttpException) => (error.cause as Error).message,
    );
    const asked = fetched.mock.calls.map(([url]) => String(url));
    fetched.mockRestore();
    return { outcome, asked };
  }

  it.each([
    ['127.0.0.1'],
    ['127.8.9.1'],
    ['0.0.0.0'],
    ['169.254.169.254'],
    ['10.1.2.3'],
    ['172.16.0.1'],
    ['192.168.1.1'],
    ['100.64.0.1'],
    ['100.127.255.255'],
    ['::1'],
    ['::'],
    ['::ffff:10.0.0.1'],
    ['::ffff:7f00:1'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['fd00::1'],
    ['fc00::1'],
    ['2002:7f00:1::'],
    ['64:ff9b::a00:1'],
    ['64:ff9b::7f00:1'],
    ['64:ff9b:1::808:808'],
    ['8.8.8.8', '10.0.0.1'],
    ['2606:4700::1111', 'fd00::1'],
  ])('asks nothing of a name that is at %s', async (...addresses) => {
    const { outcome, asked } = await verifyWith({ issuer: ['93.184.215.14'], keys: addresses });
    expect(outcome).toBe(
      'keys.example.net:8443, which login.example.com names, has an address inside the network: ' +
        'it has to be listed in allowInsecureHttp',
    );
    expect(asked).toEqual([issuer + OPENID]);
  });

  it.each<[string, { issuer?: string[]; keys?: string[] }]>([
    ['of an issuer that is nowhere', { keys: ['10.0.0.1'] }],
    [
      'of an issuer that is inside and outside',
      { issuer: ['10.0.0.1', '8.8.8.8'], keys: ['10.0.0.2'] },
    ],
    ['on this machine, of an issuer in its network', { issuer: ['10.0.0.1'], keys: ['127.0.0.1'] }],
    [
      'on its link, of an issuer in its network',
      { issuer: ['10.0.0.1'], keys: ['169.254.169.254'] },
    ],
  ])('asks nothing of a name inside %s', async (_, of) => {
    expect((await verifyWith(of)).asked).toEqual([issuer + OPENID]);
  });

  it.each<[string, { issuer?: string[]; keys?: string[] }, Partial<JwtIssuerOptions>?]>([
    ['is outside', { issuer: ['8.8.8.8'], keys: ['1.1.1.1', '2606:4700::1111'] }],
    [
      'is outside, by way of a translator',
      { issuer: ['2606:4700::1'], keys: ['64:ff9b::101:101'] },
    ],
    ['is inside, as the issuer is', { issuer: ['10.0.0.1', 'fd00::1'], keys: ['192.168.0.1'] }],
    ['is on this machine, as the issuer is', { issuer: ['127.0.0.1'], keys: ['::1'] }],
    ['is farther than the issuer', { issuer: ['127.0.0.1'], keys: ['10.0.0.1', '8.8.8.8'] }],
    ['only a proxy can resolve', { issuer: ['8.8.8.8'] }],
    [
      'is listed',
      { issuer: ['8.8.8.8'], keys: ['10.0.0.1'] },
      { allowInsecureHttp: ['keys.example.net'] },
    ],
  ])('asks one that %s', async (_, of, more) => {
    const { outcome, asked } = await verifyWith(of, more);
    expect(outcome).toBe('verified');
    expect(asked).toEqual([issuer + OPENID, jwksUri]);
  });

  it('resolves it before each fetch, and its own host never', async () => {
    const { server, verifier, token } = await issuerAt('', OPENID);
    await verifier.verify(token());
    expect(lookup).not.toHaveBeenCalled();
    server.answers[OPENID] = json({ issuer: server.url, jwks_uri: jwksUri });
    resolveTo({ 'keys.example.net': ['8.8.8.8'] });
    const real = globalThis.fetch;
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async (url, init) =>
        String(url) === jwksUri ? Response.json({ keys }) : real(url, init),
      );
    later(601);
    await verifier.verify(token());
    later(31);
    await expectRefused(verifier.verify(token({}, 'new')), 'The signing key is unknown');
    expect(lookup).toHaveBeenCalledTimes(2);
    fetched.mockRestore();
  });

  it('is held up by a DNS that hangs no longer than by a server', async () => {
    vi.mocked(lookup).mockImplementation((() => new Promise(() => undefined)) as never);
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => Response.json({ issuer, jwks_uri: jwksUri }));
    const verifier = JwtVerifier.fromIssuer(issuer, { ...options, timeout: 0.05 });
    await expectUnavailable(verifier.verify(rs256(claims({ iss: issuer }))));
    fetched.mockRestore();
  });
});

describe('JwtVerifier.fromIssuer, told the issuer without or with a slash too many,', () => {
  it.each([
    ['', '/'],
    ['/', ''],
    ['/tenant', '/tenant/'],
  ])('for %j in place of %j says both, and that it is no outage', async (told, named) => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { server, issuer, verifier, token } = await issuerAt(
      told,
      told.replace(/\/$/, '') + OPENID,
    );
    const real = server.url + named;
    server.answers[told.replace(/\/$/, '') + OPENID] = json({ issuer: real });
    const error = await verifier.verify(token()).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(HttpException);
    const message = `configured as "${issuer}", but its metadata names "${real}"`;
    expect((error as Error).message).toContain(message);
    await expect(verifier.verify(token())).rejects.toThrow(message);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain(message);
    warn.mockRestore();
  });

  it('for any other issuer says both in the cause', async () => {
    const { server, issuer, verifier, token } = await issuerAt('', OPENID);
    const evil = `https://evil.example/\n\u0085\u009b2J\u2028\u202e${'x'.repeat(1000)}`;
    server.answers[OPENID] = json({ issuer: evil });
    const error = await verifier
      .verify(token())
      .catch((thrown: unknown) => thrown as HttpException);
    const { message } = (error as HttpException).cause as Error;
    expect(message).toContain(`"${issuer}"`);
    expect(message).toContain('"https://evil.example/');
    expect(message).toMatch(/^[ -~]+$/);
    expect(message.length).toBeLessThan(500);
  });
});

describe('JwtVerifier.fromIssuer recovers on the next request after', () => {
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

describe('JwtVerifier.fromIssuers with a function', () => {
  const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
  const OTHER = '9188040d-6c67-4c5b-b112-36a304b66dad';

  /** Entra ID: every tenant's metadata leaves the tenant open. */
  async function entra(more: Partial<JwtIssuerOptions> = {}, named = '/{tenantid}/v2.0') {
    const server = await fakeServer({ '/keys': json({ keys }) });
    for (const tenant of [TENANT, OTHER, 'common']) {
      const metadata = { issuer: server.url + named, jwks_uri: `${server.url}/keys` };
      server.answers[`/${tenant}/v2.0${OPENID}`] = json(metadata);
    }
    const issuerOf = (tenant: string) => `${server.url}/${tenant}/v2.0`;
    const allow = vi.fn((issuer: string): unknown => issuer === issuerOf(TENANT));
    const verifier = JwtVerifier.fromIssuers(allow as never, { ...options, ...more });
    const tokenOf = (iss: unknown, changed = {}) =>
      rs256(claims({ iss, ver: '2.0', scp: 'read', ...changed }), { kid: 'a' });
    return { server, allow, verifier, issuerOf, tokenOf };
  }

  it('accepts a tenant that is allowed, whose metadata leaves the tenant open', async () => {
    const { verifier, issuerOf, tokenOf, allow } = await entra();
    expect((await verifier.verify(tokenOf(issuerOf(TENANT)))).scopes).toEqual(['read']);
    expect(allow.mock.calls).toEqual([[issuerOf(TENANT)]]);
  });

  it('refuses a tenant that is not, and fetches nothing', async () => {
    const { verifier, issuerOf, tokenOf, server } = await entra();
    await expectRefused(verifier.verify(tokenOf(issuerOf(OTHER))), 'The issuer is not accepted');
    expect(server.requests).toEqual([]);
  });

  it('asks first, each time, and waits for the answer', async () => {
    const { verifier, issuerOf, tokenOf, allow, server } = await entra({ cache: false });
    let allowed = true;
    allow.mockImplementation(async () => allowed);
    await verifier.verify(tokenOf(issuerOf(TENANT)));
    allowed = false;
    await expectRefused(verifier.verify(tokenOf(issuerOf(TENANT))), 'The issuer is not accepted');
    await expectRefused(verifier.verify(tokenOf(issuerOf(OTHER))), 'The issuer is not accepted');
    expect(server.requests).toHaveLength(2);
  });

  it.each([[undefined], [null], [0], ['']])('takes %j for no', async (answer) => {
    const { verifier, issuerOf, tokenOf, allow } = await entra();
    allow.mockReturnValue(answer);
    await expectRefused(verifier.verify(tokenOf(issuerOf(TENANT))), 'The issuer is not accepted');
  });

  it.each([
    ['yes', 'string'],
    [1, 'number'],
    [{}, 'object'],
    [Promise.resolve('true'), 'string'],
  ])('takes %j for a mistake of the function', async (answer, kind) => {
    const { verifier, issuerOf, tokenOf, allow, server } = await entra();
    allow.mockReturnValue(answer);
    await expect(verifier.verify(tokenOf(issuerOf(TENANT)))).rejects.toThrow(
      `JwtVerifier: the function for fromIssuers must answer true or false, not ${kind}`,
    );
    expect(server.requests).toEqual([]);
  });

  it('lets what it throws pass, for an outage of its own', async () => {
    const { verifier, issuerOf, tokenOf, allow } = await entra();
    allow.mockImplementation(() => {
      throw new Error('no database');
    });
    await expect(verifier.verify(tokenOf(issuerOf(TENANT)))).rejects.toThrow('no database');
  });

  it.each([
    ['no URL', 'joe'],
    ['http', 'http://login.example.com'],
    ['a file', 'file:///etc/passwd'],
    ['user information', 'https://user:password@login.example.com'],
    ['a query', 'https://login.example.com?x'],
    ['a fragment', 'https://login.example.com#x'],
    ['no text', 1],
    ['a list', ['https://login.example.com']],
    ['nothing', undefined],
  ])('fetches nothing for an issuer that is %s, whatever it says', async (_, iss) => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const { verifier, tokenOf, allow } = await entra();
    allow.mockReturnValue(true);
    await expectRefused(verifier.verify(tokenOf(iss)), 'The issuer is not accepted');
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });

  it.each([
    ['another template', '/{tenant}/v2.0'],
    ['the template twice', '/{tenantid}/{tenantid}/v2.0'],
    ['a template of another path', '/{tenantid}/v1.0'],
    ['a template for the whole path', '{tenantid}'],
    ['a template within a name', '/x{tenantid}/v2.0'],
    ['another tenant', `/${'9188040d-6c67-4c5b-b112-36a304b66dad'}/v2.0`],
  ])('does not trust metadata with %s', async (_, named) => {
    const { verifier, issuerOf, tokenOf, server } = await entra({}, named);
    await expectUnavailable(verifier.verify(tokenOf(issuerOf(TENANT))));
    expect(server.requests).toEqual([`/${TENANT}/v2.0${OPENID}`]);
  });

  it('has no tenant that is no identifier, and says what to do', async () => {
    const { issuerOf, tokenOf } = await entra();
    const verifier = JwtVerifier.fromIssuer(issuerOf('common'), options);
    const refusal = verifier.verify(tokenOf(issuerOf('common')));
    await expectUnavailable(refusal);
    await expect(refusal).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/\{tenantid\}.*pass a function to fromIssuers/) },
    });
  });

  it('says at once what is wrong with the other options', () => {
    const construct = () => JwtVerifier.fromIssuers(() => true, { audience: '' });
    expect(construct).toThrow(/audience must be/);
  });
});

describe('JwtVerifier.fromIssuer, when the issuer has moved its keys,', () => {
  it.each([
    ['no keys', json({ keys: [] })],
    ['nothing', status(404)],
  ])('finds them, though there is %s where they were', async (_, left) => {
    const { server, verifier, token } = await issuerAt('', OPENID);
    server.answers[KEYS] = json({ keys: [] });
    await expectUnavailable(verifier.verify(token()));
    server.answers['/moved'] = json({ keys });
    server.answers[KEYS] = left;
    server.answers[OPENID] = json({ issuer: server.url, jwks_uri: `${server.url}/moved` });
    await verifier.verify(token());
  });
});

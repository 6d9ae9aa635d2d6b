import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import type { TokenIntrospectorOptions } from '../../lib/tokens/token-introspector.js';
import { TokenIntrospector } from '../../lib/tokens/token-introspector.js';
import { type Answer, fakeServer, json, outages, status } from './http-fixture.js';
import { AUDIENCE, expectRefused, expectUnavailable, ISSUER, now } from './jwt-fixture.js';

const PATH = '/introspect';
const TOKEN = 'mF_9.B5f-4.1JqM';
/** What a server says of a token that is good here. */
const ACTIVE = { active: true, aud: AUDIENCE };
const later = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  // No clock shows 0, which the cache takes for none.
  later(1);
});
afterEach(() => {
  vi.useRealTimers();
});

async function served(body: unknown, options: Partial<TokenIntrospectorOptions> = {}) {
  const server = await fakeServer({ [PATH]: json(body) });
  const introspector = new TokenIntrospector({
    endpoint: server.url + PATH,
    clientId: 's6BhdRkqt3',
    clientSecret: '7Fjfp0ZBr1KtDRbnfVdmIw',
    audience: AUDIENCE,
    ...options,
  });
  return { server, introspector };
}

describe('TokenIntrospector asks', () => {
  it('as RFC 7662, section 2.1 has it', async () => {
    const { server, introspector } = await served(ACTIVE);
    await introspector.introspect(TOKEN);
    expect(server.last).toMatchObject({
      method: 'POST',
      body: 'token=mF_9.B5f-4.1JqM&token_type_hint=access_token',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        authorization: 'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
      },
    });
  });

  it('with identifier and secret form-urlencoded, as RFC 6749, section 2.3.1 has it', async () => {
    const client = { clientId: 'a:b c', clientSecret: 'p%+&=é"' };
    const { server, introspector } = await served(ACTIVE, client);
    await introspector.introspect(TOKEN);
    const [, credentials = ''] = server.last.headers.authorization!.split(' ');
    expect(Buffer.from(credentials, 'base64').toString()).toBe('a%3Ab+c:p%25%2B%26%3D%C3%A9%22');
  });

  it('with both in the form, when told to, and then nowhere else', async () => {
    const { server, introspector } = await served(ACTIVE, {
      authMethod: 'client_secret_post',
      clientSecret: 'p%+&=',
    });
    await introspector.introspect(TOKEN);
    expect(server.last.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(server.last.body))).toEqual({
      token: TOKEN,
      token_type_hint: 'access_token',
      client_id: 's6BhdRkqt3',
      client_secret: 'p%+&=',
    });
  });

  it('about the whole token, whatever is in it', async () => {
    const { server, introspector } = await served(ACTIVE);
    const token = 'a&token=b&client_id=c#\r\n+%00é';
    await introspector.introspect(token);
    expect(new URLSearchParams(server.last.body).getAll('token')).toEqual([token]);
  });

  it.each([[''], [undefined], [null], [{}], [['a']]])('nobody about %j', async (token) => {
    const { server, introspector } = await served(ACTIVE);
    await expectRefused(introspector.introspect(token as string), 'The token is malformed');
    expect(server.requests).toEqual([]);
  });
});

describe('TokenIntrospector, when a token is', () => {
  it('active, hands out what the server says, and nobody can change it', async () => {
    const exp = now() + 60;
    const body = { active: true, sub: 'ada', scope: 'read write', aud: ['a', AUDIENCE], exp };
    const { introspector } = await served(body);
    const introspected = await introspector.introspect(TOKEN);
    const scopes = ['read', 'write'];
    // The clocks may differ by five seconds.
    expect(introspected).toStrictEqual({ claims: body, scopes, expiresAt: exp + 5 });
    expect(() => Object.assign(introspected.claims, { sub: 'eve' })).toThrow(TypeError);
    expect(() => (introspected.scopes as string[]).push('admin')).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ['and nothing else', { active: false }],
    ['and what it says of others, as null', { active: false, exp: null, scope: null, aud: null }],
    ['since a time that is none', { active: false, exp: Date.now(), iat: '0' }],
  ])('inactive %s, refuses it', async (_, body) => {
    const { introspector } = await served(body);
    await expectRefused(introspector.introspect(TOKEN), 'The token is not active');
  });

  it.each<[string, () => object, string]>([
    ['expired', () => ({ exp: now() - 5 }), 'The token expired'],
    ['not valid yet', () => ({ nbf: now() + 6 }), 'The token is not valid yet'],
    ['from the future', () => ({ iat: now() + 6 }), 'The token was issued in the future'],
    [
      'bound to a key',
      () => ({ cnf: { jkt: 'a' } }),
      'The access token is bound to a key or a certificate, and cannot be used as a bearer token',
    ],
  ])('active, but %s, refuses it', async (_, changed, reason) => {
    const { introspector } = await served({ ...ACTIVE, ...changed() });
    await expectRefused(introspector.introspect(TOKEN), reason);
  });

  it('bound to a key, hands it out when told to', async () => {
    const cnf = { jkt: 'a' };
    const { introspector } = await served({ ...ACTIVE, cnf }, { acceptBound: true });
    expect((await introspector.introspect(TOKEN)).claims.cnf).toEqual(cnf);
  });

  it.each<[string, unknown]>([
    ['active as text', { active: 'true' }],
    ['active as a number', { active: 1 }],
    ['active null', { active: null }],
    ['active in an object', { active: { value: true } }],
    ['inactive as text', { active: 'false' }],
    ['no active', { sub: 'ada' }],
    ['an empty object', {}],
    ['an error', { error: 'invalid_request' }],
    ['exp as text', { active: true, exp: '1' }],
    ['exp null', { active: true, exp: null }],
    ['nbf as text', { active: true, nbf: 'now' }],
    ['exp beyond any date', { active: true, exp: 1e300 }],
    ['exp in milliseconds', { active: true, exp: Date.now() }],
    ['claims 200,000 deep', `{"active":true,"a":${'['.repeat(2e5)}${']'.repeat(2e5)}}`],
  ])('%s, answers 503', async (_, body) => {
    const { introspector } = await served(body);
    await expectUnavailable(introspector.introspect(TOKEN));
  });

  it('with a date in milliseconds says so to the log', async () => {
    const { introspector } = await served({ active: true, exp: Date.now() });
    await expect(introspector.introspect(TOKEN)).rejects.toMatchObject({
      cause: {
        message: 'The introspection response has an exp, nbf or iat that is not in seconds',
      },
    });
  });

  it.each(outages)('in the hands of a server with %s, answers 503', async (_, answer) => {
    const { server, introspector } = await served({}, { timeout: 0.25, maxResponseSize: 4096 });
    server.answers[PATH] = answer;
    await expectUnavailable(introspector.introspect(TOKEN));
    server.answers[PATH] = json(ACTIVE);
    await introspector.introspect(TOKEN);
  });

  it.each([201, 301, 400, 401, 403, 429, 502, 503])(
    'met with status %i, answers 503',
    async (code) => {
      const { server, introspector } = await served({});
      server.answers[PATH] = json({ active: true }, 'application/json', code);
      await expectUnavailable(introspector.introspect(TOKEN));
    },
  );

  it('refuses a token of a type that the server does not know', async () => {
    const { server, introspector } = await served({});
    server.answers[PATH] = json({ error: 'unsupported_token_type' }, 'application/json', 400);
    await expectRefused(introspector.introspect(TOKEN), 'The token is not active');
  });

  it.each<[string, Answer]>([
    ['another error', json({ error: 'invalid_request' }, 'application/json', 400)],
    ['another status', json({ error: 'unsupported_token_type' }, 'application/json', 401)],
    ['a list of errors', json([{ error: 'unsupported_token_type' }], 'application/json', 400)],
    ['nothing', status(400)],
    ['no JSON', (response) => response.writeHead(400).end('unsupported_token_type')],
    [
      'too much',
      json({ error: 'unsupported_token_type', more: 'x'.repeat(5000) }, 'application/json', 400),
    ],
    ['null', json(null, 'application/json', 400)],
  ])('answers 503 where the server refuses with %s', async (_, answer) => {
    const { server, introspector } = await served({}, { maxResponseSize: 4096 });
    server.answers[PATH] = answer;
    await expectUnavailable(introspector.introspect(TOKEN));
  });

  it('in the hands of a server that is not there, answers 503', async () => {
    const { introspector } = await served({}, { endpoint: 'http://127.0.0.1:1/' });
    await expectUnavailable(introspector.introspect(TOKEN));
  });

  it('redirected, sends neither token nor secret elsewhere', async () => {
    const { server, introspector } = await served({});
    const elsewhere = await fakeServer({ '/': json(ACTIVE) });
    server.answers[PATH] = status(307, { location: `${elsewhere.url}/` });
    await expectUnavailable(introspector.introspect(TOKEN));
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('TokenIntrospector accepts', () => {
  it.each([
    ['the issuer', { iss: ISSUER }, { issuer: ISSUER }],
    ['any issuer, when told nothing', { iss: 'a' }, {}],
    ['the audience', { aud: AUDIENCE }, {}],
    ['the audience among others', { aud: ['a', AUDIENCE] }, { audience: [AUDIENCE, 'b'] }],
    ['any audience, when told so', { aud: 'b', token_type: 'Bearer' }, { audience: false }],
    ['no audience, when told so', { aud: undefined, token_type: 'bearer' }, { audience: false }],
    ['a Bearer token', { token_type: 'Bearer' }, {}],
    ['a bearer token in any case', { token_type: 'BEARER' }, {}],
    ['a DPoP token that may be bound', { token_type: 'DPoP' }, { acceptBound: true }],
    [
      'the audience in another claim',
      { aud: undefined, client_id: AUDIENCE, token_type: 'Bearer' },
      { audienceClaim: 'client_id' },
    ],
    ['Keycloak’s access token', { typ: 'Bearer', nonce: 'n' }, {}],
  ] as const)('%s', async (_, body, options) => {
    const { introspector } = await served({ ...ACTIVE, ...body }, options);
    await introspector.introspect(TOKEN);
  });

  it.each([
    ['audience: false', { aud: undefined }, { audience: false }],
    ['audienceClaim', { aud: AUDIENCE, client_id: AUDIENCE }, { audienceClaim: 'client_id' }],
  ] as const)('no token without a type by %s, and says why', async (option, body, options) => {
    const { introspector } = await served({ ...ACTIVE, ...body }, options);
    const refusal = introspector.introspect(TOKEN);
    await expectRefused(refusal, 'The token is of another type');
    await expect(refusal).rejects.toMatchObject({
      cause: { message: expect.stringMatching(`no token_type, .* ${option}`) },
    });
  });

  it.each([
    ['a refresh token, which has no type', { aud: undefined }, { audience: false }],
    [
      'a refresh token, which is for no API',
      { aud: undefined, client_id: AUDIENCE },
      { audienceClaim: 'client_id' },
    ],
    ['a refresh token by its token_type', { token_type: 'refresh_token' }, {}],
    ['a token_type of nothing', { token_type: '' }, {}],
    ['a token_type that is null', { token_type: null }, {}],
    ['a token_type in a list', { token_type: ['Bearer'] }, {}],
    ['an unknown token_type', { token_type: 'N_A' }, { audience: false }],
    ['a DPoP token as a bearer token', { token_type: 'DPoP' }, {}],
    ['a refresh token by its typ', { typ: 'Refresh' }, {}],
    ['an ID token by its typ', { typ: 'ID', token_type: 'Bearer' }, {}],
    ['an ID token by its token_use', { token_use: 'id' }, {}],
    ['an ID token by its nonce', { nonce: 'n' }, {}],
    ['an ID token by its at_hash', { at_hash: 'x', token_type: 'Bearer' }, {}],
    ['a logout token', { events: {} }, {}],
    [
      'another audience beside the claim',
      { aud: 'other', client_id: AUDIENCE, token_type: 'Bearer' },
      { audienceClaim: 'client_id' },
    ],
    [
      'another client',
      { aud: undefined, client_id: 'other', token_type: 'Bearer' },
      { audienceClaim: 'client_id' },
    ],
    ['another issuer', { iss: 'https://evil.example' }, { issuer: ISSUER }],
    ['the issuer with a slash', { iss: `${ISSUER}/` }, { issuer: ISSUER }],
    ['the issuer in a list', { iss: [ISSUER] }, { issuer: ISSUER }],
    ['no issuer', {}, { issuer: ISSUER }],
    ['another audience', { aud: 'other' }, {}],
    ['a longer audience', { aud: `${AUDIENCE}/x` }, {}],
    ['no audience', { aud: undefined }, {}],
    ['an empty list of audiences', { aud: [] }, {}],
    ['an object as audience', { aud: { [AUDIENCE]: true } }, {}],
  ] as const)('but not %s', async (_, body, options) => {
    const { introspector } = await served({ ...ACTIVE, ...body }, options);
    await expectRefused(introspector.introspect(TOKEN));
  });
});

describe('TokenIntrospector grants the scopes of', () => {
  it.each<[string, object, string[]]>([
    ['scope', { scope: 'read write' }, ['read', 'write']],
    ['no scope', {}, []],
    ['scope as a list, which it keeps', { scope: ['read', 'write'] }, ['read', 'write']],
    ['scp, where scope is empty', { scope: '', scp: ['read'] }, ['read']],
    ['scope as a number', { scope: 1 }, []],
    ['a malformed scope', { scope: '"admin"' }, []],
  ])('%s', async (_, body, scopes) => {
    const { introspector } = await served({ ...ACTIVE, ...body });
    const introspected = await introspector.introspect(TOKEN);
    expect(introspected.scopes).toEqual(scopes);
    expect(introspected.claims).toEqual({ ...ACTIVE, ...body });
  });
});

describe('TokenIntrospector with a cache', () => {
  const revoked = json({ active: false });

  it('asks once, and believes a revoked token no longer than maxAge', async () => {
    const { server, introspector } = await served(ACTIVE, { cache: { maxAge: 10 } });
    const first = await introspector.introspect(TOKEN);
    server.answers[PATH] = revoked;
    for (let i = 0; i < 9; i++) {
      later(1);
      expect(await introspector.introspect(TOKEN)).toBe(first);
    }
    expect(server.requests).toHaveLength(1);
    later(1);
    await expectRefused(introspector.introspect(TOKEN), 'The token is not active');
  });

  it('believes it for a minute unless told otherwise', async () => {
    const { server, introspector } = await served(ACTIVE, { cache: {} });
    await introspector.introspect(TOKEN);
    server.answers[PATH] = revoked;
    later(59);
    await introspector.introspect(TOKEN);
    later(1);
    await expectRefused(introspector.introspect(TOKEN));
  });

  it('asks once about a token that many bring at the same time', async () => {
    const { server, introspector } = await served(ACTIVE);
    await Promise.all(Array.from({ length: 50 }, () => introspector.introspect(TOKEN)));
    expect(server.requests).toHaveLength(1);
    await introspector.introspect(TOKEN);
    expect(server.requests).toHaveLength(2);
  });

  it('tells all who wait that a token is not active, or that nobody knows', async () => {
    const { server, introspector } = await served({ active: false });
    const refused = Array.from({ length: 5 }, () => introspector.introspect(TOKEN));
    await Promise.all(refused.map((answer) => expectRefused(answer)));
    server.answers[PATH] = status(500);
    const unknown = Array.from({ length: 5 }, () => introspector.introspect(TOKEN));
    await Promise.all(unknown.map(expectUnavailable));
    expect(server.requests).toHaveLength(2);
  });

  it('asks about each of two tokens at the same time', async () => {
    const { server, introspector } = await served(ACTIVE);
    await Promise.all([introspector.introspect('a'), introspector.introspect('b')]);
    expect(server.requests).toHaveLength(2);
  });

  it('asks each time without one', async () => {
    const { server, introspector } = await served(ACTIVE);
    await introspector.introspect(TOKEN);
    server.answers[PATH] = revoked;
    await expectRefused(introspector.introspect(TOKEN));
  });

  it('believes an expiring token no longer than exp', async () => {
    const { server, introspector } = await served({ ...ACTIVE, exp: now() + 5 }, { cache: {} });
    await introspector.introspect(TOKEN);
    server.answers[PATH] = revoked;
    later(5);
    await expectRefused(introspector.introspect(TOKEN), 'The token is not active');
  });

  it('checks the time again when the clock was set', async () => {
    const body = { ...ACTIVE, exp: now() + 300 };
    const { introspector } = await served(body, { cache: {} });
    await introspector.introspect(TOKEN);
    vi.setSystemTime(Date.now() + 305_000);
    await expectRefused(introspector.introspect(TOKEN), 'The token expired');
  });

  it('remembers no inactive token and no outage', async () => {
    const { server, introspector } = await served({ active: false }, { cache: {} });
    await expectRefused(introspector.introspect(TOKEN));
    server.answers[PATH] = status(500);
    await expectUnavailable(introspector.introspect(TOKEN));
    server.answers[PATH] = json(ACTIVE);
    await introspector.introspect(TOKEN);
    expect(server.requests).toHaveLength(3);
  });

  it('remembers no active token that is not for us', async () => {
    const options = { cache: {}, audience: AUDIENCE };
    const { server, introspector } = await served({ active: true, aud: 'other' }, options);
    await expectRefused(introspector.introspect(TOKEN));
    await expectRefused(introspector.introspect(TOKEN));
    expect(server.requests).toHaveLength(2);
  });

  it('holds no more than maxEntries', async () => {
    const { server, introspector } = await served(ACTIVE, { cache: { maxEntries: 2 } });
    for (const token of ['a', 'b', 'c']) await introspector.introspect(token);
    await introspector.introspect('c');
    await introspector.introspect('b');
    expect(server.requests).toHaveLength(3);
    await introspector.introspect('a');
    expect(server.requests).toHaveLength(4);
  });
});

describe('TokenIntrospector in the hands of a server that hangs', () => {
  /** Answers by hand, in the order of the requests. */
  async function hanging() {
    const { server, introspector } = await served(ACTIVE, { timeout: 60 });
    const answers: ((answer: Answer) => void)[] = [];
    server.answers[PATH] = (response, request) =>
      void answers.push((answer) => answer(response, request));
    const waiting: Promise<unknown>[] = [];
    const start = async () => {
      const { length } = answers;
      waiting.push(introspector.introspect(TOKEN).catch((error: unknown) => error));
      await expect.poll(() => answers.length).toBe(length + 1);
    };
    return { server, introspector, answers, start, waiting };
  }

  it('asks again for who comes a second later, and tells all who wait', async () => {
    const { server, introspector, start, waiting } = await hanging();
    await start();
    later(0.999);
    waiting.push(introspector.introspect(TOKEN));
    later(0.001);
    await start();
    later(1);
    expect(server.requests).toHaveLength(2);
    server.answers[PATH] = json(ACTIVE);
    await introspector.introspect(TOKEN);
    for (const answer of waiting) expect(await answer).toMatchObject({ claims: ACTIVE });
    await introspector.introspect(TOKEN);
    expect(server.requests).toHaveLength(4);
  });

  it('tells all who wait that the token is not active', async () => {
    const { server, introspector, start, waiting } = await hanging();
    await start();
    later(1);
    server.answers[PATH] = json({ active: false });
    await expectRefused(introspector.introspect(TOKEN), 'The token is not active');
    expect(await waiting[0]).toBeInstanceOf(InvalidTokenException);
  });

  it('does not take an older answer for who asks later', async () => {
    const { introspector, answers, start, waiting } = await hanging();
    await start();
    later(1);
    await start();
    answers[0]!(json(ACTIVE));
    expect(await waiting[0]).toMatchObject({ claims: ACTIVE });
    const sharing = introspector.introspect(TOKEN);
    answers[1]!(json({ active: false }));
    expect(await waiting[1]).toBeInstanceOf(InvalidTokenException);
    await expectRefused(sharing, 'The token is not active');
  });

  it('lets a later failure fail nobody else', async () => {
    const { answers, start, waiting } = await hanging();
    await start();
    later(1);
    await start();
    answers[1]!(status(500));
    await expectUnavailable(Promise.reject(await waiting[1]));
    answers[0]!(json(ACTIVE));
    expect(await waiting[0]).toMatchObject({ claims: ACTIVE });
  });
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

describe('TokenIntrospector does not start', () => {
  const options = {
    endpoint: 'https://a.example',
    clientId: 'a',
    clientSecret: 'b',
    audience: AUDIENCE,
  };

  it.each<[string, object]>([
    ['no endpoint', { endpoint: undefined }],
    ['a path as endpoint', { endpoint: PATH }],
    ['http', { endpoint: 'http://login.example.com/introspect' }],
    ['user information', { endpoint: 'https://a:b@login.example.com' }],
    ['no clientId', { clientId: undefined }],
    ['an empty clientId', { clientId: '' }],
    ['no clientSecret', { clientSecret: undefined }],
    ['an empty clientSecret', { clientSecret: '' }],
    ['an unknown authMethod', { authMethod: 'none' }],
    ['an empty issuer', { issuer: '' }],
    ['an empty audience', { audience: [] }],
    ['no audience', { audience: undefined }],
    ['any audience', { audience: true }],
    ['an empty audienceClaim', { audienceClaim: '' }],
    ['no audience by a claim', { audience: false, audienceClaim: 'client_id' }],
    ['scopes from nowhere', { scopesFrom: [] }],
    ['a host with a scheme', { allowInsecureHttp: ['http://keycloak'] }],
    ['a timeout of nothing', { timeout: 0 }],
    ['a timeout beyond the longest', { timeout: 2_147_484 }],
    ['acceptBound as text', { acceptBound: 'false' }],
    ['acceptBound as a number', { acceptBound: 1 }],
    ['a cache as text', { cache: 'false' }],
    ['a cache that is true', { cache: true }],
    ['a cache that is null', { cache: null }],
    ['a cache of nothing', { cache: { maxEntries: 0 } }],
  ])('with %s', (_, changed) => {
    const construct = () =>
      new TokenIntrospector({ ...options, ...changed } as TokenIntrospectorOptions);
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(/^TokenIntrospector/);
  });

  it('shows nobody its secret', () => {
    const introspector = new TokenIntrospector({ ...options, clientSecret: 'canary' });
    expect(inspect(introspector, { depth: 10, showHidden: true })).not.toContain('canary');
    expect(JSON.stringify(introspector)).not.toContain('canary');
  });

  it('no error holds the token or the secret', async () => {
    const { server, introspector } = await served({}, { clientSecret: 'canary' });
    server.answers[PATH] = json({ error: 'x' }, 'application/json', 401);
    const error = await introspector.introspect('token-canary').catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary');
  });

  it.each<[string, unknown]>([
    ['broken JSON', '{"active":true,"sub":"canary"'],
    ['text', 'canary'],
    ['no answer', { sub: 'canary' }],
    ['an expired token', { ...ACTIVE, exp: 1, sub: 'canary' }],
    ['another audience', { active: true, aud: 'canary' }],
    ['a token of another type', { ...ACTIVE, token_type: 'canary' }],
    ['a bound token', { ...ACTIVE, cnf: { jkt: 'canary' } }],
    ['an inactive token', { active: false, sub: 'canary' }],
  ])('no error holds what the server says: %s', async (_, body) => {
    const { introspector } = await served(body);
    const error = await introspector.introspect(TOKEN).catch((thrown: unknown) => thrown);
    expect(error).toHaveProperty('status');
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary');
  });

  it.each([
    ['a chunk of no size', `${OK}Transfer-Encoding: chunked\r\n\r\n{"sub":"canary"}`],
    ['a malformed header', `${OK}canary\r\n\r\n`],
    ['no header', '{"sub":"canary"}'],
  ])('no error holds what the server sends instead of HTTP: %s', async (_, text) => {
    const { server, introspector } = await served({});
    server.answers[PATH] = ({ socket }) => void socket!.end(text);
    const error = await introspector.introspect(TOKEN).catch((thrown: unknown) => thrown);
    const code = expect.stringMatching(/^HPE_/) as string;
    expect(error).toMatchObject({ status: 503, cause: { cause: { code } } });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary');
  });
});

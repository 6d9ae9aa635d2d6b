import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JwtKeyOptions } from '../../lib/tokens/jwt-verifier.options.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { AUDIENCE, claims, expectRefused, hs256, ISSUER, SECRET } from './jwt-fixture.js';

const NOW = 1_700_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const verifier = (options: Partial<JwtKeyOptions> = {}) =>
  JwtVerifier.fromSecret(SECRET, { issuer: ISSUER, audience: AUDIENCE, ...options });

const verify = (changed: object, header = {}, options: Partial<JwtKeyOptions> = {}) =>
  verifier(options).verify(hs256(claims(changed as Record<string, unknown>), header));

/** The same as text, for what JSON.stringify cannot write. */
const verifyText = (name: string, value: string) => {
  const text = JSON.stringify(claims({ [name]: 'HERE' })).replace('"HERE"', value);
  return verifier().verify(hs256(text));
};

describe('JwtVerifier and time:', () => {
  it.each([
    ['exp in a second, without tolerance', { exp: NOW + 1 }, { clockTolerance: 0 }],
    ['exp 4 seconds ago, by the default tolerance', { exp: NOW - 4 }, {}],
    ['exp just within the tolerance', { exp: NOW - 59 }, { clockTolerance: 60 }],
    ['exp with a fraction', { exp: NOW + 0.5 }, { clockTolerance: 0 }],
    ['nbf now, without tolerance', { nbf: NOW }, { clockTolerance: 0 }],
    ['nbf in 5 seconds, by the default tolerance', { nbf: NOW + 5 }, {}],
    ['nbf just within the tolerance', { nbf: NOW + 60 }, { clockTolerance: 60 }],
    ['no nbf', { nbf: undefined }, {}],
    ['exp at the end of the year 9999', { exp: 253_402_300_799 }, {}],
    ['iat in 5 seconds, by the default tolerance', { iat: NOW + 5 }, {}],
    ['no iat', { iat: undefined }, {}],
    ['iat as old as allowed', { iat: NOW - 60 }, { maxTokenAge: 60, clockTolerance: 0 }],
    ['iat this very second', { iat: NOW }, { maxTokenAge: 0, clockTolerance: 0 }],
    ['dates before 1970', { nbf: -1, iat: -1 }, {}],
  ])('%s is accepted, until a time to come', async (_, changed, options) => {
    const token = hs256(claims(changed as Record<string, unknown>));
    const { expiresAt } = await verifier(options).verify(token);
    expect(expiresAt).toBeGreaterThan(NOW);
    vi.setSystemTime(expiresAt * 1000 - 1);
    await verifier(options).verify(token);
    vi.setSystemTime(Math.ceil(expiresAt) * 1000);
    await expectRefused(verifier(options).verify(token));
  });

  it.each([
    ['exp now, without tolerance', { exp: NOW }, { clockTolerance: 0 }, 'The token expired'],
    ['exp 5 seconds ago', { exp: NOW - 5 }, {}, 'The token expired'],
    ['exp just outside', { exp: NOW - 60 }, { clockTolerance: 60 }, 'The token expired'],
    ['exp 0', { exp: 0 }, {}, 'The token expired'],
    ['a negative exp', { exp: -NOW }, {}, 'The token expired'],
    ['no exp', { exp: undefined }, {}, 'A required claim is missing'],
    ['exp null', { exp: null }, {}, 'A date claim is not a date'],
    ['exp as text', { exp: `${NOW + 300}` }, {}, 'A date claim is not a date'],
    ['exp true', { exp: true }, {}, 'A date claim is not a date'],
    ['exp as a list', { exp: [NOW + 300] }, {}, 'A date claim is not a date'],
    ['exp as an object', { exp: {} }, {}, 'A date claim is not a date'],
    ['exp beyond any date', { exp: 1e300 }, {}, 'A date claim is not a date'],
    ['exp in milliseconds', { exp: NOW * 1000 }, {}, 'A date claim is not a date'],
    ['exp in milliseconds, in 2001', { exp: 1e12 }, {}, 'A date claim is not a date'],
    ['nbf in a second', { nbf: NOW + 1 }, { clockTolerance: 0 }, 'The token is not valid yet'],
    ['nbf just outside', { nbf: NOW + 61 }, { clockTolerance: 60 }, 'The token is not valid yet'],
    ['nbf as text', { nbf: '1' }, {}, 'A date claim is not a date'],
    ['nbf null', { nbf: null }, {}, 'A date claim is not a date'],
    ['nbf before any date', { nbf: -1e300 }, {}, 'A date claim is not a date'],
    ['iat in 6 seconds', { iat: NOW + 6 }, {}, 'The token was issued in the future'],
    ['iat as text', { iat: '1' }, {}, 'A date claim is not a date'],
    ['iat beyond any date', { iat: 1e300 }, {}, 'A date claim is not a date'],
    ['iat too old', { iat: NOW - 61 }, { maxTokenAge: 60, clockTolerance: 0 }, undefined],
    ['iat a second old', { iat: NOW - 1 }, { maxTokenAge: 0, clockTolerance: 0 }, undefined],
    ['no iat, though its age counts', { iat: undefined }, { maxTokenAge: 60 }, undefined],
  ])('%s is refused', async (_, changed, options, reason) => {
    await expectRefused(verify(changed, {}, options), reason);
  });

  it.each(['exp', 'nbf', 'iat'])('an infinite %s is refused', async (name) => {
    await expectRefused(verifyText(name, '1e400'));
    await expectRefused(verifyText(name, '-1e400'));
    await expectRefused(verifyText(name, 'NaN'), 'The token is malformed');
  });
});

describe('JwtVerifier and whom a token is from and for:', () => {
  it.each([
    ['the audience among others', { aud: ['a', AUDIENCE] }, {}],
    ['one of several audiences', { aud: 'b' }, { audience: ['a', 'b'] }],
    ['an issuer that is no URL', { iss: 'joe' }, { issuer: 'joe' }],
  ])('%s is accepted', async (_, changed, options) => {
    await verify(changed, {}, options);
  });

  const issuer = 'The issuer is not accepted';
  const audience = 'The audience is not accepted';
  const missing = 'A required claim is missing';

  it.each([
    ['no iss', { iss: undefined }, missing],
    ['another iss', { iss: 'https://evil.example' }, issuer],
    ['iss with a suffix', { iss: `${ISSUER}.evil.example` }, issuer],
    ['a prefix of iss', { iss: ISSUER.slice(0, -1) }, issuer],
    ['iss with a slash', { iss: `${ISSUER}/` }, issuer],
    ['iss in another case', { iss: ISSUER.toUpperCase() }, issuer],
    ['iss in a list', { iss: [ISSUER] }, issuer],
    ['iss null', { iss: null }, issuer],
    ['an empty iss', { iss: '' }, issuer],
    ['no aud', { aud: undefined }, missing],
    ['another aud', { aud: 'https://evil.example' }, audience],
    ['aud with a suffix', { aud: `${AUDIENCE}/x` }, audience],
    ['a prefix of aud', { aud: AUDIENCE.slice(0, -1) }, audience],
    ['aud null', { aud: null }, audience],
    ['aud in an object', { aud: { [AUDIENCE]: true } }, audience],
    ['aud in a list of lists', { aud: [[AUDIENCE]] }, audience],
    ['an empty list as aud', { aud: [] }, audience],
    ['a number as aud', { aud: 1 }, audience],
  ])('%s is refused', async (_, changed, reason) => {
    await expectRefused(verify(changed), reason);
  });

  it('an ID token, whose audience is a client, is refused', async () => {
    await expectRefused(verify({ aud: 'client', nonce: 'n' }), audience);
  });
});

describe('JwtVerifier refuses a token of another class by the same key:', () => {
  const other = 'The token is of another type';

  it.each([undefined, 'JWT', 'jwt', 'application/jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])(
    'but accepts typ %s',
    async (typ) => {
      await verify({}, { typ });
    },
  );

  it.each([
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'application/dpop+jwt',
    'DPoP+JWT',
    'token-introspection+jwt',
    'oauth-authz-req+jwt',
    'client-authentication+jwt',
    'refresh+jwt',
    'JOSE',
    'x/at+jwt',
    '',
  ])('typ %j', async (typ) => {
    await expectRefused(verify({}, { typ }), other);
  });

  it.each([[null], [1], [['JWT']], [{}]])('typ %j', async (typ) => {
    await expectRefused(verify({}, { typ }), other);
  });

  it('a logout token that calls itself JWT', async () => {
    await expectRefused(verify({ events: {} }, { typ: 'JWT' }), other);
  });

  it.each([
    ['JWT', 'at+jwt'],
    ['JWT', 'dpop+jwt'],
    ['at+jwt', 'JWT'],
    ['at+jwt', undefined],
    ['at+jwt', 'at+jwtx'],
    ['logout+jwt', 'JWT'],
    ['logout+jwt', undefined],
    ['logout+jwt', 'at+jwt'],
  ])('where typ is %s, %s', async (wanted, typ) => {
    await expectRefused(verify(accessToken, { typ }, { typ: wanted }), other);
  });

  it.each([
    ['JWT', undefined],
    ['application/jwt', 'JWT'],
    ['logout+jwt', 'application/Logout+JWT'],
    ['application/logout+jwt', 'logout+jwt'],
  ])('but accepts, where typ is %s, %s', async (wanted, typ) => {
    await verify(
      typ === undefined || typ === 'JWT' ? {} : { events: {} },
      { typ },
      { typ: wanted },
    );
  });
});

const accessToken = { sub: 'ada', client_id: 'client', jti: '1' };

describe('JwtVerifier and the claims of RFC 9068:', () => {
  const profile = { typ: 'at+jwt' };

  it.each(['at+jwt', 'AT+jwt', 'application/at+jwt'])('%s is accepted', async (typ) => {
    await verify(accessToken, { typ }, profile);
  });

  it.each(['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'])(
    'no %s is refused',
    async (name) => {
      const changed = { ...accessToken, [name]: undefined };
      await expectRefused(verify(changed, profile, profile), 'A required claim is missing');
    },
  );

  it.each(
    ['sub', 'client_id', 'jti'].flatMap((name) =>
      ['', 1, null, ['a'], {}].map((value) => [name, value] as const),
    ),
  )('%s %j is refused', async (name, value) => {
    const changed = { ...accessToken, [name]: value };
    await expectRefused(verify(changed, profile, profile), 'A required claim is missing');
  });
});

describe('JwtVerifier and required claims:', () => {
  const options = { requiredClaims: ['tenant'] };

  it.each(['a', 0, false, []])('%j is there', async (tenant) => {
    await verify({ tenant }, {}, options);
  });

  it.each([undefined, null, ''])('%j is not', async (tenant) => {
    await expectRefused(verify({ tenant }, {}, options), 'A required claim is missing');
  });

  it('what every object has is not a claim', async () => {
    const inherited = { requiredClaims: ['toString'] };
    await expectRefused(verify({}, {}, inherited), 'A required claim is missing');
  });
});

describe('JwtVerifier refuses a bound token as a bearer token', () => {
  it.each([{ jkt: 'a' }, { 'x5t#S256': 'a' }, {}, null, 'text'])('bound by %j', async (cnf) => {
    await expectRefused(verify({ cnf }));
    const { claims: verified } = await verify({ cnf }, {}, { acceptBound: true });
    expect(verified.cnf).toEqual(cnf);
  });
});

describe('JwtVerifier, asked for the audience in another claim,', () => {
  const cognito = { aud: undefined, token_use: 'access', client_id: '7kfj' };
  const options = { audience: ['7kfj', 'other'], audienceClaim: 'client_id' };

  it.each<[string, object, Partial<JwtKeyOptions>]>([
    ['Amazon Cognito’s client_id', cognito, options],
    [
      'Clerk’s azp',
      { aud: undefined, azp: 'https://app.example.com' },
      { audience: 'https://app.example.com', audienceClaim: 'azp' },
    ],
    ['an aud that is ours as well', { ...cognito, aud: ['x', 'other'] }, options],
    ['a list', { ...cognito, client_id: ['x', '7kfj'] }, options],
  ])('accepts %s', async (_, changed, more) => {
    await verify(changed, {}, more);
  });

  const audience = 'The audience is not accepted';
  it.each<[string, object, string]>([
    ['another client', { ...cognito, client_id: 'evil' }, audience],
    ['no client', { ...cognito, client_id: undefined }, 'A required claim is missing'],
    ['a client that is null', { ...cognito, client_id: null }, audience],
    ['a client in an object', { ...cognito, client_id: { '7kfj': true } }, audience],
    ['a longer name', { ...cognito, client_id: '7kfj2' }, audience],
    ['an aud that is another’s', { ...cognito, aud: 'evil' }, audience],
    ['an aud that is null', { ...cognito, aud: null }, audience],
    ['an aud of none', { ...cognito, aud: [] }, audience],
    ['our aud and another client', { aud: '7kfj', client_id: 'evil' }, audience],
  ])('refuses %s', async (_, changed, reason) => {
    await expectRefused(verify(changed, {}, options), reason);
  });

  it('refuses a token without aud where it was not asked', async () => {
    await expectRefused(verify(cognito, {}, { audience: '7kfj' }), 'A required claim is missing');
  });
});

describe('JwtVerifier grants the scopes of', () => {
  it.each<[string, object, string[]]>([
    ['scope', { scope: 'read write' }, ['read', 'write']],
    ['scope with surplus spaces', { scope: ' read  write ' }, ['read', 'write']],
    ['scope with duplicates', { scope: 'read read' }, ['read']],
    ['scp as a list', { scp: ['read', 'write'] }, ['read', 'write']],
    ['scp as text', { scp: 'read write' }, ['read', 'write']],
    ['scope, where both are', { scope: 'read', scp: ['admin'] }, ['read']],
    ['scp, where scope is empty', { scope: '', scp: ['read'] }, ['read']],
    ['scp, where scope is an empty list', { scope: [], scp: 'read write' }, ['read', 'write']],
    ['scope as a list', { scope: ['read', 'write'] }, ['read', 'write']],
    ['scope as a list with duplicates', { scope: ['read', 'read'] }, ['read']],
    ['scope as a list, where both are', { scope: ['read'], scp: ['admin'] }, ['read']],
    ['a malformed list, where both are', { scope: [1], scp: ['admin'] }, []],
    ['roles, which nobody asked for', { roles: ['admin'], permissions: ['admin'] }, []],
    ['a scope of the wrong type, where both are', { scope: 1, scp: ['admin'] }, []],
    ['neither', {}, []],
    ['an empty scope', { scope: '' }, []],
    ['scope as a list with two in one', { scope: ['read admin'] }, []],
    ['scope as a list with another type in it', { scope: ['read', 1] }, []],
    ['scope as an object', { scope: { admin: true } }, []],
    ['scope as a number', { scope: 1 }, []],
    ['scope null', { scope: null }, []],
    ['scope true', { scope: true }, []],
    ['a malformed scope', { scope: 'read "admin"' }, []],
    ['scope with a tab', { scope: 'read\tadmin' }, []],
    ['scp as an object', { scp: { 0: 'admin', length: 1 } }, []],
    ['scp with another type in it', { scp: ['read', 1] }, []],
    ['scp with a list in it', { scp: ['read', ['admin']] }, []],
    ['scp with two in one', { scp: ['read admin'] }, []],
    ['scp with an empty one', { scp: [''] }, []],
  ])('%s', async (_, changed, scopes) => {
    expect((await verify(changed)).scopes).toEqual(scopes);
  });
});

describe('JwtVerifier with scopesFrom grants the scopes of', () => {
  const keycloak = {
    scope: 'openid profile',
    realm_access: { roles: ['offline_access', 'Team Lead', 'user'] },
    resource_access: {
      account: { roles: ['view-profile'] },
      'my-api': { roles: ['read'] },
      'my.api': { roles: ['write'] },
    },
    'https://example.com/roles': ['boss'],
    __proto__: null,
  };

  it.each<[string, string | string[], object, string[]]>([
    ['Auth0', ['scope', 'permissions'], { scope: 'a', permissions: ['b', 'a'] }, ['a', 'b']],
    ['Auth0 by name', 'permissions', { scope: 'a', permissions: ['b'] }, ['b']],
    ['Keycloak’s realm', 'realm_access.roles', keycloak, ['offline_access', 'user']],
    ['Keycloak’s client', ['resource_access.my-api.roles'], keycloak, ['read']],
    ['a client with a dot', ['resource_access.my.api.roles'], keycloak, ['write']],
    ['a claim named by a URL', ['https://example.com/roles'], keycloak, ['boss']],
    ['Cognito', ['scope', 'cognito:groups'], { 'cognito:groups': ['a'] }, ['a']],
    ['Entra ID', ['scp', 'roles'], { scp: 'read write', roles: ['app'] }, ['read', 'write', 'app']],
    ['an absent claim', ['permissions'], { scope: 'a' }, []],
    ['an absent object', ['resource_access.other.roles'], keycloak, []],
    ['an object', ['realm_access'], keycloak, []],
    ['what every object has', ['constructor.name', 'toString'], keycloak, []],
    ['a prototype', ['__proto__.roles'], {}, []],
    ['a list’s member', ['list.0'], { list: ['admin'] }, ['admin']],
    ['a malformed text', ['scope', 'scp'], { scope: 'a "b"', scp: 'c' }, ['c']],
    ['a list with a list in it', ['roles'], { roles: [['admin'], 'user', 1, null] }, ['user']],
    ['a role with a space', ['roles'], { roles: ['read admin', ''] }, []],
    ['a number', ['roles'], { roles: 1 }, []],
  ])('%s', async (_, scopesFrom, changed, scopes) => {
    expect((await verify(changed, {}, { scopesFrom })).scopes).toEqual(scopes);
  });
});

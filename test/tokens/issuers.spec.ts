import { describe, expect, it } from 'vitest';
import type { JwtKeyOptions } from '../../lib/tokens/jwt-verifier.options.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { AUDIENCE, compact, expectRefused, jwk, now, rsa, signer } from './jwt-fixture.js';

const CLIENT = 'f1a7c0de-client';

interface RealIssuer {
  readonly issuer: string;
  readonly options: Partial<JwtKeyOptions>;
  /** Each with the scopes that it grants. */
  readonly access: readonly (readonly [claims: object, scopes: readonly string[], typ?: string])[];
  readonly id: object;
  readonly refreshOrLogout: readonly object[];
}

const logout = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} }, sid: 's' };

/** Tokens as these issuers write them, as far as it matters to who verifies them; the ID tokens have the API's audience. */
const issuers: readonly (readonly [name: string, RealIssuer])[] = [
  [
    'Keycloak',
    {
      issuer: 'https://sso.example.com/realms/acme',
      options: { scopesFrom: ['scope', 'realm_access.roles', 'resource_access.my-api.roles'] },
      access: [
        [
          {
            typ: 'Bearer',
            azp: 'spa',
            aud: [AUDIENCE, 'account'],
            acr: '1',
            sid: 's',
            'allowed-origins': ['https://app.example.com'],
            realm_access: { roles: ['user'] },
            resource_access: { 'my-api': { roles: ['editor'] }, account: { roles: ['no'] } },
            scope: 'openid email',
          },
          ['openid', 'email', 'user', 'editor'],
        ],
      ],
      id: { typ: 'ID', azp: 'spa', auth_time: 1, at_hash: 'x', sid: 's', preferred_username: 'a' },
      refreshOrLogout: [
        { typ: 'Refresh', azp: 'spa', scope: 'openid' },
        { typ: 'Offline', azp: 'spa', scope: 'openid offline_access' },
        { typ: 'Logout', ...logout },
      ],
    },
  ],
  [
    'Auth0',
    {
      issuer: 'https://acme.eu.auth0.com/',
      options: { scopesFrom: ['scope', 'permissions'] },
      access: [
        [
          {
            aud: [AUDIENCE, 'https://acme.eu.auth0.com/userinfo'],
            azp: CLIENT,
            scope: 'openid read:notes',
            permissions: ['write:notes'],
          },
          ['openid', 'read:notes', 'write:notes'],
        ],
        [{ gty: 'client-credentials', azp: CLIENT, client_id: CLIENT }, [], 'at+jwt'],
      ],
      id: { nickname: 'a', email: 'a@example.com', sid: 's', nonce: 'n' },
      refreshOrLogout: [{ ...logout }],
    },
  ],
  [
    'Entra ID',
    {
      issuer: 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0',
      options: { scopesFrom: ['scp', 'roles'] },
      access: [
        [
          { azp: CLIENT, azpacr: '1', scp: 'read write', tid: 't', ver: '2.0', oid: 'o' },
          ['read', 'write'],
        ],
        [{ azp: CLIENT, idtyp: 'app', roles: ['daemon'], tid: 't', ver: '2.0' }, ['daemon']],
      ],
      id: { tid: 't', ver: '2.0', oid: 'o', name: 'A', preferred_username: 'a', rh: 'r' },
      refreshOrLogout: [{ ...logout, tid: 't', ver: '2.0' }],
    },
  ],
  [
    'Azure AD B2C',
    {
      issuer: 'https://acme.b2clogin.com/11111111-2222-3333-4444-555555555555/v2.0/',
      options: {},
      access: [
        [
          {
            azp: CLIENT,
            scp: 'read write',
            tfp: 'B2C_1_signin',
            ver: '1.0',
            nonce: 'n',
            name: 'A',
          },
          ['read', 'write'],
        ],
      ],
      id: { tfp: 'B2C_1_signin', ver: '1.0', auth_time: 1, name: 'A', emails: ['a@example.com'] },
      refreshOrLogout: [{ ...logout }],
    },
  ],
  [
    'FusionAuth',
    {
      issuer: 'acme.com',
      options: { audience: CLIENT, scopesFrom: ['scope', 'roles'] },
      access: [
        [
          {
            aud: CLIENT,
            applicationId: CLIENT,
            authenticationType: 'PASSWORD',
            gty: ['authorization_code'],
            roles: ['editor'],
            scope: 'offline_access openid',
            sid: 's',
            tid: 't',
            tty: 'at',
          },
          ['offline_access', 'openid', 'editor'],
        ],
      ],
      id: { aud: CLIENT, at_hash: 'x', authenticationType: 'PASSWORD', scope: 'openid', tid: 't' },
      refreshOrLogout: [{ ...logout, aud: CLIENT }],
    },
  ],
  [
    'Amazon Cognito',
    {
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example',
      options: { audience: CLIENT, audienceClaim: 'client_id' },
      access: [
        [
          {
            aud: undefined,
            token_use: 'access',
            client_id: CLIENT,
            scope: 'aws.cognito.signin.user.admin notes/read',
            'cognito:groups': ['admins'],
          },
          ['aws.cognito.signin.user.admin', 'notes/read'],
        ],
      ],
      id: { aud: CLIENT, client_id: CLIENT, token_use: 'id', 'cognito:username': 'a' },
      refreshOrLogout: [{ aud: undefined, client_id: CLIENT, token_use: 'refresh' }],
    },
  ],
  [
    'Okta',
    {
      issuer: 'https://acme.okta.com/oauth2/default',
      options: {},
      access: [[{ ver: 1, cid: CLIENT, uid: 'u', scp: ['openid', 'notes'] }, ['openid', 'notes']]],
      id: { ver: 1, amr: ['pwd'], idp: 'i', at_hash: 'x', auth_time: 1, name: 'A' },
      refreshOrLogout: [{ ...logout }],
    },
  ],
  [
    'Clerk',
    {
      issuer: 'https://clerk.example.com',
      options: { audience: 'https://app.example.com', audienceClaim: 'azp' },
      access: [[{ aud: undefined, azp: 'https://app.example.com', sid: 's', v: 2 }, []]],
      id: { aud: 'https://app.example.com', azp: 'https://app.example.com', nonce: 'n' },
      refreshOrLogout: [{ aud: undefined, azp: 'https://app.example.com', token_type: 'refresh' }],
    },
  ],
];

const sign = (issuer: string, claims: object, typ = 'JWT') =>
  compact(
    { alg: 'RS256', typ, kid: 'k' },
    { iss: issuer, aud: AUDIENCE, sub: 'ada', iat: now(), exp: now() + 300, ...claims },
    signer('RS256', rsa.privateKey),
  );

const verifierOf = ({ issuer, options }: RealIssuer) =>
  JwtVerifier.fromJwks(
    { keys: [jwk(rsa.publicKey, { kid: 'k' })] },
    { issuer, audience: AUDIENCE, ...options },
  );

describe.each(issuers)('JwtVerifier, of the tokens of %s,', (_name, real) => {
  it('accepts those for APIs, with their scopes', async () => {
    const verifier = verifierOf(real);
    for (const [claims, scopes, typ] of real.access) {
      expect((await verifier.verify(sign(real.issuer, claims, typ))).scopes).toEqual(scopes);
    }
  });

  it('refuses one for clients, though its audience is the API', async () => {
    const token = sign(real.issuer, real.id);
    await expectRefused(verifierOf(real).verify(token), 'The token is of another type');
  });

  it('refuses those that are for the issuer', async () => {
    const verifier = verifierOf(real);
    for (const claims of real.refreshOrLogout) {
      await expectRefused(
        verifier.verify(sign(real.issuer, claims)),
        'The token is of another type',
      );
    }
  });

  it('refuses one of another issuer, or for another API', async () => {
    const verifier = verifierOf(real);
    const [claims] = real.access[0]!;
    await expectRefused(
      verifier.verify(sign(`${real.issuer}x`, claims)),
      'The issuer is not accepted',
    );
    await expectRefused(
      verifier.verify(sign(real.issuer, { ...claims, aud: 'other', client_id: 'x', azp: 'x' })),
      'The audience is not accepted',
    );
  });
});

describe('JwtVerifier, of the tokens of authentik,', () => {
  const issuer = 'https://sso.example.com/application/o/notes/';
  const both = {
    aud: CLIENT,
    nonce: 'n',
    auth_time: 1,
    acr: 'goauthentik.io/providers/oauth2/default',
  };
  const access = { ...both, azp: CLIENT, uid: 'u' };
  const verify = (claims: object, options: Partial<JwtKeyOptions> = {}) =>
    verifierOf({
      issuer,
      options: { audience: CLIENT, ...options },
      access: [],
      id: {},
      refreshOrLogout: [],
    }).verify(sign(issuer, claims));

  it('which are ID tokens with two claims more, accepts those with both where it is told so', async () => {
    const told = { acceptIdTokens: true, requiredClaims: ['azp', 'uid'] };
    expect((await verify(access, told)).claims.sub).toBe('ada');
    await expectRefused(verify(both, told), 'A required claim is missing');
    await expectRefused(verify(access), 'The token is of another type');
  });
});

describe('JwtVerifier, of the tokens of Google,', () => {
  const google: RealIssuer = {
    issuer: 'https://accounts.google.com',
    options: {},
    access: [],
    id: { azp: CLIENT, at_hash: 'x', nonce: 'n', hd: 'example.com', email_verified: true },
    refreshOrLogout: [],
  };

  it('which are ID tokens all, accepts none unless it is asked to', async () => {
    const token = sign(google.issuer, google.id);
    await expectRefused(verifierOf(google).verify(token), 'The token is of another type');
    const asked = verifierOf({ ...google, options: { acceptIdTokens: true } });
    expect((await asked.verify(token)).claims.sub).toBe('ada');
    await expectRefused(asked.verify(sign(google.issuer, { ...google.id, ...logout })));
  });
});

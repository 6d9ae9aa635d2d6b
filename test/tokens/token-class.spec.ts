import { describe, expect, it } from 'vitest';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import type { JwtKeyOptions } from '../../lib/tokens/jwt-verifier.options.js';
import { AUDIENCE, claims, expectRefused, hs256, ISSUER, SECRET } from './jwt-fixture.js';

const verify = (changed: object, header = {}, options: Partial<JwtKeyOptions> = {}) =>
  JwtVerifier.fromSecret(SECRET, { issuer: ISSUER, audience: AUDIENCE, ...options }).verify(
    hs256(claims(changed as Record<string, unknown>), header),
  );

const other = 'The token is of another type';
const b2c = { tfp: 'B2C_1_signin', ver: '1.0', azp: 'a', scp: 'read', name: 'J', oid: 'o' };
const fromFirebase = { firebase: { sign_in_provider: 'custom' } };
const rfc9068 = { client_id: 'spa', jti: '1' };

/** What is handed to clients: it says who logged in, and is meant for nobody else. */
const idTokens: [string, object][] = [
  ['with a nonce', { nonce: 'n' }],
  ['with a nonce that is null', { nonce: null }],
  ['with at_hash', { at_hash: 'x' }],
  ['with c_hash', { c_hash: 'x' }],
  ['with s_hash', { s_hash: 'x' }],
  ['of Entra ID', { nonce: 'n', name: 'J', preferred_username: 'j', tid: 't', ver: '2.0' }],
  ['of Entra ID, without a nonce', { name: 'J', oid: 'o', tid: 't', ver: '2.0' }],
  ['of Entra ID, version 1', { unique_name: 'j', tid: 't', ver: '1.0' }],
  ['of Azure AD B2C', { nonce: 'n', tfp: 'B2C_1_a', ver: '1.0', azp: 'a' }],
  ['of Azure AD B2C, without a nonce', { tfp: 'B2C_1_a', ver: '1.0', auth_time: 1 }],
  ['with a nonce and scp, of nobody knows whom', { nonce: 'n', scp: 'read', azp: 'a', ver: '1.0' }],
  ['of Keycloak', { typ: 'ID', azp: 'spa', sid: 's', auth_time: 1 }],
  ['of Keycloak, in another case', { typ: 'id' }],
  ['of Amazon Cognito', { token_use: 'id', 'cognito:username': 'j' }],
  ['of Auth0', { nonce: 'n', sid: 's', email: 'a@b' }],
  ['of Google', { azp: AUDIENCE, at_hash: 'x', nonce: 'n' }],
  ['of Firebase', { firebase: { identities: {}, sign_in_provider: 'password' }, user_id: 'u' }],
  ['that names its kind', { token_type: 'id_token' }],
  ['that names its kind in type', { type: 'ID Token' }],
  ['that names two kinds', { typ: 'Bearer', token_use: 'id' }],
  ['with at_hash that calls itself Bearer', { typ: 'Bearer', at_hash: 'x' }],
];

const others: [string, object][] = [
  ['a refresh token of Keycloak', { typ: 'Refresh' }],
  ['an offline token of Keycloak', { typ: 'Offline' }],
  ['a logout token of Keycloak', { typ: 'Logout' }],
  ['a link of Keycloak', { typ: 'execute-actions' }],
  ['a registration token of Keycloak', { typ: 'RegistrationAccessToken' }],
  ['a typ that is no text', { typ: 1 }],
  ['a typ in a list', { typ: ['Bearer'] }],
  ['a typ that is null', { typ: null }],
  ['an empty typ', { typ: '' }],
  ['a token_use that is unknown', { token_use: 'refresh' }],
  ['a token_use that is no text', { token_use: { id: true } }],
  ['a refresh token by its token_type', { token_type: 'refresh' }],
  ['a refresh token by its token_type, written out', { token_type: 'Refresh_Token' }],
  ['a refresh token by its type', { type: 'refresh' }],
  ['a refresh token by two kinds', { typ: 'Bearer', type: 'refresh' }],
  ['a logout token', { events: {} }],
  ['events that are null', { events: null }],
  ['an introspection answer', { token_introspection: { active: true } }],
  ['a proof', { htm: 'GET', htu: 'https://api.example.com' }],
];

describe('JwtVerifier takes for no access token an ID token', () => {
  describe.each([
    ['without typ', {}, {}],
    ['with typ JWT', { typ: 'JWT' }, {}],
    ['where typ is JWT', { typ: 'JWT' }, { typ: 'JWT' }],
  ])('%s', (_, header, options) => {
    it.each(idTokens)('%s', async (_name, changed) => {
      await expectRefused(verify(changed, header, options), other);
    });
  });

  it.each(idTokens)('%s, unless ID tokens are accepted', async (_, changed) => {
    await verify(changed, { typ: 'JWT' }, { acceptIdTokens: true });
  });
});

describe('JwtVerifier takes for no access token', () => {
  it.each(others)('%s, not even where ID tokens are accepted', async (_, changed) => {
    await expectRefused(verify(changed, { typ: 'JWT' }), other);
    await expectRefused(verify(changed, { typ: 'at+jwt' }), other);
    const profile = { ...rfc9068, ...changed };
    await expectRefused(verify(profile, { typ: 'at+jwt' }, { typ: 'at+jwt' }), other);
    await expectRefused(verify(changed, {}, { acceptIdTokens: true }), other);
  });
});

describe('JwtVerifier accepts the access token', () => {
  it.each<[string, object, object]>([
    ['of Keycloak', { typ: 'Bearer', azp: 'spa', sid: 's', acr: '1' }, { typ: 'JWT' }],
    ['of Keycloak up to 24', { typ: 'Bearer', nonce: 'n', session_state: 's' }, { typ: 'JWT' }],
    ['of Keycloak, for DPoP', { typ: 'DPoP' }, { typ: 'JWT' }],
    ['of Amazon Cognito', { token_use: 'access', client_id: 'c' }, {}],
    ['of Entra ID, version 1', { appid: 'a', scp: 'read', ver: '1.0', aio: 'x' }, { typ: 'JWT' }],
    ['of Entra ID, version 2', { azp: 'a', scp: 'read', ver: '2.0', tid: 't' }, { typ: 'JWT' }],
    [
      'of Entra ID, for a daemon',
      { azp: 'a', idtyp: 'app', roles: ['r'], ver: '2.0', tid: 't' },
      {},
    ],
    ['of Azure AD B2C', { ...b2c, nonce: 'n' }, { typ: 'JWT' }],
    ['of Azure AD B2C, without a nonce', b2c, { typ: 'JWT' }],
    ['that has versions and tenants of its own', { tid: 't', ver: '3.1' }, {}],
    ['that counts its versions', { tid: 't', ver: 2 }, {}],
    ['of Auth0', { azp: 'a', scope: 'openid', permissions: ['a'] }, { typ: 'JWT' }],
    ['of Okta', { cid: 'c', uid: 'u', ver: 1, scp: ['a'] }, {}],
    ['of IdentityServer', { scope: ['a'], client_id: 'c', nonce: 'n' }, { typ: 'at+jwt' }],
    ['of Clerk', { azp: 'https://app.example.com', sid: 's' }, { typ: 'JWT' }],
    ['with what Firebase knows of its user', { ...fromFirebase, typ: 'Bearer' }, {}],
    ['with that, by its header', fromFirebase, { typ: 'at+jwt' }],
    ['of projects in Firebase', { firebase: { project: 'p' }, 'cognito:username': 'j' }, {}],
    ['of projects in Firebase, by name', { firebase: 'p' }, {}],
    ['with a firebase that is null', { firebase: null }, {}],
    ['that says JWT twice', { typ: 'JWT' }, { typ: 'JWT' }],
    ['that names its kind', { token_type: 'access' }, {}],
    ['that names its kind otherwise', { type: 'access_token' }, {}],
    ['that calls its user’s kind a type', { type: 'user', token_type: 7 }, {}],
  ])('%s', async (_, changed, header) => {
    expect((await verify(changed, header)).claims).toMatchObject(changed);
  });

  it('of another class, by the typ that was asked for', async () => {
    await verify({ events: {}, nonce: 'n' }, { typ: 'logout+jwt' }, { typ: 'logout+jwt' });
  });
});

describe('JwtVerifier judges a claim', () => {
  const marks = [...idTokens, ...others].flatMap(([, marked]) => Object.keys(marked));

  it.each(['events', 'token_introspection', 'htm', 'htu', 'at_hash', 'c_hash', 's_hash', 'nonce'])(
    '%s by its being there, whatever it is',
    async (name) => {
      expect(marks).toContain(name);
      for (const value of [null, false, 0, '', [], {}]) {
        await expectRefused(verify({ [name]: value }), other);
      }
    },
  );
});

import { inspect } from 'node:util';
import { createSecretKey, X509Certificate } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { JSONWebKeySet } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import type { JwtSecret } from '../../lib/tokens/jwt-secret.js';
import type {
  JwtIssuerOptions,
  JwtJwksUrlOptions,
  JwtKeyOptions,
} from '../../lib/tokens/jwt-verifier.options.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { CertificateAuthority } from './certificate-authority.js';
import { AUDIENCE, ISSUER, jwk, p256, pem, rsa, SECRET, weakRsa } from './jwt-fixture.js';

const options = { issuer: ISSUER, audience: AUDIENCE };
const fromSecret = (changed: object, secret: unknown = SECRET) =>
  JwtVerifier.fromSecret(secret as JwtSecret, { ...options, ...changed } as JwtKeyOptions);
const fromUrl = (changed: object) =>
  JwtVerifier.fromJwksUrl(ISSUER, { ...options, ...changed } as JwtJwksUrlOptions);

const secretOf = (text: string) => createSecretKey(Buffer.from(text));
const publicJwk = jwk(rsa.publicKey);
const spki = rsa.publicKey.export({ type: 'spki', format: 'der' });
const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'der' });
const certificate = new X509Certificate(CertificateAuthority.selfSigned('login').cert);

const expectMisconfigured = (construct: () => unknown, message: RegExp) => {
  expect(construct).toThrow(ConfigurationError);
  expect(construct).toThrow(message);
};

describe('JwtVerifier does not start', () => {
  it.each<[string, object, RegExp]>([
    ['no issuer', { issuer: undefined }, /issuer must be/],
    ['an empty issuer', { issuer: '' }, /issuer must be/],
    ['a list of issuers', { issuer: [ISSUER] }, /issuer must be/],
    ['no audience', { audience: undefined }, /audience must be/],
    ['an empty audience', { audience: '' }, /audience must be/],
    ['an audience of white space', { audience: ' \n' }, /audience must be/],
    ['no audience in the list', { audience: [] }, /audience must not be empty/],
    ['an empty audience in the list', { audience: ['a', ''] }, /audience must be/],
    ['a RegExp as audience', { audience: /./ }, /audience must be/],
    ['no algorithm', { algorithms: [] }, /algorithms must not be empty/],
    ['none', { algorithms: ['none'] }, /none is not/],
    ['an algorithm that is no text', { algorithms: [null] }, /algorithms must be/],
    ['RS256 by a secret', { algorithms: ['HS256', 'RS256'] }, /RS256 is not/],
    ['a longer hash than the secret', { algorithms: ['HS384'] }, /48 bytes/],
    ['an empty typ', { typ: '' }, /typ must be/],
    ['a negative tolerance', { clockTolerance: -1 }, /clockTolerance must be/],
    ['NaN as tolerance', { clockTolerance: NaN }, /clockTolerance must be/],
    ['an infinite tolerance', { clockTolerance: Infinity }, /clockTolerance must be/],
    ['a tolerance as text', { clockTolerance: '5s' }, /clockTolerance must be/],
    ['a negative age', { maxTokenAge: -1 }, /maxTokenAge must be/],
    ['required claims that are no list', { requiredClaims: 'sub' }, /requiredClaims must be/],
    ['a required claim without a name', { requiredClaims: [''] }, /requiredClaims must be/],
    ['an empty audienceClaim', { audienceClaim: '' }, /audienceClaim must be/],
    ['a list as audienceClaim', { audienceClaim: ['azp'] }, /audienceClaim must be/],
    ['audience false', { audience: false }, /audience must be/],
    ['scopes from nothing', { scopesFrom: [] }, /scopesFrom must not be empty/],
    ['scopes from no text', { scopesFrom: [['a']] }, /scopesFrom must be/],
    ['scopes from an empty name', { scopesFrom: 'realm_access..roles' }, /scopesFrom must name/],
    ['acceptBound as text', { acceptBound: 'false' }, /acceptBound must be true or false/],
    ['acceptBound as a number', { acceptBound: 0 }, /acceptBound must be true or false/],
    ['acceptBound null', { acceptBound: null }, /acceptBound must be true or false/],
    ['acceptIdTokens as text', { acceptIdTokens: 'false' }, /acceptIdTokens must be true or/],
    ['acceptIdTokens as a list', { acceptIdTokens: [] }, /acceptIdTokens must be true or false/],
    ['a cache as text', { cache: 'false' }, /cache must be/],
    ['a cache that is true', { cache: true }, /cache must be/],
    ['a cache that is null', { cache: null }, /cache must be/],
    ['a cache of nothing', { cache: { maxEntries: 0 } }, /maxEntries must be/],
    ['a cache of negative age', { cache: { maxAge: -1 } }, /maxAge must be/],
  ])('with %s', (_, changed, message) => {
    expectMisconfigured(() => fromSecret(changed), message);
  });

  it.each<[string, unknown, RegExp]>([
    ['an empty secret', '', /32 bytes/],
    ['a secret of 31 bytes', 'x'.repeat(31), /32 bytes/],
    ['a secret of 31 bytes in binary', new Uint8Array(31), /32 bytes/],
    ['a short KeyObject', createSecretKey(Buffer.alloc(31)), /32 bytes/],
    ['a public KeyObject', rsa.publicKey, /public key is not a secret/],
    ['a private KeyObject', rsa.privateKey, /private key is not a secret/],
    ['a public key as PEM', pem(rsa.publicKey), /not a secret/],
    ['a public key as indented PEM', `\n  ${pem(rsa.publicKey)}`, /not a secret/],
    ['a public key as PEM in binary', Buffer.from(pem(rsa.publicKey)), /not a secret/],
    ['a public key as PEM in a KeyObject', secretOf(pem(rsa.publicKey)), /not a secret/],
    ['a certificate', `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}`, /not a secret/],
    ['a public key as JSON', JSON.stringify(jwk(rsa.publicKey)), /not a secret/],
    ['a public key in DER', spki, /not a secret/],
    ['a public key in DER, in a KeyObject', createSecretKey(spki), /not a secret/],
    ['a public key in base64, as Keycloak shows it', spki.toString('base64'), /not a secret/],
    ['a public key in base64 on two lines', `${spki.toString('base64')}\n`, /not a secret/],
    ['a public key in hexadecimal digits', spki.toString('hex'), /not a secret/],
    ['a public key of PKCS #1', pkcs1, /not a secret/],
    ['a public key of PKCS #1 in base64', pkcs1.toString('base64'), /not a secret/],
    ['PEM in base64', Buffer.from(pem(rsa.publicKey)).toString('base64'), /not a secret/],
    ['a certificate in DER', certificate.raw, /not a secret/],
    ['a certificate in base64, as x5c has it', certificate.raw.toString('base64'), /not a secret/],
    ['a public key of OpenSSH', `ssh-rsa AAAA${'B'.repeat(100)} a@b`, /not a secret/],
    ['a public key of OpenSSH with options', `from="*" ssh-rsa AAAA${'B'.repeat(99)}`, /not a/],
    ['a public key of SSH2', `---- BEGIN SSH2 PUBLIC KEY ----\n${'A'.repeat(64)}`, /not a secret/],
    ['JSON in base64url', Buffer.from(JSON.stringify(publicJwk)).toString('base64url'), /not a/],
    ['a list of keys as JSON', ` ${JSON.stringify([publicJwk])}`, /not a secret/],
    ['undefined', undefined, /secret must be/],
    ['null', null, /secret must be/],
    ['a number', 1e40, /secret must be/],
    ['a JWK', { kty: 'oct', k: 'AA' }, /secret must be/],
  ])('with %s as secret', (_, secret, message) => {
    expectMisconfigured(() => fromSecret({}, secret ?? null), message);
  });

  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('with a secret for %s of less than %i bytes', (algorithm, bytes) => {
    const changed = { algorithms: [algorithm] };
    expectMisconfigured(() => fromSecret(changed, 'x'.repeat(bytes - 1)), RegExp(`${bytes} bytes`));
    expect(fromSecret(changed, 'x'.repeat(bytes))).toBeInstanceOf(JwtVerifier);
  });

  it('with an algorithm that is not for the key', () => {
    const withAlgorithms = (...algorithms: string[]) => ({ ...options, algorithms });
    expectMisconfigured(
      () => JwtVerifier.fromKey(rsa.publicKey, withAlgorithms('HS256')),
      /HS256 is not/,
    );
    expectMisconfigured(
      () => JwtVerifier.fromKey(p256.publicKey, withAlgorithms('RS256')),
      /RS256 is not/,
    );
    const forPs256 = jwk(rsa.publicKey, { alg: 'PS256' });
    expectMisconfigured(() => JwtVerifier.fromKey(forPs256, withAlgorithms('RS256')), /PS256/);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['no keys', {}],
    ['an empty set', { keys: [] }],
    ['a secret', { keys: [{ kty: 'oct', k: 'x'.repeat(43), alg: 'HS256' }] }],
    ['a private key', { keys: [jwk(rsa.publicKey), jwk(rsa.privateKey)] }],
    ['a weak key', { keys: [jwk(weakRsa.publicKey)] }],
    ['a secret beside a good key', { keys: [jwk(rsa.publicKey), { kty: 'oct', k: 'AA' }] }],
    ['keys of other kinds only', { keys: [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }] }],
    ['keys for encryption only', { keys: [jwk(rsa.publicKey, { use: 'enc' })] }],
  ])('with %s as key set', (_, keySet) => {
    const construct = () => JwtVerifier.fromJwks(keySet as JSONWebKeySet, options);
    expect(construct).toThrow(ConfigurationError);
  });

  it.each(['HS256', 'none', 'RSA-OAEP'])('with %s by a key set', (algorithm) => {
    const algorithms = ['RS256', algorithm];
    const keySet = { keys: [jwk(rsa.publicKey)] };
    const message = new RegExp(`${algorithm} is not`);
    expectMisconfigured(() => JwtVerifier.fromJwks(keySet, { ...options, algorithms }), message);
    expectMisconfigured(() => fromUrl({ algorithms }), message);
    const { audience } = options;
    expectMisconfigured(() => JwtVerifier.fromIssuer(ISSUER, { audience, algorithms }), message);
  });

  it.each<[string, object]>([
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: NaN }],
    ['timeout', { timeout: 2_147_484 }],
    ['timeout', { timeout: 1e12 }],
    ['maxResponseSize', { maxResponseSize: 0 }],
    ['cooldown', { cooldown: -1 }],
    ['maxAge', { maxAge: -1 }],
    ['staleIfError', { staleIfError: -1 }],
    ['allowInsecureHttp', { allowInsecureHttp: 'keycloak' }],
    ['allowInsecureHttp', { allowInsecureHttp: true }],
    ['allowInsecureHttp', { allowInsecureHttp: ['*'] }],
    ['allowInsecureHttp', { allowInsecureHttp: ['*.example.com'] }],
    ['allowInsecureHttp', { allowInsecureHttp: [''] }],
    ['allowInsecureHttp', { allowInsecureHttp: ['http://keycloak'] }],
    ['allowInsecureHttp', { allowInsecureHttp: ['keycloak:8080'] }],
    ['allowInsecureHttp', { allowInsecureHttp: [/keycloak/] }],
  ])('with a bad %s', (name, changed) => {
    expectMisconfigured(() => fromUrl(changed), new RegExp(`${name} must be`));
  });
});

describe('JwtVerifier trusts no key set from', () => {
  const urls: [string, unknown][] = [
    ['http', 'http://login.example.com'],
    ['http with localhost in its name', 'http://localhost.example.com'],
    ['http with 127.0.0.1 in its name', 'http://127.0.0.1.example.com'],
    ['http in the local network', 'http://10.0.0.1'],
    ['http at 0.0.0.0', 'http://0.0.0.0'],
    ['http at a metadata service', 'http://169.254.169.254'],
    ['user information', 'https://user:password@login.example.com'],
    ['a user', 'https://user@login.example.com'],
    ['a fragment', 'https://login.example.com#a'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:application/json,{}'],
    ['a path', '/keys'],
    ['nothing', ''],
    ['undefined', undefined],
  ];
  const issuerOptions: JwtIssuerOptions = { audience: AUDIENCE };

  it.each(urls)('%s', (_, url) => {
    const construct = () => JwtVerifier.fromJwksUrl(url as string, options);
    expect(construct).toThrow(ConfigurationError);
  });

  it.each([
    ...urls,
    ['a query', 'https://login.example.com?a'],
    ['?', 'https://login.example.com?'],
  ])('an issuer with %s', (_, url) => {
    const construct = () => JwtVerifier.fromIssuer(url as string, issuerOptions);
    expect(construct).toThrow(ConfigurationError);
    const constructAll = () => JwtVerifier.fromIssuers([ISSUER, url as string], issuerOptions);
    expect(constructAll).toThrow(ConfigurationError);
  });

  it.each([[[]], [undefined], [ISSUER]])('issuers %j', (issuers) => {
    const construct = () => JwtVerifier.fromIssuers(issuers as string[], issuerOptions);
    expectMisconfigured(construct, /issuers must be a list/);
  });

  it('another host than those in allowInsecureHttp', () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const trusting = { ...options, allowInsecureHttp: ['keycloak', '10.0.0.1', '[fd00::1]'] };
    const hosts = ['keycloak', 'KEYCLOAK:8080', '10.0.0.1', '[fd00::1]'];
    for (const host of hosts) {
      expect(JwtVerifier.fromJwksUrl(`http://${host}/`, trusting)).toBeInstanceOf(JwtVerifier);
    }
    expect(warn).toHaveBeenCalledTimes(hosts.length);
    expect(warn.mock.calls[0]![0]).toMatch(/allowInsecureHttp: .* keycloak, 10\.0\.0\.1/);
    for (const host of [
      'keycloak.evil.example',
      'keycloak.',
      'evil',
      '10.0.0.2',
      'user@keycloak',
    ]) {
      const construct = () => JwtVerifier.fromJwksUrl(`http://${host}/`, trusting);
      expect(construct).toThrow(ConfigurationError);
    }
    const ftp = () => JwtVerifier.fromJwksUrl('ftp://keycloak/', trusting);
    expect(ftp).toThrow(ConfigurationError);
    warn.mockRestore();
  });

  it.each([
    'http://localhost:1',
    'http://keycloak.localhost:1',
    'http://127.0.0.1:1',
    'http://127.1:1',
    'http://[::1]:1',
  ])('but %s, which is this machine', (url) => {
    expect(JwtVerifier.fromJwksUrl(url, options)).toBeInstanceOf(JwtVerifier);
  });
});

it('a JwtVerifier shows nobody its secret', () => {
  const verifier = fromSecret({});
  expect(inspect(verifier, { depth: 10, showHidden: true })).not.toContain(SECRET);
  expect(JSON.stringify(verifier)).not.toContain(SECRET);
});

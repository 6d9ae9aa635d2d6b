import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JSONWebKeySet, type JWK, SignJWT } from 'jose';
import { AUDIENCE, BASE_SCOPE, ISSUER, SCOPE } from './world.js';

export type JwtRoute = 'hs256' | 'rs256' | 'es256' | 'edDSA';

export interface SigningKey {
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  /** What verifies: the public key, or the secret itself. */
  readonly key: KeyObject;
}

const secret = createSecretKey(Buffer.alloc(32, 'benchmark'));

/** The keys of this process. */
export const signingKeys: Readonly<Record<JwtRoute, SigningKey>> = {
  hs256: { algorithm: 'HS256', privateKey: secret, key: secret },
  rs256: pair('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
  es256: pair('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  edDSA: pair('EdDSA', generateKeyPairSync('ed25519')),
};

/** The public keys as issuers publish them, each under the `kid` of its tokens. */
export const keySet: JSONWebKeySet = {
  keys: Object.entries(signingKeys)
    .filter(([, { key }]) => key.type === 'public')
    .map(
      ([kid, { algorithm: alg, key }]) => ({ ...key.export({ format: 'jwk' }), kid, alg }) as JWK,
    ),
};

export const jwtRoutes = Object.keys(signingKeys) as JwtRoute[];

/** Different tokens of ordinary size that all hold for an hour. */
export function signTokens(route: JwtRoute, count: number): Promise<string[]> {
  const { algorithm, privateKey } = signingKeys[route];
  return Promise.all(
    Array.from({ length: count }, (_, number) =>
      new SignJWT({
        scope: `${BASE_SCOPE} ${SCOPE}`,
        client_id: 'benchmark',
        jti: `token-${number}`,
      })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: route })
        .setSubject(`user-${number}`)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    ),
  );
}

/** The key as configuration files have it: PEM, or the secret's text. */
export function asText({ key }: SigningKey): string {
  return key.type === 'secret'
    ? key.export().toString('latin1')
    : key.export({ type: 'spki', format: 'pem' }).toString();
}

function pair(algorithm: string, keys: { privateKey: KeyObject; publicKey: KeyObject }) {
  return { algorithm, privateKey: keys.privateKey, key: keys.publicKey };
}

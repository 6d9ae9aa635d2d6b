import { createSecretKey, KeyObject } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { ConfigurationError } from '../errors/configuration.error.js';
import { importPublicKey, type JwtPublicKey } from './json-web-key.js';
import { ASYMMETRIC, chooseAlgorithms, HMAC } from './jwt-algorithms.js';
import type { JwtKeys } from './jwt-keys.js';

/**
 * A secret that the issuer and this API share; as text, its UTF-8 bytes.
 *
 * @publicApi
 */
export type JwtSecret = string | Uint8Array | KeyObject;

/** A shared secret, for HMAC and nothing else. */
export function secretKeys(secret: JwtSecret, asked: readonly string[] | undefined): JwtKeys {
  const algorithms = chooseAlgorithms(asked, Object.keys(HMAC), ['HS256']);
  const key = toSecretKey(secret);
  const bytes = key.symmetricKeySize ?? 0;
  for (const algorithm of algorithms) {
    if (bytes < HMAC[algorithm]!) {
      throw new ConfigurationError(
        `JwtVerifier: a secret for ${algorithm} must have ${HMAC[algorithm]} bytes or more`,
      );
    }
  }
  return { key: importedOnce(key, algorithms), algorithms, revision: 0 };
}

/** `jose` imports a secret anew for each token, a quarter of its work, unless it is given a `CryptoKey`. */
function importedOnce(secret: KeyObject, algorithms: readonly string[]): JWTVerifyGetKey {
  const bytes = secret.export();
  const keys = new Map(
    algorithms.map((algorithm) => {
      const hmac = { name: 'HMAC', hash: `SHA-${algorithm.slice('HS'.length)}` };
      return [algorithm, crypto.subtle.importKey('raw', bytes, hmac, false, ['verify'])];
    }),
  );
  // jose has refused other algorithms before it asks for a key.
  return ({ alg }) => keys.get(alg)!;
}

/** One public key. */
export function publicKeys(input: JwtPublicKey, asked: readonly string[] | undefined): JwtKeys {
  const { key, algorithms: possible, algorithm } = importPublicKey(input);
  const byDefault =
    algorithm === undefined && key.asymmetricKeyType === 'rsa' ? ['RS256'] : possible;
  return { key, algorithms: chooseAlgorithms(asked, possible, byDefault), revision: 0 };
}

/** Several public keys, told apart by `kid` and `alg`. */
export function keySetKeys(jwks: JSONWebKeySet, asked: readonly string[] | undefined): JwtKeys {
  const algorithms = chooseAlgorithms(asked, ASYMMETRIC, ASYMMETRIC);
  const keys = Array.isArray(jwks?.keys) ? jwks.keys.filter(({ use }) => use !== 'enc') : [];
  if (keys.length === 0) {
    throw new ConfigurationError('JwtVerifier: a JSON Web Key Set must have keys for signatures');
  }
  keys.forEach(importPublicKey);
  return { key: createLocalJWKSet({ keys }), algorithms, revision: 0 };
}

function toSecretKey(secret: JwtSecret): KeyObject {
  if (secret instanceof KeyObject) {
    if (secret.type === 'secret') return secret;
    throw new ConfigurationError(`JwtVerifier: a ${secret.type} key is not a secret`);
  }
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    throw new ConfigurationError('JwtVerifier: a secret must be text, bytes or a secret KeyObject');
  }
  const bytes = Buffer.from(secret);
  // A public key as the HMAC secret would let everyone who has it sign tokens.
  if (bytes.includes('-----BEGIN ')) {
    throw new ConfigurationError('JwtVerifier: a PEM key is not a secret: use fromKey');
  }
  return createSecretKey(bytes);
}

import { createPublicKey, KeyObject, type webcrypto } from 'node:crypto';
import { types } from 'node:util';
import type { CryptoKey, JWK } from 'jose';
import { ConfigurationError } from '../errors/configuration.error.js';
import { algorithmsOf } from './jwt-algorithms.js';

/**
 * A public key: PEM text (a key or a certificate), a Node or Web Crypto key, or a JSON Web Key.
 *
 * @publicApi
 */
export type JwtPublicKey = string | KeyObject | CryptoKey | JWK;

/** A public key that is fit to check signatures. */
export interface VerificationKey {
  readonly key: KeyObject;
  /** The algorithms it may serve. */
  readonly algorithms: readonly string[];
  /** The one it says it is for. */
  readonly algorithm: string | undefined;
}

/** Reads a public key; a private, secret, weak or unsuitable one is refused. */
export function importPublicKey(input: JwtPublicKey): VerificationKey {
  const key = toKeyObject(input);
  if (key.type !== 'public') throw new ConfigurationError(`A ${key.type} key is not a public key`);
  const algorithms = algorithmsOf(key);
  if (algorithms.length === 0) {
    throw new ConfigurationError('A key must be RSA (2048 bits or more), P-256/384/521 or Ed25519');
  }
  const algorithm = declaredAlgorithm(input);
  if (algorithm !== undefined && !algorithms.includes(algorithm)) {
    throw new ConfigurationError(`A key cannot be for ${algorithm}`);
  }
  return { key, algorithms: algorithm === undefined ? algorithms : [algorithm], algorithm };
}

function toKeyObject(input: JwtPublicKey): KeyObject {
  if (input instanceof KeyObject) return input;
  if (types.isCryptoKey(input)) return KeyObject.from(input);
  try {
    // From a private key createPublicKey would derive the public one: keep such secrets out instead.
    if (typeof input === 'string' && !input.includes('PRIVATE KEY'))
      return createPublicKey(input.trim());
    if (isPublicJwk(input)) return createPublicKey({ key: input, format: 'jwk' });
  } catch (cause) {
    throw new ConfigurationError('A key cannot be read', { cause });
  }
  throw new ConfigurationError('A key must be a public key for signatures');
}

/** Whether it is no secret, and meant for signatures as far as it says. */
function isPublicJwk(input: unknown): input is JWK & webcrypto.JsonWebKey {
  if (typeof input !== 'object' || input === null) return false;
  const { d, use = 'sig', key_ops: operations = ['verify'] } = input as JWK;
  if (d !== undefined || use !== 'sig') return false;
  return Array.isArray(operations) && operations.includes('verify');
}

function declaredAlgorithm(input: JwtPublicKey): string | undefined {
  if (typeof input === 'string' || input instanceof KeyObject) return undefined;
  if (!types.isCryptoKey(input)) return (input as JWK).alg;
  const { name, hash } = input.algorithm as webcrypto.RsaHashedKeyAlgorithm;
  const family = { 'RSASSA-PKCS1-v1_5': 'RS', 'RSA-PSS': 'PS' }[name];
  return family && `${family}${hash.name.slice('SHA-'.length)}`;
}

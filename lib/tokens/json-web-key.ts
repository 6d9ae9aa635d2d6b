import { createPublicKey, KeyObject, type webcrypto } from 'node:crypto';
import { types } from 'node:util';
import type { CryptoKey, JWK } from 'jose';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isOfSmallOrder, isSoundRsa } from './weak-keys.js';

/**
 * A public key: PEM text (a key or a certificate), a Node or Web Crypto key, or a JSON Web Key.
 *
 * @publicApi
 */
export type JwtPublicKey = string | KeyObject | CryptoKey | JWK;

/** A public key that is fit to verify signatures. */
export interface VerificationKey {
  readonly key: KeyObject;
  /** The algorithms that it may be used with. */
  readonly algorithms: readonly string[];
  /** The algorithm that the key itself names, if any. */
  readonly algorithm: string | undefined;
}

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EDDSA = ['EdDSA', 'Ed25519'];
const BY_CURVE: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** Every algorithm whose verification needs no secret. */
export const ASYMMETRIC: readonly string[] = [...RSA, ...Object.values(BY_CURVE), ...EDDSA];

/** Web Crypto's parameters for each algorithm; an imported key is for one of them only. */
const IMPORT: Readonly<Record<string, object>> = Object.fromEntries([
  ...RSA.map((alg) => {
    const name = alg.startsWith('RS') ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS';
    return [alg, { name, hash: `SHA-${alg.slice(2)}` }];
  }),
  ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }],
  ['ES384', { name: 'ECDSA', namedCurve: 'P-384' }],
  ['ES512', { name: 'ECDSA', namedCurve: 'P-521' }],
  ...EDDSA.map((alg) => [alg, { name: 'Ed25519' }]),
]);

/** Reads a public key; a private, secret, weak or unsuitable one is refused. */
export function readPublicKey(input: JwtPublicKey): VerificationKey {
  const key = toKeyObject(input);
  if (key.type !== 'public') throw new ConfigurationError(`A ${key.type} key is not a public key`);
  const algorithms = algorithmsOf(key);
  const algorithm = declaredAlgorithm(input);
  if (algorithm !== undefined && !algorithms.includes(algorithm)) {
    throw new ConfigurationError('A key cannot be for the algorithm that it names');
  }
  return { key, algorithms: algorithm === undefined ? algorithms : [algorithm], algorithm };
}

/** Imports a key for one of its algorithms; `jose` would import it again for each token. */
export function importKey(key: KeyObject, algorithm: string): Promise<CryptoKey> {
  const spki = key.export({ type: 'spki', format: 'der' });
  const how = IMPORT[algorithm] as webcrypto.AlgorithmIdentifier;
  return crypto.subtle.importKey('spki', spki, how, true, ['verify']);
}

/** Every private or secret parameter of any type of key (RFC 7518, section 6; RFC 8037). */
const SECRET_PARAMETERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** Whether a JSON Web Key has a private or secret parameter. */
export function isSecretJwk(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  return SECRET_PARAMETERS.some((parameter) => Object.hasOwn(key, parameter));
}

function toKeyObject(input: JwtPublicKey): KeyObject {
  if (input instanceof KeyObject) return input;
  if (types.isCryptoKey(input)) {
    if (input.usages.includes('verify')) return KeyObject.from(input);
    throw new ConfigurationError('A CryptoKey must be a public key with the usage verify');
  }
  try {
    // createPublicKey would accept a private key and derive the public one: such secrets do not belong here.
    if (typeof input === 'string' && !input.includes('PRIVATE KEY'))
      return createPublicKey(input.trim());
    if (isPublicJwk(input)) return createPublicKey({ key: input, format: 'jwk' });
  } catch {
    // The reason may quote the key.
    throw new ConfigurationError('A key cannot be read');
  }
  throw new ConfigurationError('A key must be a public key for signatures');
}

/** Whether a JSON Web Key has no secret and, by its `use` and `key_ops`, may verify signatures. */
function isPublicJwk(input: unknown): input is JWK & webcrypto.JsonWebKey {
  if (typeof input !== 'object' || input === null || isSecretJwk(input)) return false;
  const { use = 'sig', key_ops: operations = ['verify'] } = input as JWK;
  return use === 'sig' && Array.isArray(operations) && operations.includes('verify');
}

/** The algorithms that a public key may be used with; refuses weak keys, and types that are not for signatures. */
function algorithmsOf(key: KeyObject): readonly string[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const curve = type === 'ec' ? BY_CURVE[details?.namedCurve ?? ''] : undefined;
  if (curve !== undefined) return [curve];
  if (type === 'rsa') {
    if (isSoundRsa(key)) return RSA;
    throw new ConfigurationError(
      'An RSA key must have 2048 to 16384 bits, an odd exponent over 2, and no small factor',
    );
  }
  if (type === 'ed25519') {
    if (!isOfSmallOrder(key)) return EDDSA;
    throw new ConfigurationError('An Ed25519 key of small order proves nothing');
  }
  throw new ConfigurationError('A key must be RSA (2048 bits or more), P-256/384/521 or Ed25519');
}

/** JOSE's prefix for each of Web Crypto's RSA algorithms. */
const FAMILIES: Readonly<Record<string, string>> = { 'RSASSA-PKCS1-v1_5': 'RS', 'RSA-PSS': 'PS' };

function declaredAlgorithm(input: JwtPublicKey): string | undefined {
  if (typeof input === 'string' || input instanceof KeyObject) return undefined;
  if (!types.isCryptoKey(input)) return (input as JWK).alg;
  const { name, hash } = input.algorithm as webcrypto.RsaHashedKeyAlgorithm;
  const family = FAMILIES[name];
  return family && `${family}${hash.name.slice('SHA-'.length)}`;
}

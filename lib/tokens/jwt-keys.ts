import type { CryptoKey, JSONWebKeySet } from 'jose';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { JwsKeys } from './compact-jws.js';
import {
  ASYMMETRIC,
  importKey,
  isSecretJwk,
  type JwtPublicKey,
  readPublicKey,
  type VerificationKey,
} from './json-web-key.js';
import { KeySet, logLeftOut, readKeySet, reasonsOf } from './json-web-key-set.js';
import { type JwtSecret, readSecret } from './jwt-secret.js';
import { assertTexts, listOf } from './option-checks.js';

/** The keys and algorithms of a `JwtVerifier`: the configuration chooses them, never the token. */
export interface JwtKeys extends JwsKeys {
  /** Grows when keys that may have been used are replaced. */
  readonly revision: number;
  /** Whether the keys are recent: where they are not, one may have been withdrawn. */
  isCurrent(): boolean;
}

/** Keys that never change. */
class FixedKeys implements JwtKeys {
  readonly revision = 0;
  /** Once they are imported. */
  ready: Required<Pick<JwsKeys, 'known' | 'note'>> | undefined;

  constructor(
    readonly algorithms: readonly string[],
    readonly find: JwtKeys['find'],
  ) {}

  isCurrent(): boolean {
    return true;
  }

  known(header: string): CryptoKey | undefined {
    return this.ready?.known(header);
  }

  note(header: string, key: CryptoKey): void {
    this.ready?.note(header, key);
  }
}

/** Each HMAC algorithm with the bytes its key must have at least (RFC 7518, section 3.2). */
const HMAC: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** A shared secret, for HMAC and nothing else. */
export function secretKeys(secret: JwtSecret, asked: readonly string[] | undefined): JwtKeys {
  const algorithms = chooseAlgorithms(asked, Object.keys(HMAC), ['HS256']);
  const bytes = readSecret(secret);
  for (const algorithm of algorithms) {
    if (bytes.byteLength < HMAC[algorithm]!) {
      throw new ConfigurationError(
        `JwtVerifier: a secret for ${algorithm} must have ${HMAC[algorithm]} bytes or more`,
      );
    }
  }
  return fixedKeys(algorithms, (algorithm) => {
    const hmac = { name: 'HMAC', hash: `SHA-${algorithm.slice('HS'.length)}` };
    return crypto.subtle.importKey('raw', bytes, hmac, false, ['verify']);
  });
}

/** One public key. */
export function publicKeys(input: JwtPublicKey, asked: readonly string[] | undefined): JwtKeys {
  const { key, algorithms: possible, algorithm } = readGivenKey(input);
  const byDefault =
    algorithm === undefined && key.asymmetricKeyType === 'rsa' ? ['RS256'] : possible;
  const algorithms = chooseAlgorithms(asked, possible, byDefault);
  // EdDSA and Ed25519 are two names of one algorithm.
  const isOne = algorithms.length === 1 || key.asymmetricKeyType === 'ed25519';
  return fixedKeys(algorithms, (each) => importKey(key, each), isOne);
}

/** Reads the application's own key: its error names the factory, unlike those of the keys of sets and of proofs. */
function readGivenKey(input: JwtPublicKey): VerificationKey {
  try {
    return readPublicKey(input);
  } catch (error) {
    throw new ConfigurationError(`JwtVerifier.fromKey(): ${(error as Error).message}`);
  }
}

/** Imports the key once for each algorithm: `jose` would import it for each token, a quarter of the work of HS256. */
function fixedKeys(
  algorithms: readonly string[],
  importFor: (algorithm: string) => Promise<CryptoKey>,
  isOne = algorithms.length === 1,
): JwtKeys {
  const keys = new Map<unknown, Promise<readonly CryptoKey[]>>();
  const fixed = new FixedKeys(algorithms, ({ alg }) => keys.get(alg) ?? []);
  for (const algorithm of algorithms) {
    const imported = importFor(algorithm).then((key) => {
      if (isOne) fixed.ready = { known: () => key, note: () => undefined };
      return [key];
    });
    // A key that the platform refuses fails the tokens that need it; until then nothing awaits the import.
    imported.catch(() => undefined);
    keys.set(algorithm, imported);
  }
  return fixed;
}

/** Several public keys, chosen by `kid` and `alg`. */
export function keySetKeys(jwks: JSONWebKeySet, asked: readonly string[] | undefined): JwtKeys {
  const algorithms = chooseAlgorithms(asked, ASYMMETRIC, ASYMMETRIC);
  const keys: unknown = jwks?.keys;
  if (Array.isArray(keys) && keys.some(isSecretJwk)) {
    throw new ConfigurationError(
      'JwtVerifier: a JSON Web Key Set must hold no private or secret key',
    );
  }
  const { usable, leftOut } = readKeySet({ keys: keys ?? [] }, algorithms);
  if (usable.length === 0) {
    throw new ConfigurationError(
      `JwtVerifier: a JSON Web Key Set must have keys for signatures${reasonsOf(leftOut)}`,
    );
  }
  logLeftOut('The key set', leftOut);
  const importing = KeySet.of(usable);
  const fixed = new FixedKeys(algorithms, (header) => importing.then((set) => set.find(header)));
  importing.then(
    (set) => (fixed.ready = set),
    () => undefined,
  );
  return fixed;
}

/** The configured algorithms, or the default; refuses those that the keys cannot be used with. */
export function chooseAlgorithms(
  asked: readonly string[] | undefined,
  possible: readonly string[],
  byDefault: readonly string[],
): readonly string[] {
  if (asked === undefined) return byDefault;
  assertTexts('JwtVerifier: algorithms', asked);
  const algorithms = listOf(asked);
  const impossible = algorithms.find((algorithm) => !possible.includes(algorithm));
  if (impossible === undefined) return algorithms;
  throw new ConfigurationError(
    `JwtVerifier: algorithms must be among ${possible.join(', ')}; ${impossible} is not`,
  );
}

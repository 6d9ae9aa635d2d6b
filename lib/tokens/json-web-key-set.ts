import { Logger } from '@nestjs/common';
import type { CompactJWSHeaderParameters, CryptoKey, JWK } from 'jose';
import { importKey, readPublicKey, type VerificationKey } from './json-web-key.js';
import { quote } from './quote.js';

/** A key of a set that can be used. */
export interface UsableKey extends VerificationKey {
  readonly kid: unknown;
}

/** The keys of a set, read but not imported. */
export interface ReadKeySet {
  readonly usable: readonly UsableKey[];
  /** Why each of the others is left out; only the first of many. */
  readonly leftOut: readonly string[];
}

/** A key set must not be able to fill the log. */
const MOST_REASONS = 20;

/** How many keys are read, at most, for each that may be used: a set may hold 100,000 useless ones. */
const LOOKED_AT = 10;

/**
 * Reads the keys of a set that can verify signatures by one of the algorithms. A key that cannot is left out and does
 * not spoil the set; so are keys beyond `most`.
 *
 * @see [RFC 7517, section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)
 */
export function readKeySet(
  json: unknown,
  algorithms: readonly string[],
  most = Infinity,
): ReadKeySet {
  const keys = (json as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new Error('A JSON Web Key Set must have a list of keys');
  const usable: UsableKey[] = [];
  const leftOut: string[] = [];
  const read = most * LOOKED_AT;
  for (const [index, key] of keys.entries()) {
    if (usable.length === most || index === read) break;
    try {
      usable.push(readKey(key, algorithms));
    } catch (error) {
      if (leftOut.length === MOST_REASONS) continue;
      leftOut.push(`${nameOf(key, index)}: ${(error as Error).message}`);
    }
  }
  const unsaid = keys.length - usable.length - leftOut.length;
  const why = usable.length < most && keys.length > read ? onlyFirst(read) : '';
  if (unsaid > 0) leftOut.push(`${unsaid} more${why}`);
  return { usable, leftOut };
}

const onlyFirst = (read: number) => `, as only the first ${read} keys of the set are read`;

/** The reasons in parentheses, for the end of an error message. */
export function reasonsOf(leftOut: readonly string[]): string {
  return leftOut.length === 0 ? '' : ` (${leftOut.join('; ')})`;
}

/** Logs which keys of a set cannot be used. */
export function logLeftOut(set: string, leftOut: readonly string[]): void {
  if (leftOut.length === 0) return;
  new Logger('JwtVerifier').log(`${set} has keys that are left out: ${leftOut.join('; ')}`);
}

function readKey(json: unknown, accepted: readonly string[]): UsableKey {
  if (typeof json !== 'object' || json === null) throw new Error('A key must be an object');
  const { key, algorithm, algorithms } = readPublicKey(json as JWK);
  const wanted = algorithms.filter((each) => accepted.includes(each));
  if (wanted.length === 0) throw new Error('A key is for no algorithm that is accepted');
  return { key, algorithm, algorithms: wanted, kid: (json as JWK).kid };
}

function nameOf(key: unknown, index: number): string {
  const kid = (key as JWK | null)?.kid;
  return typeof kid === 'string' ? quote(kid, 100) : `key ${index + 1}`;
}

interface ReadyKey {
  readonly kid: unknown;
  readonly byAlgorithm: ReadonlyMap<string, CryptoKey>;
}

/** More headers than an issuer's tokens have. */
const MOST_HEADERS = 16;

/** Imported public keys, so that no import can fail during a request. */
export class KeySet {
  /** The keys of good tokens, by the tokens' headers: nearly all tokens of an issuer have the same one. */
  private readonly byHeader = new Map<string, CryptoKey>();

  private constructor(
    private readonly keys: readonly ReadyKey[],
    private readonly mostFound: number,
  ) {}

  static async of(keys: readonly UsableKey[], mostFound = Infinity): Promise<KeySet> {
    return new KeySet(await Promise.all(keys.map(makeReady)), mostFound);
  }

  /** Whether none of the keys can be used with any algorithm. */
  get isEmpty(): boolean {
    return this.keys.every(({ byAlgorithm }) => byAlgorithm.size === 0);
  }

  /** The key that a good token with this header was signed with. */
  known(header: string): CryptoKey | undefined {
    return this.byHeader.get(header);
  }

  /** Notes by which key a good token with a header was signed, unless it is a key of an earlier set. */
  note(header: string, key: CryptoKey): void {
    if (this.byHeader.size === MOST_HEADERS) return;
    const isOwn = this.keys.some(({ byAlgorithm }) => [...byAlgorithm.values()].includes(key));
    if (isOwn) this.byHeader.set(header, key);
  }

  /** The keys that may have signed a token, by its `alg` and, where it names one, its `kid`; at most `mostFound`. */
  find({ alg, kid }: CompactJWSHeaderParameters): readonly CryptoKey[] {
    const found: CryptoKey[] = [];
    for (const key of this.keys) {
      if (found.length === this.mostFound) break;
      const ready = key.byAlgorithm.get(alg);
      if (ready !== undefined && (kid === undefined || isNamed(key, kid))) found.push(ready);
    }
    return found;
  }
}

function isNamed(key: ReadyKey, kid: unknown): boolean {
  return typeof kid === 'string' && key.kid === kid;
}

/** Imports a key for each of its algorithms but those for which the platform refuses it. */
async function makeReady({ kid, key, algorithms }: UsableKey): Promise<ReadyKey> {
  const byAlgorithm = new Map<string, CryptoKey>();
  for (const algorithm of algorithms) {
    const ready = await importKey(key, algorithm).catch(() => undefined);
    if (ready !== undefined) byAlgorithm.set(algorithm, ready);
  }
  return { kid, byAlgorithm };
}

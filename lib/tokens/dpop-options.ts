import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../errors/known-options.js';
import { SignedNonces } from '../protocol/signed-nonces.js';
import type { Store } from '../stores/store.js';
import { normalizeUri } from './dpop-proof.js';
import { ASYMMETRIC } from './json-web-key.js';

/**
 * Nonces of the server that DPoP proofs must carry.
 *
 * @publicApi
 */
export interface DpopNonceOptions {
  /** At least 32 random bytes, the same for all instances of the application. */
  readonly secret: Uint8Array;
  /** How long a nonce may be used, in seconds. Default: 300. */
  readonly lifetime?: number;
}

/**
 * Options of `DpopVerifier`.
 *
 * @publicApi
 */
export interface DpopVerifierOptions {
  /** The public URL of the application, with the path that a proxy strips, such as `https://api.example.org/v1`. */
  readonly baseUrl: string;
  /**
   * Where used proofs are remembered; all instances of the application must share it.
   *
   * It holds an entry for each request of the last `maxAge` + 2 * `clockTolerance` + 1 seconds: at 200 requests a
   * second some 14,000. While it is full, further requests are refused with 503.
   */
  readonly store: Store;
  /**
   * The most proofs of one key that this instance remembers at a time, so that no client can fill the store for all.
   * Further ones are refused with 429. Default: 10 000, some 140 requests a second.
   */
  readonly maxProofsPerKey?: number;
  /** The signature algorithms of proofs. Default: `['ES256', 'PS256']`. */
  readonly algorithms?: readonly string[];
  /** How old a proof may be, in seconds. Default: 60. */
  readonly maxAge?: number;
  /** How far ahead the clock of a client may be, in seconds. Default: 5. */
  readonly clockTolerance?: number;
  /** Requires proofs to carry a nonce of the server. Default: not required. */
  readonly nonce?: DpopNonceOptions;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

/** The options, checked. */
export interface DpopSettings {
  readonly baseUrl: string;
  readonly store: Store;
  readonly maxProofsPerKey: number;
  readonly algorithms: readonly string[];
  readonly maxAge: number;
  readonly clockTolerance: number;
  readonly nonces: DpopNonces | undefined;
  readonly clock: () => number;
}

const OPTIONS = {
  baseUrl: true,
  store: true,
  maxProofsPerKey: true,
  algorithms: true,
  maxAge: true,
  clockTolerance: true,
  nonce: true,
  clock: true,
} satisfies OptionNames<DpopVerifierOptions>;

const NONCE_OPTIONS = { secret: true, lifetime: true } satisfies OptionNames<DpopNonceOptions>;

/** Fills in the defaults and refuses what could not work. */
export function dpopSettings(options: DpopVerifierOptions): DpopSettings {
  assertKnownOptions('DpopVerifier', options, OPTIONS);
  const { algorithms = ['ES256', 'PS256'], maxAge = 60, clockTolerance = 5 } = options;
  const { maxProofsPerKey = 10_000 } = options;
  if (!areAsymmetric(algorithms)) {
    throw new ConfigurationError('DpopVerifier: algorithms must be asymmetric, such as "ES256"');
  }
  if (!Number.isFinite(maxAge) || maxAge <= 0) {
    throw new ConfigurationError('DpopVerifier: maxAge must be a positive number of seconds');
  }
  if (!Number.isFinite(clockTolerance) || clockTolerance < 0) {
    throw new ConfigurationError('DpopVerifier: clockTolerance must not be negative');
  }
  if (!Number.isSafeInteger(maxProofsPerKey) || maxProofsPerKey <= 0) {
    throw new ConfigurationError('DpopVerifier: maxProofsPerKey must be a positive integer');
  }
  if (typeof (options.store as Partial<Store> | null)?.addIfAbsent !== 'function') {
    throw new ConfigurationError('DpopVerifier: store is needed to refuse proofs used before');
  }
  return {
    baseUrl: readBaseUrl(options.baseUrl),
    store: options.store,
    maxProofsPerKey,
    algorithms: [...algorithms],
    maxAge,
    clockTolerance,
    nonces: noncesOf(options.nonce, clockTolerance),
    clock: readClock(options.clock),
  };
}

function readClock(clock: unknown = Date.now): () => number {
  if (typeof clock === 'function' && Number.isFinite(clock())) return clock as () => number;
  throw new ConfigurationError(
    'DpopVerifier: clock must be a function that returns milliseconds since the epoch',
  );
}

function areAsymmetric(algorithms: unknown): boolean {
  if (!Array.isArray(algorithms) || algorithms.length === 0) return false;
  return algorithms.every((algorithm) => ASYMMETRIC.includes(algorithm as string));
}

function readBaseUrl(baseUrl: string): string {
  const normal = /[?#]/.test(baseUrl) ? undefined : normalizeUri(baseUrl);
  if (normal === undefined) {
    throw new ConfigurationError(
      'DpopVerifier: baseUrl must be the public http(s) URL, without user, query and fragment',
    );
  }
  return normal.replace(/\/$/, '');
}

function noncesOf(
  options: DpopNonceOptions | undefined,
  clockTolerance: number,
): DpopNonces | undefined {
  if (options === undefined) return undefined;
  assertKnownOptions('DpopVerifier: nonce', options, NONCE_OPTIONS);
  try {
    return new DpopNonces(options, clockTolerance);
  } catch (cause) {
    throw new ConfigurationError(
      'DpopVerifier: nonce needs a secret of 32 bytes and a positive lifetime',
      { cause },
    );
  }
}

/**
 * Issues and checks the nonces of DPoP proofs. They are signed, so that none has to be remembered.
 *
 * The instance that issued a nonce may have a clock that is ahead of that of the one that checks it.
 *
 * @throws TypeError when the secret is short or the lifetime not positive.
 * @see [RFC 9449, section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)
 */
export class DpopNonces {
  readonly #nonces: SignedNonces;
  readonly #tolerance: number;

  constructor({ secret, lifetime = 300 }: DpopNonceOptions, clockTolerance: number) {
    if (!(secret instanceof Uint8Array)) throw new TypeError('The secret of nonces is bytes');
    if (!(lifetime > 0)) throw new TypeError('The lifetime of a nonce is a positive number');
    const space = 'DPoP-Nonce';
    this.#nonces = new SignedNonces({
      secret,
      lifetime: lifetime + clockTolerance,
      space,
      clockTolerance: 0, // `accepts` adds that of the verifier.
    });
    this.#tolerance = clockTolerance * 1000;
  }

  /** Makes a nonce; `now` is in milliseconds. */
  issue(now: number): string {
    return this.#nonces.issue(now);
  }

  accepts(nonce: unknown, now: number): boolean {
    return (
      typeof nonce === 'string' && this.#nonces.check(nonce, now + this.#tolerance) === 'valid'
    );
  }
}

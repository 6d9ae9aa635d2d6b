import { ConfigurationError } from '../errors/configuration.error.js';
import type { Store } from '../stores/store.js';
import { type DpopNonceOptions, DpopNonces } from './dpop-nonces.js';
import { normalizeUri } from './dpop-target-uri.js';

/**
 * Options of `DpopVerifier`.
 *
 * @publicApi
 */
export interface DpopVerifierOptions {
  /** The public URL of the application, with the path that a proxy strips, such as `https://api.example.org/v1`. */
  readonly baseUrl: string;
  /** Where used proofs are remembered; shared by all instances of the application. */
  readonly store: Store;
  /** The signature algorithms of proofs. Default: `['ES256', 'PS256']`. */
  readonly algorithms?: readonly string[];
  /** How old a proof may be, in seconds. Default: 60. */
  readonly maxAge?: number;
  /** How far ahead the clock of a client may be, in seconds. Default: 5. */
  readonly clockTolerance?: number;
  /** Makes proofs carry a nonce of the server. Default: they need none. */
  readonly nonce?: DpopNonceOptions;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

/** The options, checked. */
export interface DpopSettings {
  readonly baseUrl: string;
  readonly store: Store;
  readonly algorithms: readonly string[];
  readonly maxAge: number;
  readonly clockTolerance: number;
  readonly nonces: DpopNonces | undefined;
  readonly clock: () => number;
}

const ASYMMETRIC = /^(?:(?:ES|PS|RS)(?:256|384|512)|EdDSA|Ed25519)$/;

/** Fills in the defaults and refuses what could not work. */
export function dpopSettings(options: DpopVerifierOptions): DpopSettings {
  const { algorithms = ['ES256', 'PS256'], maxAge = 60, clockTolerance = 5 } = options;
  if (algorithms.length === 0 || !algorithms.every((algorithm) => ASYMMETRIC.test(algorithm))) {
    throw new ConfigurationError('DpopVerifier: algorithms must be asymmetric, such as "ES256"');
  }
  if (!Number.isFinite(maxAge) || maxAge <= 0) {
    throw new ConfigurationError('DpopVerifier: maxAge must be a positive number of seconds');
  }
  if (!Number.isFinite(clockTolerance) || clockTolerance < 0) {
    throw new ConfigurationError('DpopVerifier: clockTolerance must not be negative');
  }
  if (options.store === undefined) {
    throw new ConfigurationError('DpopVerifier: store is needed to refuse proofs used before');
  }
  return {
    baseUrl: requireBaseUrl(options.baseUrl),
    store: options.store,
    algorithms: [...algorithms],
    maxAge,
    clockTolerance,
    nonces: noncesOf(options.nonce),
    clock: options.clock ?? Date.now,
  };
}

function requireBaseUrl(baseUrl: string): string {
  const normal = /[?#]/.test(baseUrl) ? undefined : normalizeUri(baseUrl);
  if (normal === undefined) {
    throw new ConfigurationError(
      'DpopVerifier: baseUrl must be the public http(s) URL, without user, query and fragment',
    );
  }
  return normal.replace(/\/$/, '');
}

function noncesOf(options: DpopNonceOptions | undefined): DpopNonces | undefined {
  try {
    return options && new DpopNonces(options);
  } catch (cause) {
    throw new ConfigurationError(
      'DpopVerifier: nonce needs a secret of 32 bytes and a positive lifetime',
      { cause },
    );
  }
}

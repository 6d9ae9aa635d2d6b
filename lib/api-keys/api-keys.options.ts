import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../errors/known-options.js';
import type { APIKeyStore } from './api-key-store.js';

/**
 * Options of `APIKeys`.
 *
 * @publicApi
 */
export interface APIKeysOptions {
  /**
   * What every key begins with: letters, digits and single `_`, such as `shop_live`. It shows which application issued
   * the key.
   */
  readonly prefix: string;
  readonly store: APIKeyStore;
  /** The lifetime of keys that are issued without `expiresIn`, in seconds. Default: they never expire. */
  readonly lifetime?: number;
  /**
   * The least time between two updates of a key's `lastUsedAt`, in seconds. `Infinity`: it is never stored. Default:
   * 60.
   */
  readonly touchInterval?: number;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

const OPTIONS = {
  prefix: true,
  store: true,
  lifetime: true,
  touchInterval: true,
  clock: true,
} satisfies OptionNames<APIKeysOptions>;

/**
 * What a new API key is for.
 *
 * @publicApi
 */
export interface NewAPIKey {
  readonly owner: string;
  /** Default: empty. */
  readonly name?: string;
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** In seconds. Default: `lifetime` of the options. */
  readonly expiresIn?: number;
}

const OF_NEW_KEYS = {
  owner: true,
  name: true,
  scopes: true,
  expiresIn: true,
} satisfies OptionNames<NewAPIKey>;

const METHODS = ['find', 'insert', 'revoke', 'touch'] as const satisfies (keyof APIKeyStore)[];

/** @throws ConfigurationError naming the option that is wrong. */
export function assertAPIKeysOptions(options: APIKeysOptions): void {
  assertKnownOptions('APIKeys', options, OPTIONS);
  const { prefix, lifetime, touchInterval } = options;
  if (typeof prefix !== 'string' || !/^[A-Za-z0-9]+(_[A-Za-z0-9]+)*$/.test(prefix)) {
    throw new ConfigurationError('APIKeys: prefix must be letters and digits, with single "_"');
  }
  const store = options.store as Partial<APIKeyStore> | undefined;
  if (METHODS.some((name) => typeof store?.[name] !== 'function')) {
    throw new ConfigurationError(`APIKeys: store must have ${METHODS.join(', ')}`);
  }
  assertSeconds('APIKeys: lifetime', lifetime);
  assertSeconds('APIKeys: touchInterval', touchInterval);
}

/** @throws ConfigurationError naming the member that is wrong. */
export function assertNewAPIKey(given: NewAPIKey): void {
  assertKnownOptions('APIKeys.issue()', given, OF_NEW_KEYS);
  const { owner, scopes = [], expiresIn } = given;
  if (typeof owner !== 'string' || owner === '') {
    throw new ConfigurationError('APIKeys.issue(): owner must be a string that is not empty');
  }
  if (!Array.isArray(scopes) || scopes.some((scope) => typeof scope !== 'string')) {
    throw new ConfigurationError('APIKeys.issue(): scopes must be a list of strings');
  }
  assertSeconds('APIKeys.issue(): expiresIn', expiresIn);
}

function assertSeconds(option: string, seconds: number | undefined): void {
  if (seconds === undefined || (typeof seconds === 'number' && seconds > 0)) return;
  throw new ConfigurationError(`${option} must be a positive number of seconds`);
}

import { ConfigurationError } from '../errors/configuration.error.js';
import {
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  type HTTPDigestCredentials,
} from '../protocol/digest.js';
import type { Authentication, MaybePromise, ValidationContext } from './authentication.js';
import type { SecuritySchemeOptions } from './security-scheme.js';

/**
 * Options of `HTTPDigest`.
 *
 * @publicApi
 */
export interface HTTPDigestOptions<User> extends Omit<
  SecuritySchemeOptions<HTTPDigestCredentials, User>,
  'unvalidated'
> {
  /** The protected area, which browsers show and which is hashed with the password; ASCII. Default: `Restricted`. */
  readonly realm?: string;
  /** The algorithms that clients may use; challenges ask for the first. Default: `['SHA-256']`. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /**
   * The protection that clients may choose; `auth-int` covers the body, too, and needs Nest's `rawBody: true`. Default:
   * `['auth']`.
   */
  readonly qop?: readonly DigestQop[];
  /** How long a nonce may be used, in seconds. Default: 300. */
  readonly nonceLifetime?: number;
  /**
   * The key that signs nonces, at least 32 bytes; set it where instances must accept each other's nonces. Default:
   * random.
   */
  readonly nonceSecret?: string | Uint8Array;
  /** Whether clients may send a hash of the user name instead of the name. Default: `false`. */
  readonly userhash?: boolean;
  /** Finds a user and their secret, for instances that are not subclassed. */
  readonly findUser?: FindDigestUser<User>;
}

/**
 * What a digest protects: the request line alone (`auth`), or the body as well (`auth-int`).
 *
 * @publicApi
 */
export type DigestQop = HTTPDigestCredentials['qop'];

/**
 * What `findUser` of `HTTPDigest` may look at beside the user name.
 *
 * @publicApi
 */
export interface DigestContext extends ValidationContext {
  /** The algorithm that the client used, which an `ha1` must be made with. */
  readonly algorithm: DigestAlgorithm;
  /** Whether the client sent the hash of its user name: then that is what `findUser` is given. */
  readonly userhash: boolean;
}

/**
 * A user, and the secret that a client must know to be them: a password or its hash.
 *
 * @publicApi
 */
export type DigestUser<User = unknown> = Authentication<User> & {
  /** The user name itself; needed beside `password` where `findUser` is given a hash. */
  readonly username?: string | undefined;
} & (
    | { readonly password: string; readonly ha1?: undefined }
    | {
        /** The hash of `username:realm:password`, in hexadecimal. */
        readonly ha1: string;
        readonly password?: undefined;
      }
  );

/**
 * Finds a user and their secret: `null`, `undefined` and `false` mean that there is none.
 *
 * @publicApi
 */
export type FindDigestUser<User> = (
  username: string,
  context: DigestContext,
) => MaybePromise<DigestUser<User> | null | undefined | false>;

/** The options that are checked before a nonce is issued, defaults filled in. */
export type CheckedDigestOptions = Required<
  Pick<HTTPDigestOptions<unknown>, 'realm' | 'algorithms' | 'qop' | 'nonceLifetime' | 'userhash'>
> & { readonly nonceSecret: Uint8Array | undefined };

const QOPS: readonly DigestQop[] = ['auth', 'auth-int'];
// ASCII only: clients hash the realm, and encode other characters differently.
const REALM = /^[\x20-\x7E]+$/;

/** @throws ConfigurationError naming the option that is wrong. */
export function checkDigestOptions<User>(
  schemeName: string,
  options: HTTPDigestOptions<User>,
): CheckedDigestOptions {
  const { realm = 'Restricted', nonceLifetime = 300 } = options;
  if (!REALM.test(realm)) {
    throw new ConfigurationError(
      `${schemeName}: realm must be visible ASCII characters and spaces`,
    );
  }
  if (!(Number.isFinite(nonceLifetime) && nonceLifetime > 0)) {
    throw new ConfigurationError(
      `${schemeName}: nonceLifetime must be a positive number of seconds`,
    );
  }
  return {
    realm,
    algorithms: listOf(
      `${schemeName}: algorithms`,
      DIGEST_ALGORITHMS,
      options.algorithms ?? ['SHA-256'],
    ),
    qop: listOf(`${schemeName}: qop`, QOPS, options.qop ?? ['auth']),
    nonceLifetime,
    userhash: options.userhash ?? false,
    nonceSecret: secretBytes(`${schemeName}: nonceSecret`, options.nonceSecret),
  };
}

function listOf<T extends string>(
  option: string,
  known: readonly T[],
  given: readonly T[],
): readonly T[] {
  if (given.length === 0 || given.some((name) => !known.includes(name))) {
    throw new ConfigurationError(`${option} must hold at least one of ${known.join(', ')}`);
  }
  return [...given];
}

function secretBytes(
  option: string,
  secret: string | Uint8Array | undefined,
): Uint8Array | undefined {
  const bytes = typeof secret === 'string' ? Buffer.from(secret) : secret;
  if (bytes !== undefined && bytes.byteLength < 32) {
    throw new ConfigurationError(`${option} must be at least 32 bytes`);
  }
  return bytes;
}

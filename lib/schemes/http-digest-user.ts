import type { DigestAlgorithm } from '../protocol/digest-algorithm.js';
import { digestHa1 } from '../protocol/digest-response.js';
import type { Authentication, MaybePromise, ValidationContext } from './authentication.js';

/**
 * What `findUser` of `HTTPDigest` may look at beside the user name.
 *
 * @publicApi
 */
export interface DigestContext extends ValidationContext {
  /** What the client computed its answer with: the algorithm that an `ha1` must be of. */
  readonly algorithm: DigestAlgorithm;
  /** Whether the client sent the hash of its user name: then that is what `findUser` is given. */
  readonly userhash: boolean;
}

interface DigestIdentity<User> extends Authentication<User> {
  /** The user name itself; needed beside `password` where `findUser` is given a hash. */
  readonly username?: string | undefined;
}

/**
 * A user, and the secret that a client must know to be them: a password or its hash.
 *
 * @publicApi
 */
export type DigestUser<User = unknown> = DigestIdentity<User> &
  (
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

/** What the client says, as far as the hash of a user's password depends on it. */
export interface DigestClient {
  readonly username: string;
  readonly userhash: boolean;
  readonly realm: string;
  readonly algorithm: DigestAlgorithm;
}

const HEXADECIMAL = /^[0-9a-f]+$/;

/**
 * Works out the RFC's H(A1) of a user; a password, a stored hash and no user at all take the same work.
 *
 * @throws TypeError when the user's secret cannot be used, which no client is to blame for.
 */
export function ha1Of(found: DigestUser | undefined, client: DigestClient): string {
  const username = client.userhash ? found?.username : client.username;
  const { algorithm, realm } = client;
  const password = found?.password;
  const computed = digestHa1(algorithm, {
    username: username ?? '',
    realm,
    password: password ?? '',
  });
  if (found === undefined) return computed;
  const ha1 = found.ha1?.toLowerCase();
  if (typeof password === 'string' && ha1 === undefined && username !== undefined) return computed;
  if (ha1?.length === computed.length && HEXADECIMAL.test(ha1) && password === undefined) {
    return ha1;
  }
  throw new TypeError(
    `findUser() must answer with a user's password (and username, for a userhash), or with an ha1 of ${algorithm}`,
  );
}

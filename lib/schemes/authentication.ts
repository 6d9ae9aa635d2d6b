import type { SecurityRequest } from './security-request.js';

/**
 * What `validate` answers for good credentials.
 *
 * @publicApi
 */
export interface Authentication<User = unknown> {
  /** Delivered by `@CurrentUser()` and as `request.user`; `null`, `undefined` and `false` fail the request with 500. */
  readonly user: User;
  /** The scopes these credentials grant. Default: none. */
  readonly scopes?: readonly string[] | ReadonlySet<string> | undefined;
  /**
   * When the credentials expire, in seconds since the epoch, as `exp` is: `Date.now() / 1000 + 60` is in a minute. A
   * time in milliseconds, as `Date.now()` is, fails the request with 500. Default: not known to expire.
   */
  readonly expiresAt?: number | undefined;
}

/**
 * The scopes a route requires, outermost first.
 *
 * @publicApi
 */
export interface SecurityScopes {
  readonly scopes: readonly string[];
  /** The same, joined with single spaces. */
  readonly scopeStr: string;
}

/**
 * What `validate` is given besides the credentials, and `challenge` besides the failure.
 *
 * @publicApi
 */
export interface ValidationContext extends SecurityScopes {
  /** The framework's own request. */
  readonly request: SecurityRequest;
}

/**
 * A value, or a promise of it.
 *
 * @publicApi
 */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Decides whether credentials are good: `null`, `undefined` and `false` mean 401.
 *
 * @publicApi
 */
export type Validate<Credentials, User> = (
  credentials: Credentials,
  context: ValidationContext,
) => MaybePromise<Authentication<User> | null | undefined | false>;

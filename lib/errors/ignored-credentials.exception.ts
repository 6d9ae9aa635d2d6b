import { NotAuthenticatedException } from './not-authenticated.exception.js';

/**
 * The credentials are to be treated as not sent: an optional route is anonymous, any other answers as to a request
 * without them.
 *
 * `validate` may throw it, for instance for the expired cookie of somebody who only reads. Any other refusal by
 * `validate` is 401 on optional routes too: throw this for credentials that once were good, not for wrong ones.
 *
 * @example
 * ```ts
 * import { APIKeyCookie, IgnoredCredentialsException } from 'nestjs-security';
 *
 * const sessions = new Map<string, { user: string; expiresAt: number }>();
 *
 * export const session = new APIKeyCookie<string>({
 *   schemeName: 'Session',
 *   name: 'session',
 *   validate: (id) => {
 *     const known = sessions.get(id);
 *     if (known && known.expiresAt < Date.now()) throw new IgnoredCredentialsException();
 *     return known ? { user: known.user } : null;
 *   },
 * });
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @publicApi
 */
export class IgnoredCredentialsException extends NotAuthenticatedException {}

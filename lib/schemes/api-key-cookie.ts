import { readCookie } from '../protocol/cookie-header.js';
import { APIKey, type APIKeyOptions } from './api-key.js';
import { requireToken } from './option-checks.js';
import type { SecurityRequest } from './security-request.js';

/**
 * An API key in a cookie; its credentials are the cookie's value.
 *
 * It needs no cookie middleware, sets no cookie and does not protect against cross-site request forgery:
 * set the cookie with `SameSite`.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { APIKeyCookie, type Authentication } from 'nestjs-security';
 *
 * @Injectable()
 * export class SessionCookie extends APIKeyCookie<{ name: string }> {
 *   private readonly sessions = new Map<string, { name: string }>();
 *
 *   constructor() {
 *     super({ name: 'session' });
 *   }
 *   override validate(id: string): Authentication<{ name: string }> | null {
 *     const user = this.sessions.get(id);
 *     return user ? { user } : null;
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.2
 * @throws ConfigurationError when `name` is not a cookie name.
 * @publicApi
 */
export class APIKeyCookie<User = string> extends APIKey<User> {
  protected readonly in = 'cookie';

  constructor(options: APIKeyOptions<User>) {
    super(options);
    requireToken(`${this.schemeName}: name`, options.name);
  }

  extract(request: SecurityRequest): string | undefined {
    // Several Cookie lines are one list of cookies, which Node joins.
    const cookie = Object.hasOwn(request.headers, 'cookie') ? request.headers['cookie'] : undefined;
    return this.single(readCookie(typeof cookie === 'string' ? cookie : undefined, this.name));
  }
}

import { ConfigurationError } from '../errors/configuration.error.js';
import { readCookie } from '../protocol/cookie-header.js';
import { readQueryParameter } from '../protocol/query-string.js';
import { assertToken, requireOptions } from './option-checks.js';
import { registerOptions } from './scheme-options.js';
import { readHeader, type SecurityRequest, single } from './security-request.js';
import type { APIKeySchemeObject } from './security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

/**
 * Options of the API key schemes.
 *
 * @publicApi
 */
export interface APIKeyOptions<User = string> extends SecuritySchemeOptions<string, User> {
  /** The name of the header, query parameter or cookie. */
  readonly name: string;
}

/**
 * The base of the schemes for API keys in each of three places; it is not instantiated itself.
 *
 * @publicApi
 */
export abstract class APIKey<User> extends SecurityScheme<string, User> {
  protected abstract readonly in: APIKeySchemeObject['in'];
  readonly name: string;

  constructor(options: APIKeyOptions<User>) {
    super(requireOptions(options, new.target));
    this.name = options.name;
  }

  describe(): APIKeySchemeObject {
    return this.described({ type: 'apiKey', in: this.in, name: this.name });
  }

  challenge(): string {
    return 'APIKey';
  }

  /** The only value of the parameter; an empty one counts as not sent. */
  protected onlyOf(values: readonly string[]): string | undefined {
    return single(values, `${this.in} parameter ${this.name}`) || undefined;
  }
}

/**
 * An API key in a request header; its credentials are the key.
 *
 * It does not read any other place, and does not compare keys: `validate` does.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { APIKeyHeader, type Authentication, constantTimeEqual } from 'nestjs-security';
 *
 * @Injectable()
 * export class ServiceKey extends APIKeyHeader<{ service: string }> {
 *   constructor() {
 *     super({ name: 'X-API-Key' });
 *   }
 *   override validate(key: string): Authentication<{ service: string }> | null {
 *     const expected = process.env['SERVICE_KEY'];
 *     return expected && constantTimeEqual(key, expected) ? { user: { service: 'billing' } } : null;
 *   }
 * }
 * ```
 *
 * @throws ConfigurationError when `name` is not a header name.
 * @publicApi
 */
export class APIKeyHeader<User = string> extends APIKey<User> {
  protected readonly in = 'header';
  private readonly header: string;

  constructor(options: APIKeyOptions<User>) {
    super(options);
    assertToken(`${this.schemeName}: name`, options.name);
    this.header = options.name.toLowerCase();
  }

  extract(request: SecurityRequest): string | undefined {
    return readHeader(request, this.header) || undefined;
  }
}

/**
 * An API key in the query string; its credentials are the key.
 *
 * Keys in URLs end up in logs and histories: prefer a header. It reads the request target itself, so the
 * application's query parser does not matter.
 *
 * @example
 * ```ts
 * import { APIKeyQuery, constantTimeEqual } from 'nestjs-security';
 *
 * export const feedKey = (expected: string) =>
 *   new APIKeyQuery({
 *     schemeName: 'FeedKey',
 *     name: 'api_key',
 *     validate: (key) => (constantTimeEqual(key, expected) ? { user: 'reader' } : null),
 *   });
 * ```
 *
 * @throws ConfigurationError when `name` is empty.
 * @publicApi
 */
export class APIKeyQuery<User = string> extends APIKey<User> {
  protected readonly in = 'query';

  constructor(options: APIKeyOptions<User>) {
    super(options);
    if (typeof options.name !== 'string' || options.name === '') {
      throw new ConfigurationError(
        `${this.schemeName}: name must be the name of a query parameter`,
      );
    }
  }

  extract(request: SecurityRequest): string | undefined {
    return this.onlyOf(readQueryParameter(request.url ?? '', this.name));
  }
}

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
    assertToken(`${this.schemeName}: name`, options.name);
  }

  extract(request: SecurityRequest): string | undefined {
    // Node joins several `Cookie` lines to one list of cookies.
    const cookie = Object.hasOwn(request.headers, 'cookie') ? request.headers['cookie'] : undefined;
    return this.onlyOf(readCookie(typeof cookie === 'string' ? cookie : undefined, this.name));
  }
}

for (const type of [APIKeyHeader, APIKeyQuery, APIKeyCookie]) {
  registerOptions<APIKeyOptions>(type, { name: true });
}

import { ConfigurationError } from '../errors/configuration.error.js';
import { readQueryParameter } from '../protocol/query-string.js';
import { APIKey, type APIKeyOptions } from './api-key.js';
import type { SecurityRequest } from './security-request.js';

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
    return this.single(readQueryParameter(request.url ?? '', this.name));
  }
}

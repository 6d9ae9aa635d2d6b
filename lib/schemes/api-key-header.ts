import { APIKey, type APIKeyOptions } from './api-key.js';
import { requireToken } from './option-checks.js';
import { readHeader } from './request-header.js';
import type { SecurityRequest } from './security-request.js';

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
    this.header = requireToken(`${this.schemeName}: name`, options.name).toLowerCase();
  }

  extract(request: SecurityRequest): string | undefined {
    return readHeader(request, this.header) || undefined;
  }
}

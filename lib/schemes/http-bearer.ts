import type { HTTPAuthorizationCredentials } from './authorization.js';
import { BearerScheme, type BearerOptions, readTokenByMethods } from './bearer-scheme.js';
import { registerOptions, OF_BEARERS } from './scheme-options.js';
import type { SecurityRequest } from './security-request.js';
import type { HTTPSchemeObject } from './security-scheme-object.js';

/**
 * Options of `HTTPBearer`.
 *
 * @publicApi
 */
export interface HTTPBearerOptions<User = HTTPAuthorizationCredentials> extends BearerOptions<
  HTTPAuthorizationCredentials,
  User
> {
  /** A hint for readers of the document, such as `JWT`. Default: none. */
  readonly bearerFormat?: string;
}

/**
 * A bearer token in the `Authorization` header; its credentials are the scheme as sent and the token.
 *
 * It checks the token's grammar, not the token: `validate` does. Where tokens come from an OAuth 2.0
 * flow, use `OAuth2PasswordBearer` or its siblings, so that Swagger UI can fetch one.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { type Authentication, HTTPBearer, type HTTPAuthorizationCredentials } from 'nestjs-security';
 *
 * @Injectable()
 * export class DeployToken extends HTTPBearer<{ pipeline: string }> {
 *   private readonly pipelines = new Map([['mF_9.B5f-4.1JqM', 'release']]);
 *
 *   override validate({ credentials }: HTTPAuthorizationCredentials): Authentication<{ pipeline: string }> | null {
 *     const pipeline = this.pipelines.get(credentials);
 *     return pipeline ? { user: { pipeline } } : null;
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750
 * @throws ConfigurationError when the realm cannot be sent.
 * @publicApi
 */
export class HTTPBearer<User = HTTPAuthorizationCredentials> extends BearerScheme<
  HTTPAuthorizationCredentials,
  User
> {
  private readonly bearerFormat: string | undefined;

  constructor(options: HTTPBearerOptions<User> = {}) {
    super(options);
    this.bearerFormat = options.bearerFormat;
  }

  describe(): HTTPSchemeObject {
    const { bearerFormat } = this;
    return this.described({
      type: 'http',
      scheme: 'bearer',
      ...(bearerFormat !== undefined && { bearerFormat }),
    });
  }

  extract(request: SecurityRequest): HTTPAuthorizationCredentials | undefined {
    return readTokenByMethods(request, this.bearerMethods);
  }
}

registerOptions<HTTPBearerOptions>(HTTPBearer, { ...OF_BEARERS, bearerFormat: true });

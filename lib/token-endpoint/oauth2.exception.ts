import { HttpException } from '@nestjs/common';
import { isErrorDescription } from '../protocol/bearer.js';
import { NQCHAR, NQSCHAR } from '../protocol/oauth-characters.js';

/**
 * The error codes of RFC 6749; an extension may define others, such as `authorization_pending`.
 *
 * @publicApi
 */
export type OAuth2ErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | (string & {});

/**
 * Options of `OAuth2Exception`, besides its code and description.
 *
 * @publicApi
 */
export interface OAuth2ExceptionOptions {
  /** `error_uri`: a page about the error, for the developer of the client. */
  readonly uri?: string | undefined;
  /** Default: 401 for `invalid_client`, otherwise 400. */
  readonly status?: number | undefined;
  /** The reason, for logs; it is never sent. */
  readonly cause?: unknown;
}

// error-description = 1*NQSCHAR
const NOT_DESCRIPTION = new RegExp(`[^${NQSCHAR}]`, 'gu');
// error-uri = URI-reference, of NQCHAR (RFC 6749, section 5.2)
const URI = new RegExp(`^[${NQCHAR}]+$`);

/**
 * The token endpoint refuses a request: `{ error, error_description?, error_uri? }` and nothing else.
 *
 * It does not write headers: `@TokenEndpoint()` adds `Cache-Control: no-store` and, to a 401, the
 * challenge. Characters the RFC forbids in a description become spaces, so it may hold users' text.
 *
 * @example
 * ```ts
 * import { OAuth2Exception } from 'nestjs-security/token-endpoint';
 *
 * export function requireMatch(matches: boolean): void {
 *   if (!matches) throw new OAuth2Exception('invalid_grant', 'Incorrect username or password');
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 * @throws TypeError when the code or the URI holds a character the RFC forbids.
 * @publicApi
 */
export class OAuth2Exception extends HttpException {
  /** The `error` that is sent. */
  readonly code: OAuth2ErrorCode;

  constructor(error: OAuth2ErrorCode, description?: string, options: OAuth2ExceptionOptions = {}) {
    const { uri, status = error === 'invalid_client' ? 401 : 400, cause } = options;
    if (!isErrorDescription(error))
      throw new TypeError('error is printable ASCII without " and \\');
    if (uri !== undefined && !URI.test(uri)) throw new TypeError('uri is not a URI reference');
    const body = {
      error,
      ...(description !== undefined && {
        error_description: description.replace(NOT_DESCRIPTION, ' '),
      }),
      ...(uri !== undefined && { error_uri: uri }),
    };
    super(body, status, cause === undefined ? {} : { cause });
    this.code = error;
    this.message = description ?? error;
  }
}

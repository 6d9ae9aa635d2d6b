import type { SecurityException } from '../errors/security.exception.js';
import { isScheme, parseAuthorizationHeader } from '../protocol/authorization-header.js';
import { MalformedError } from '../protocol/malformed.error.js';
import type { HTTPAuthorizationCredentials } from './authorization.js';
import { assertToken, requireOptions } from './option-checks.js';
import { registerOptions } from './scheme-options.js';
import { readHeader, type SecurityRequest } from './security-request.js';
import type { HTTPSchemeObject } from './security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

/**
 * Options of `HTTPScheme`.
 *
 * @publicApi
 */
export interface HTTPSchemeOptions<
  User = HTTPAuthorizationCredentials,
> extends SecuritySchemeOptions<HTTPAuthorizationCredentials, User> {
  /** The authentication scheme's registered name, such as `Negotiate`. */
  readonly scheme: string;
}

/**
 * Any other registered HTTP authentication scheme; its credentials are the scheme and the text after it.
 *
 * It does not know the scheme's grammar or challenge parameters: `validate` parses the text, and a
 * subclass may override `challenge`.
 *
 * @example
 * ```ts
 * import { HTTPScheme } from 'nestjs-security';
 *
 * export const negotiate = new HTTPScheme({ schemeName: 'Kerberos', scheme: 'Negotiate' });
 * ```
 *
 * @see https://www.iana.org/assignments/http-authschemes
 * @throws ConfigurationError when `scheme` is not a token.
 * @publicApi
 */
export class HTTPScheme<User = HTTPAuthorizationCredentials> extends SecurityScheme<
  HTTPAuthorizationCredentials,
  User
> {
  readonly scheme: string;

  constructor(options: HTTPSchemeOptions<User>) {
    super(requireOptions(options, new.target));
    assertToken(`${this.schemeName}: scheme`, options.scheme);
    this.scheme = options.scheme;
  }

  describe(): HTTPSchemeObject {
    return this.described({ type: 'http', scheme: this.scheme });
  }

  extract(request: SecurityRequest): HTTPAuthorizationCredentials | undefined {
    const sent = parseAuthorizationHeader(readHeader(request, 'authorization'));
    if (sent === undefined || !isScheme(sent.scheme, this.scheme)) return undefined;
    if (sent.credentials === '')
      throw new MalformedError('The scheme was sent without credentials');
    return sent;
  }

  challenge(_failure?: SecurityException): string {
    return this.scheme;
  }
}

registerOptions<HTTPSchemeOptions>(HTTPScheme, { scheme: true });

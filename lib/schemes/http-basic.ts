import type { HTTPBasicCredentials } from '../protocol/basic.js';
import { parseBasicAuthorization } from '../protocol/basic.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { assertSendable } from './option-checks.js';
import { registerOptions } from './scheme-options.js';
import { readHeader, type SecurityRequest } from './security-request.js';
import type { HTTPSchemeObject } from './security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

/**
 * Options of `HTTPBasic`.
 *
 * @publicApi
 */
export interface HTTPBasicOptions<User = HTTPBasicCredentials> extends SecuritySchemeOptions<
  HTTPBasicCredentials,
  User
> {
  /** The protected area, which browsers show. Default: `Restricted`. */
  readonly realm?: string;
  /** The encoding announced to clients; credentials are read as UTF-8 either way. `null` leaves it out. Default: `UTF-8`. */
  readonly charset?: 'UTF-8' | null;
}

/**
 * A user name and a password in the `Authorization` header.
 *
 * It reads strict base64 and UTF-8, and does not normalise Unicode. It compares nothing: `validate` does.
 *
 * @example
 * ```ts
 * import { Inject, Injectable } from '@nestjs/common';
 * import { type Authentication, HTTPBasic, type HTTPBasicCredentials } from 'nestjs-security';
 *
 * interface Accounts {
 *   check(username: string, password: string): Promise<boolean>;
 * }
 *
 * @Injectable()
 * export class Operator extends HTTPBasic<{ name: string }> {
 *   constructor(@Inject('ACCOUNTS') private readonly accounts: Accounts) {
 *     super({ realm: 'Operations' });
 *   }
 *   override async validate({ username, password }: HTTPBasicCredentials): Promise<Authentication<{ name: string }> | null> {
 *     return (await this.accounts.check(username, password)) ? { user: { name: username } } : null;
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 * @throws ConfigurationError when the realm cannot be sent.
 * @publicApi
 */
export class HTTPBasic<User = HTTPBasicCredentials> extends SecurityScheme<
  HTTPBasicCredentials,
  User
> {
  private readonly wwwAuthenticate: string;

  constructor(options: HTTPBasicOptions<User> = {}) {
    super(options);
    const { realm = 'Restricted', charset = 'UTF-8' } = options;
    this.wwwAuthenticate = assertSendable(`${this.schemeName}: realm`, () =>
      serializeChallenge('Basic', { realm, charset: charset ?? undefined }),
    );
  }

  describe(): HTTPSchemeObject {
    return this.described({ type: 'http', scheme: 'basic' });
  }

  extract(request: SecurityRequest): HTTPBasicCredentials | undefined {
    const value = readHeader(request, 'authorization');
    return value === undefined ? undefined : parseBasicAuthorization(value);
  }

  challenge(): string {
    return this.wwwAuthenticate;
  }
}

registerOptions<HTTPBasicOptions>(HTTPBasic, { realm: true, charset: true });

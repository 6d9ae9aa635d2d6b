import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import { type HTTPDigestCredentials, parseDigestCredentials } from '../protocol/digest.js';
import { digestResponse } from '../protocol/digest-response.js';
import type { Authentication, MaybePromise, ValidationContext } from './authentication.js';
import { readAuthorization } from './authorization.js';
import { checkDigestOptions, type HTTPDigestOptions } from './http-digest-options.js';
import { NO_BODY, rawBody, requestTarget } from './http-digest-request.js';
import { DigestSpace } from './http-digest-space.js';
import { type DigestContext, type DigestUser, ha1Of } from './http-digest-user.js';
import type { SecurityRequest } from './security-request.js';
import type { HTTPSchemeObject } from './security-scheme-object.js';
import { SecurityScheme } from './security-scheme.js';

export type { HTTPDigestOptions } from './http-digest-options.js';

/**
 * Digest access authentication, verified: the client proves that it knows the password without sending it.
 *
 * It checks realm, algorithm, `qop`, `opaque`, `uri`, nonce and nonce count (`nc`), and the digest; `findUser`
 * supplies the secret. A scheme that defines `validate` in its place gets the parsed answer, and verifies it all
 * itself. A count is taken once per nonce by one instance: instances that share `nonceSecret`
 * do not see each other's. It does not answer with `Authentication-Info`. Digest protects no better than
 * Basic once TLS is in place; prefer bearer tokens.
 *
 * @example
 * ```ts
 * import { Inject, Injectable } from '@nestjs/common';
 * import { HTTPDigest } from 'nestjs-security';
 *
 * interface Accounts {
 *   find(username: string): Promise<{ name: string; ha1: string } | null>;
 * }
 *
 * @Injectable()
 * export class Operator extends HTTPDigest<{ name: string }> {
 *   constructor(@Inject('ACCOUNTS') private readonly accounts: Accounts) {
 *     super({ realm: 'Operations' });
 *   }
 *   protected override async findUser(username: string) {
 *     const account = await this.accounts.find(username);
 *     return account && { user: { name: account.name }, ha1: account.ha1 };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc7616
 * @throws ConfigurationError without `findUser` or `validate`, with both, or when an option is wrong.
 * @publicApi
 */
export class HTTPDigest<User = unknown> extends SecurityScheme<HTTPDigestCredentials, User> {
  readonly realm: string;
  readonly #space: DigestSpace;

  constructor(options: HTTPDigestOptions<User> = {}) {
    super(options);
    const checked = checkDigestOptions(this.schemeName, options);
    this.realm = checked.realm;
    this.#space = new DigestSpace(new.target, this.schemeName, checked);
    if (this.findUser !== undefined && options.findUser !== undefined) {
      throw new ConfigurationError(
        `${this.schemeName} defines findUser() and is given the option findUser: keep one of them`,
      );
    }
    if (options.findUser !== undefined) this.findUser = options.findUser;
    if ((typeof this.findUser === 'function') === (this.validate !== undefined)) {
      throw new ConfigurationError(
        `${this.schemeName} must define findUser(), with whose answer it verifies digests, or validate(), which then verifies them itself; one of the two`,
      );
    }
    this.validate ??= (credentials, context) => this.verify(credentials, context);
  }

  describe(): HTTPSchemeObject {
    const { description } = this;
    return { type: 'http', scheme: 'digest', ...(description !== undefined && { description }) };
  }

  extract(request: SecurityRequest): HTTPDigestCredentials | undefined {
    const authorization = readAuthorization(request, 'Digest');
    return authorization && parseDigestCredentials(authorization.credentials);
  }

  /** Asks for the first of the algorithms: a scheme sends one challenge. */
  challenge(_failure?: SecurityException): string {
    return this.#space.challenge();
  }

  /** The user of this name (or of this hash of it) and their secret; without one the answer is 401. */
  protected findUser?(
    username: string,
    context: DigestContext,
  ): MaybePromise<DigestUser<User> | null | undefined | false>;

  private async verify(
    credentials: HTTPDigestCredentials,
    context: ValidationContext,
  ): Promise<Authentication<User> | null> {
    const { request } = context;
    const algorithm = this.#space.algorithmOf(credentials);
    if (algorithm === undefined) return null;
    if (credentials.uri !== requestTarget(request)) {
      throw new InvalidRequestException(
        'The uri of the Digest credentials is not the request target',
      );
    }
    const body = credentials.qop === 'auth-int' ? rawBody(request) : NO_BODY;
    if (body === undefined) return null;
    const { username, userhash } = credentials;
    const found = await this.findUser!(username, { ...context, algorithm, userhash });
    const ha1 = ha1Of(found || undefined, { username, userhash, algorithm, realm: this.realm });
    const method = request.method ?? '';
    const expected = digestResponse({ algorithm, ha1, credentials, method, body });
    const isCorrect = constantTimeEqual(expected, credentials.response.toLowerCase());
    return found && isCorrect ? this.accept(found, credentials) : null;
  }

  private accept(
    { user, scopes }: Authentication<User>,
    credentials: HTTPDigestCredentials,
  ): Authentication<User> | null {
    const taken = this.#space.take(credentials);
    if (taken === 'stale') {
      const challenge = this.#space.challenge(true);
      throw new InvalidTokenException('The nonce is stale', { challenge });
    }
    return taken === 'taken' ? { user, scopes } : null;
  }
}

import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import {
  type DigestAlgorithm,
  digestHa1,
  digestResponse,
  type HTTPDigestCredentials,
  parseDigestCredentials,
} from '../protocol/digest.js';
import type { Authentication, MaybePromise, ValidationContext } from './authentication.js';
import { readCredentials } from './authorization.js';
import {
  checkDigestOptions,
  type DigestContext,
  type DigestUser,
  type HTTPDigestOptions,
} from './http-digest-options.js';
import { type DigestSpace, DigestSpaces } from './http-digest-space.js';
import { registerOptions } from './scheme-options.js';
import type { SecurityRequest } from './security-request.js';
import type { HTTPSchemeObject } from './security-scheme-object.js';
import { SecurityScheme } from './security-scheme.js';

/**
 * Digest access authentication, verified: the client proves that it knows the password without sending it.
 *
 * It checks realm, algorithm, `qop`, `opaque`, `uri`, nonce and nonce count (`nc`), and the digest; `findUser` supplies
 * the secret. A scheme that defines `validate` instead gets the parsed answer and must verify all of it. A nonce is
 * good for the application that issued it, unless several share a `nonceSecret`. Each process accepts a count once per
 * nonce: processes that share a secret do not see each other's counts. It does not answer with `Authentication-Info`.
 * Digest protects no better than Basic once TLS is in place; prefer bearer tokens.
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
  readonly #spaces: DigestSpaces;

  constructor(options: HTTPDigestOptions<User> = {}) {
    super(options);
    const checked = checkDigestOptions(this.schemeName, options);
    this.realm = checked.realm;
    this.#spaces = new DigestSpaces(new.target, this.schemeName, checked);
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
    return this.described({ type: 'http', scheme: 'digest' });
  }

  extract(request: SecurityRequest): HTTPDigestCredentials | undefined {
    const credentials = readCredentials(request, 'Digest');
    return credentials === undefined ? undefined : parseDigestCredentials(credentials);
  }

  /** The challenge asks for the first of the algorithms, as a scheme sends only one challenge. */
  challenge(_failure?: SecurityException, context?: ValidationContext): string {
    return this.#spaces.of(context?.request).challenge();
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
    const space = this.#spaces.of(request);
    const algorithm = space.algorithmOf(credentials);
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
    return found && isCorrect ? accept(found, credentials, space, request) : null;
  }
}

function accept<User>(
  { user, scopes, expiresAt }: Authentication<User>,
  credentials: HTTPDigestCredentials,
  space: DigestSpace,
  request: SecurityRequest,
): Authentication<User> | null {
  const taken = space.take(credentials, request);
  if (taken === 'stale') {
    throw new InvalidTokenException('The nonce is stale', { challenge: space.challenge(true) });
  }
  if (taken === 'replayed') return null;
  return { user, scopes, ...(expiresAt !== undefined && { expiresAt }) };
}

/** The parts of the client's answer that the hash of a user's password depends on. */
interface DigestClient {
  readonly username: string;
  readonly userhash: boolean;
  readonly realm: string;
  readonly algorithm: DigestAlgorithm;
}

const HEXADECIMAL = /^[0-9a-f]+$/;

/**
 * Computes H(A1) of the RFC for a user. It takes the same work for a password, a stored hash and an unknown user.
 *
 * @throws TypeError when the secret that the application supplied is unusable.
 */
function ha1Of(found: DigestUser | undefined, client: DigestClient): string {
  const username = client.userhash ? found?.username : client.username;
  const { algorithm, realm } = client;
  const password = found?.password;
  const computed = digestHa1(algorithm, {
    username: username ?? '',
    realm,
    password: password ?? '',
  });
  if (found === undefined) return computed;
  const ha1 = found.ha1?.toLowerCase();
  if (typeof password === 'string' && ha1 === undefined && username !== undefined) return computed;
  if (ha1?.length === computed.length && HEXADECIMAL.test(ha1) && password === undefined) {
    return ha1;
  }
  // It names no part of the credentials: logs leave out what was sent.
  throw new TypeError(
    "findUser() must answer with a user's password (and the user's name, where the client hashed it), or with an ha1 by the hash function that the client chose",
  );
}

/** What Express, Fastify and Nest add to a request. */
interface FrameworkRequest extends SecurityRequest {
  /** The request target before a router or a rewrite changed `url`. */
  readonly originalUrl?: string;
  /** The bytes of the body, in applications created with `rawBody: true`. */
  readonly rawBody?: unknown;
}

const NO_BODY = new Uint8Array();

/** The request target as the client sent it. */
function requestTarget(request: SecurityRequest): string | undefined {
  return (request as FrameworkRequest).originalUrl ?? request.url;
}

/** The exact bytes of the request's body, or `undefined` where they were not kept. */
function rawBody(request: SecurityRequest): Uint8Array | undefined {
  const { rawBody: bytes } = request as FrameworkRequest;
  if (bytes instanceof Uint8Array) return bytes;
  return hasBody(request) ? undefined : NO_BODY;
}

// In HTTP/2 a body may have no length: there the `Content-Type` shows it.
function hasBody({ headers }: SecurityRequest): boolean {
  const length = headers['content-length'] ?? '0';
  const isFramed = headers['transfer-encoding'] !== undefined || length !== '0';
  return isFramed || headers['content-type'] !== undefined;
}

registerOptions<HTTPDigestOptions<unknown>>(HTTPDigest, {
  realm: true,
  algorithms: true,
  qop: true,
  nonceLifetime: true,
  nonceSecret: true,
  userhash: true,
  findUser: true,
});

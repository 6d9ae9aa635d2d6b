import { Strategy } from 'passport-http-bearer';
import { ConfigurationError } from '../errors/configuration.error.js';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import {
  isErrorDescription,
  parseBearerAuthorization,
  parseBearerCredentials,
  parseBearerToken,
} from '../protocol/bearer.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { isFormMediaType } from '../protocol/media-type.js';
import { readQueryParameter } from '../protocol/query-string.js';
import { serializeScope } from '../protocol/scope.js';
import type { ValidationContext } from './authentication.js';
import type { HTTPAuthorizationCredentials } from './authorization.js';
import { assertSendable } from './option-checks.js';
import { readHeader, type SecurityRequest, single } from './security-request.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

/**
 * The places RFC 6750 section 2 lets a client put a token, by their RFC 9728 names.
 *
 * @publicApi
 */
export type BearerMethod = 'header' | 'body' | 'query';

/** A strategy of passport-http-bearer that accepts any token, as only its reading of the request is used. */
const strategy = new Strategy((token, done) => done(null, token));

/** Runs the strategy without Passport: the token, `undefined` if there is none, or 400 if there are several. */
function readBy(request: object): string | 400 | undefined {
  let read: string | 400 | undefined;
  const run = Object.assign(Object.create(strategy) as { authenticate(request: object): void }, {
    success: (token: string) => (read = token),
    fail: (challenge: unknown) => (read = challenge === 400 ? challenge : undefined),
    error: (error: unknown) => {
      throw error;
    },
  });
  run.authenticate(request);
  return read;
}

function readHeaderToken(request: SecurityRequest): HTTPAuthorizationCredentials | undefined {
  const value = readHeader(request, 'authorization');
  return value === undefined ? undefined : parseBearerAuthorization(value);
}

/**
 * The token from whichever of the methods the client used, and the scheme as it was sent.
 *
 * @throws InvalidRequestException when it is sent in more than one of them (RFC 6750 section 2).
 */
export function readTokenByMethods(
  request: SecurityRequest,
  methods: readonly BearerMethod[],
): HTTPAuthorizationCredentials | undefined {
  const header = methods.includes('header') ? readHeaderToken(request) : undefined;
  if (isHeaderOnly(methods)) return header;
  const read = readBy({
    // Without a prototype: a polluted `Object.prototype` must not look like part of the request.
    headers: { __proto__: null, authorization: header && `Bearer ${header.credentials}` },
    query: { access_token: methods.includes('query') ? queryToken(request) : undefined },
    body: { access_token: methods.includes('body') ? formToken(request) : undefined },
  });
  if (read === 400) {
    throw new InvalidRequestException('The access token was sent in more than one place');
  }
  return header ?? (read === undefined ? undefined : { scheme: 'Bearer', credentials: read });
}

function isHeaderOnly(methods: readonly BearerMethod[]): boolean {
  return methods.length === 1 && methods[0] === 'header';
}

function queryToken(request: SecurityRequest): string | undefined {
  return only(readQueryParameter(request.url ?? '', 'access_token'));
}

/** The token in a form (RFC 6750, section 2.2), unless the request's method gives a body no meaning. */
function formToken({ method, headers, body }: SecurityRequest): string | undefined {
  if (
    method === 'GET' ||
    method === 'HEAD' ||
    !isFormMediaType(headers['content-type'] as string)
  ) {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'access_token')) {
    return undefined;
  }
  return only([(body as { access_token: unknown }).access_token]);
}

function only(values: readonly unknown[]): string | undefined {
  const token = single(values, 'parameter access_token');
  return token === undefined ? undefined : parseBearerToken(token);
}

/**
 * Options of every scheme that takes bearer tokens.
 *
 * @publicApi
 */
export interface BearerOptions<Credentials, User> extends SecuritySchemeOptions<Credentials, User> {
  /** The `realm` of the challenge. Default: none. */
  readonly realm?: string;
  /** Where clients may put the token. Default: `['header']`; `query` and `body` leak tokens into logs. */
  readonly bearerMethods?: readonly BearerMethod[];
}

/** The RFC 6750 challenge for a failure or, without one, for a request without a token. */
export function bearerChallenge(
  realm: string | undefined,
  failure?: SecurityException,
  scopes: readonly string[] = NO_SCOPES,
): string {
  const scope = serializeScope(namedScopes(failure, scopes));
  if (isAbsence(failure)) return serializeChallenge('Bearer', { realm, scope });
  const description = failure instanceof InvalidTokenException ? failure.description : undefined;
  return serializeChallenge('Bearer', {
    realm,
    error: failure.code,
    error_description:
      description !== undefined && isErrorDescription(description) ? description : undefined,
    scope,
  });
}

const NO_SCOPES: readonly string[] = [];

/** The scopes that a challenge names: for clients that lack some, and for those that have no token yet. */
function namedScopes(failure: SecurityException | undefined, required: readonly string[]) {
  if (failure instanceof InsufficientScopeException) return failure.scopes;
  return isAbsence(failure) ? required : NO_SCOPES;
}

function isAbsence(
  failure: SecurityException | undefined,
): failure is NotAuthenticatedException | undefined {
  return failure === undefined || failure instanceof NotAuthenticatedException;
}

/**
 * The base of the bearer schemes: where the token is, and the RFC 6750 challenge; it is not instantiated itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 * @publicApi
 */
export abstract class BearerScheme<
  Credentials,
  User,
  Scope extends string = string,
> extends SecurityScheme<Credentials, User, Scope> {
  private readonly realm: string | undefined;
  /** Where clients may put the token. */
  readonly bearerMethods: readonly BearerMethod[];
  private readonly headerOnly: boolean;
  /** By the list of required scopes, then by the failure's code, which is empty where nothing was sent. */
  private readonly challenges = new WeakMap<readonly string[], Map<string, string>>();

  constructor(options: BearerOptions<Credentials, User>) {
    super(options);
    this.realm = options.realm;
    this.bearerMethods = options.bearerMethods ?? ['header'];
    this.headerOnly = isHeaderOnly(this.bearerMethods);
    if (this.bearerMethods.length === 0) {
      throw new ConfigurationError(
        `${this.schemeName}: bearerMethods must name at least one method`,
      );
    }
    assertSendable(`${this.schemeName}: realm`, () => bearerChallenge(this.realm));
  }

  /**
   * Challenges are kept: writing one costs as much as all the rest of a refusal, and each policy has one list of
   * scopes.
   */
  challenge(failure?: SecurityException, context?: ValidationContext): string {
    if (failure instanceof InvalidTokenException && failure.description !== undefined) {
      return bearerChallenge(this.realm, failure);
    }
    const scopes = namedScopes(failure, context?.scopes ?? NO_SCOPES);
    const code = isAbsence(failure) ? '' : failure.code;
    const byCode = this.challenges.get(scopes) ?? new Map<string, string>();
    const challenge = byCode.get(code) ?? bearerChallenge(this.realm, failure, scopes);
    this.challenges.set(scopes, byCode.set(code, challenge));
    return challenge;
  }

  /** The token, from the one place of `bearerMethods` that holds it. */
  protected extractToken(request: SecurityRequest): string | undefined {
    if (!this.headerOnly) return readTokenByMethods(request, this.bearerMethods)?.credentials;
    // Without an object for token and scheme, which would be an eighth of a decision's allocations.
    const value = readHeader(request, 'authorization');
    return value === undefined ? undefined : parseBearerCredentials(value);
  }
}

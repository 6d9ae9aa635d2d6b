import { ConfigurationError } from '../errors/configuration.error.js';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { serializeScope } from '../protocol/scope.js';
import type { ValidationContext } from './authentication.js';
import type { HTTPAuthorizationCredentials } from './authorization.js';
import { type BearerMethod, readHeaderToken, readTokenByMethods } from './bearer-methods.js';
import { requireSendable } from './option-checks.js';
import type { SecurityRequest } from './security-request.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

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

/** RFC 6750 3: error_description = 1*( %x20-21 / %x23-5B / %x5D-7E ) */
const ERROR_DESCRIPTION = /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/;

/** The RFC 6750 challenge for a failure or, without one, for a request that has yet to bring a token. */
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
      description !== undefined && ERROR_DESCRIPTION.test(description) ? description : undefined,
    scope,
  });
}

const NO_SCOPES: readonly string[] = [];

/** The scopes that a challenge names: to who lacks some, and to who has yet to ask for a token. */
function namedScopes(failure: SecurityException | undefined, required: readonly string[]) {
  if (failure instanceof InsufficientScopeException) return failure.scopes;
  return isAbsence(failure) ? required : NO_SCOPES;
}

function isAbsence(
  failure: SecurityException | undefined,
): failure is NotAuthenticatedException | undefined {
  return failure === undefined || failure instanceof NotAuthenticatedException;
}

/** What the bearer schemes share: where the token is, and the RFC 6750 challenge. */
export abstract class BearerScheme<
  Credentials,
  User,
  Scope extends string = string,
> extends SecurityScheme<Credentials, User, Scope> {
  private readonly realm: string | undefined;
  /** Where clients may put the token. */
  readonly bearerMethods: readonly BearerMethod[];
  private readonly headerOnly: boolean;
  private readonly challenges = new WeakMap<readonly string[], Map<Function, string>>();

  constructor(options: BearerOptions<Credentials, User>) {
    super(options);
    this.realm = options.realm;
    this.bearerMethods = options.bearerMethods ?? ['header'];
    this.headerOnly = this.bearerMethods.length === 1 && this.bearerMethods[0] === 'header';
    if (this.bearerMethods.length === 0) {
      throw new ConfigurationError(
        `${this.schemeName}: bearerMethods must name at least one method`,
      );
    }
    requireSendable(`${this.schemeName}: realm`, () => bearerChallenge(this.realm));
  }

  /** Writing a challenge costs as much as all the rest of a refusal, and a policy has one list of scopes. */
  challenge(failure?: SecurityException, context?: ValidationContext): string {
    if (failure instanceof InvalidTokenException && failure.description !== undefined) {
      return bearerChallenge(this.realm, failure);
    }
    const scopes = namedScopes(failure, context?.scopes ?? NO_SCOPES);
    const kind = failure?.constructor ?? NotAuthenticatedException;
    const alike = this.challenges.get(scopes) ?? new Map<Function, string>();
    const challenge = alike.get(kind) ?? bearerChallenge(this.realm, failure, scopes);
    this.challenges.set(scopes, alike.set(kind, challenge));
    return challenge;
  }

  protected extractToken(request: SecurityRequest): HTTPAuthorizationCredentials | undefined {
    return this.headerOnly
      ? readHeaderToken(request)
      : readTokenByMethods(request, this.bearerMethods);
  }
}

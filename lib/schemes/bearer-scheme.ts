import { ConfigurationError } from '../errors/configuration.error.js';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { isScopeToken } from '../protocol/scope.js';
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

/** The RFC 6750 challenge for a failure. */
export function bearerChallenge(realm: string | undefined, failure?: SecurityException): string {
  if (failure === undefined || failure instanceof NotAuthenticatedException) {
    return serializeChallenge('Bearer', { realm });
  }
  const description = failure instanceof InvalidTokenException ? failure.description : undefined;
  return serializeChallenge('Bearer', {
    realm,
    error: failure.code,
    error_description:
      description !== undefined && ERROR_DESCRIPTION.test(description) ? description : undefined,
    scope: failure instanceof InsufficientScopeException ? scopeParameter(failure) : undefined,
  });
}

function scopeParameter({ scopes }: InsufficientScopeException): string | undefined {
  return scopes.filter(isScopeToken).join(' ') || undefined;
}

/**
 * What failures have in common that are challenged alike: writing a challenge costs as much as all the rest of a
 * refusal. Scopes are told apart by their list, of which a policy has one.
 */
function kindOf(failure: SecurityException | undefined): object | undefined {
  if (failure instanceof InsufficientScopeException) return failure.scopes;
  if (failure instanceof InvalidTokenException && failure.description !== undefined) return;
  return failure?.constructor ?? NotAuthenticatedException;
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
  private readonly challenges = new WeakMap<object, string>();

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

  challenge(failure?: SecurityException): string {
    const kind = kindOf(failure);
    const known = kind && this.challenges.get(kind);
    if (known !== undefined) return known;
    const challenge = bearerChallenge(this.realm, failure);
    if (kind !== undefined) this.challenges.set(kind, challenge);
    return challenge;
  }

  protected extractToken(request: SecurityRequest): HTTPAuthorizationCredentials | undefined {
    return this.headerOnly
      ? readHeaderToken(request)
      : readTokenByMethods(request, this.bearerMethods);
  }
}

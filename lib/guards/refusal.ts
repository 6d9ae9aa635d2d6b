import { ForbiddenException, type HttpException } from '@nestjs/common';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { withResourceMetadata, withScope } from '../protocol/challenge.js';
import { scopesAskedOf } from '../policies/asked-scopes.js';
import { type PolicyAlternative, scopesRequiredIn } from '../policies/policy-alternative.js';
import type { Policy } from '../policies/policy.js';
import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { ValidationContext } from '../schemes/authentication.js';
import type { Attempt } from './attempt.js';
import { isUnsettled } from '../protocol/unsettled.js';
import { sentWith } from '../schemes/redaction.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { blame } from './events.js';
import { failureOf } from './failure.js';

/** What a header can carry. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A request that is refused: what to throw, and the challenges to send with it. */
export class Refusal {
  readonly challenges: readonly string[];

  constructor(
    readonly exception: HttpException,
    challenges: readonly string[],
    /** The credentials that were found to be good. */
    readonly accepted: readonly AcceptedCredentials[] = [],
  ) {
    // A scheme may have no challenge: an empty header would be malformed.
    this.challenges = challenges.filter((challenge) => challenge.trim() !== '');
  }
}

/**
 * The answer of what has to declare something, and does not.
 *
 * @param type As `ExecutionContext.getType()` names it.
 */
export function undeclared(type: string): Refusal {
  const what = type === 'http' ? 'route' : 'handler';
  return new Refusal(new ForbiddenException(`This ${what} declares no security`), []);
}

/** The answer to a request that satisfies no alternative of its policy. */
export function refuse(
  policy: Policy,
  attempts: readonly Attempt[],
  context: ValidationContext,
): Refusal {
  if (policy.alternatives.length === 0) return undeclared('http');
  const complete = completeAlternatives(policy, attempts);
  const insufficient = attemptsWithoutScope(attempts, complete);
  if (insufficient.length > 0) return lackingScope(policy, insufficient, context, complete);
  const failures = attempts.map(({ failure }) => failure).filter((one) => one !== undefined);
  const failure =
    failures.find((one) => one.getStatus() === 400) ??
    failures.find((one) => !(one instanceof NotAuthenticatedException));
  const exception =
    failure === undefined ? new NotAuthenticatedException() : nameScheme(failure, attempts);
  return new Refusal(exception, challenges(policy, attempts, context, policy.alternatives));
}

/** The answer to a request whose credentials are good but grant too little: it names the scopes that would do. */
function lackingScope(
  policy: Policy,
  attempts: readonly Attempt[],
  context: ValidationContext,
  complete: readonly PolicyAlternative[],
): Refusal {
  const failure = attempts.find((attempt) => attempt.failure !== undefined)?.failure;
  const found = new InsufficientScopeException(scopesOfFirst(policy, complete));
  // A scheme that is asked for no scopes lacks none.
  const lacking = (scopes: readonly string[]) => {
    if (scopes.length === 0) return undefined;
    return scopes === found.scopes ? found : new InsufficientScopeException(scopes);
  };
  const exception = failure ?? found;
  const written = challenges(policy, attempts, context, complete, lacking);
  return new Refusal(nameScheme(exception, attempts), written, acceptedIn(attempts));
}

function acceptedIn(attempts: readonly Attempt[]): AcceptedCredentials[] {
  // Not by `flatMap`, which would be a fifteenth of the refusal.
  return attempts.map(({ accepted }) => accepted).filter((one) => one !== undefined);
}

/** Names the scheme that failed or, where none did, one that did not grant enough, for exception filters and events. */
function nameScheme(exception: HttpException, attempts: readonly Attempt[]): HttpException {
  const { scheme, credentials } =
    attempts.find(({ failure }) => failure === exception) ?? attempts[0]!;
  if (exception instanceof SecurityException) nameIn(exception, scheme.schemeName);
  return blame(exception, scheme.schemeName, credentials);
}

function nameIn(exception: { scheme: string | undefined }, schemeName: string): void {
  try {
    exception.scheme = schemeName;
  } catch {
    // The exception may be a shared, frozen object: then it names no scheme.
  }
}

const NONE: readonly PolicyAlternative[] = [];

/** The alternatives whose schemes were all accepted and that require scopes: a scope is all that they lacked. */
function completeAlternatives(
  policy: Policy,
  attempts: readonly Attempt[],
): readonly PolicyAlternative[] {
  if (attempts.every(({ accepted }) => accepted === undefined)) return NONE;
  const isAccepted = (entry: RegisteredScheme) =>
    attempts.some((attempt) => attempt.entry === entry && attempt.accepted !== undefined);
  return policy.alternatives.filter(
    ({ schemes, required }) => required.length > 0 && schemes.every(isAccepted),
  );
}

/** The attempts that lacked a scope: they belong to an alternative that was accepted whole, or said so themselves. */
function attemptsWithoutScope(
  attempts: readonly Attempt[],
  complete: readonly PolicyAlternative[],
): Attempt[] {
  return attempts.filter(
    ({ entry, failure }) =>
      failure instanceof InsufficientScopeException ||
      complete.some(({ schemes }) => schemes.includes(entry)),
  );
}

/** The scopes that would satisfy the first of some alternatives. */
function scopesOfFirst(policy: Policy, [first]: readonly PolicyAlternative[]): readonly string[] {
  if (policy.asksAlike || first === undefined) return policy.scopes;
  return scopesRequiredIn(first);
}

/** The challenges of each scheme in some alternatives, without duplicates. */
function challenges(
  policy: Policy,
  attempts: readonly Attempt[],
  context: ValidationContext,
  alternatives: readonly PolicyAlternative[],
  lacking?: (scopes: readonly string[]) => HttpException | undefined,
): string[] {
  const resourceMetadata = policy.resources?.metadataFor(context.request);
  const written: string[] = [];
  for (const { entry, scheme, failure } of attempts) {
    for (const scopes of scopesAskedOf(entry, policy, alternatives)) {
      const reason = failure ?? lacking?.(scopes);
      const known = reason instanceof SecurityException ? reason : undefined;
      const asked =
        scopes === context.scopes ? context : { ...context, scopes, scopeStr: scopes.join(' ') };
      const challenge = challengeOf(scheme, known, asked);
      written.push(
        resourceMetadata === undefined
          ? challenge
          : withMetadata(challenge, known, scopes, resourceMetadata),
      );
    }
  }
  return written.length > 1 ? [...new Set(written)] : written;
}

/**
 * Adds the URL of the resource's metadata. A client that discovers by it where to get its next token would ask for
 * every scope there is, unless the challenge of a bad token names the scopes.
 */
function withMetadata(
  challenge: string,
  failure: SecurityException | undefined,
  scopes: readonly string[],
  url: string,
): string {
  const told = failure instanceof InvalidTokenException ? withScope(challenge, scopes) : challenge;
  return withResourceMetadata(told, url);
}

/**
 * A scheme's challenge after a failure; the failure's own challenge, if it has one, takes precedence.
 *
 * @throws the error to answer the request with, where `challenge()` fails or returns what no header can carry.
 */
export function challengeOf(
  scheme: SecurityScheme,
  failure: SecurityException | undefined,
  context: ValidationContext,
): string {
  try {
    const challenge: unknown = failure?.challenge ?? scheme.challenge(failure, context);
    if (isUnsettled(challenge)) throw new TypeError('challenge() must not be asynchronous');
    if (typeof challenge === 'string' && SENDABLE.test(challenge)) return challenge;
    throw new TypeError('challenge() must return the text of a WWW-Authenticate header');
  } catch (error) {
    throw failureOf(error, scheme.schemeName, sentWith(context.request));
  }
}

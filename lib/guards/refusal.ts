import { ForbiddenException, type HttpException } from '@nestjs/common';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { withResourceMetadata } from '../protocol/challenge.js';
import type { Policy } from '../requirements/policy.js';
import type { SchemeAttempt } from './scheme-attempt.js';

/** A request that is refused: what to throw, and the challenges to send with it. */
export class Refusal {
  constructor(
    readonly exception: HttpException,
    readonly challenges: readonly string[],
  ) {}
}

/** The answer to a request none of whose alternatives held. */
export function refuse(policy: Policy, attempts: readonly SchemeAttempt[]): Refusal {
  if (policy.alternatives.length === 0) {
    return new Refusal(new ForbiddenException('This route declares no security'), []);
  }
  const failures = attempts.flatMap(({ failure }) => failure ?? []);
  const thrown = failures.find((failure) => failure instanceof InsufficientScopeException);
  if (thrown !== undefined || attempts.some(({ insufficient }) => insufficient)) {
    return forbid(policy, attempts, thrown);
  }
  const exception =
    failures.find((failure) => failure.getStatus() === 400) ??
    failures.find((failure) => !(failure instanceof NotAuthenticatedException)) ??
    new NotAuthenticatedException();
  return new Refusal(
    exception,
    attempts.map((attempt) => challenge(policy, attempt, attempt.failure)),
  );
}

function forbid(
  policy: Policy,
  attempts: readonly SchemeAttempt[],
  thrown: HttpException | undefined,
): Refusal {
  const exception = thrown ?? new InsufficientScopeException(policy.scopes);
  const challenges = attempts
    .filter(
      ({ insufficient, failure }) => insufficient || failure instanceof InsufficientScopeException,
    )
    .map((attempt) => challenge(policy, attempt, attempt.failure ?? exception));
  return new Refusal(exception, challenges);
}

function challenge(
  { resourceMetadata, scopes, scopeStr }: Policy,
  { scheme, request }: SchemeAttempt,
  failure: HttpException | undefined,
): string {
  const known = failure instanceof SecurityException ? failure : undefined;
  const written = known?.challenge ?? scheme.challenge(known, { scopes, scopeStr, request });
  return resourceMetadata === undefined ? written : withResourceMetadata(written, resourceMetadata);
}

import { ForbiddenException, type HttpException } from '@nestjs/common';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { withResourceMetadata } from '../protocol/challenge.js';
import type { Policy } from '../policies/policy.js';
import type { Attempt } from './attempt.js';

/** A request that is refused: what to throw, and the challenges to send with it. */
export class Refusal {
  constructor(
    readonly exception: HttpException,
    readonly challenges: readonly string[],
  ) {}
}

/** The answer to a request none of whose alternatives held. */
export function refuse(policy: Policy, attempts: readonly Attempt[]): Refusal {
  if (policy.alternatives.length === 0) {
    return new Refusal(new ForbiddenException('This route declares no security'), []);
  }
  const failures = attempts.flatMap(({ failure }) => failure ?? []);
  const insufficient = attemptsWithoutScope(policy, attempts);
  if (insufficient.length > 0) return forbid(policy, insufficient);
  const exception =
    failures.find((failure) => failure.getStatus() === 400) ??
    failures.find((failure) => !(failure instanceof NotAuthenticatedException)) ??
    new NotAuthenticatedException();
  return new Refusal(
    exception,
    attempts.map(({ scheme, failure }) => challenge(policy, scheme, failure)),
  );
}

/** Those that were good but lacked a scope: they stood in an alternative all of which was accepted, or said so. */
function attemptsWithoutScope(policy: Policy, attempts: readonly Attempt[]): Attempt[] {
  const accepted = new Set(
    attempts.filter((attempt) => attempt.accepted).map(({ entry }) => entry),
  );
  const complete = policy.alternatives.filter(
    (alternative) => alternative.length > 0 && alternative.every((entry) => accepted.has(entry)),
  );
  return attempts.filter(
    ({ entry, failure }) =>
      failure instanceof InsufficientScopeException ||
      complete.some((alternative) => alternative.includes(entry)),
  );
}

function forbid(policy: Policy, attempts: readonly Attempt[]): Refusal {
  const exception =
    attempts.find(({ failure }) => failure !== undefined)?.failure ??
    new InsufficientScopeException(policy.scopes);
  return new Refusal(
    exception,
    attempts.map(({ scheme, failure = exception }) => challenge(policy, scheme, failure)),
  );
}

function challenge(
  { resourceMetadata }: Policy,
  scheme: Attempt['scheme'],
  failure: HttpException | undefined,
): string {
  const known = failure instanceof SecurityException ? failure : undefined;
  const written = known?.challenge ?? scheme.challenge(known);
  return resourceMetadata === undefined ? written : withResourceMetadata(written, resourceMetadata);
}

import { ForbiddenException, type HttpException } from '@nestjs/common';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { withResourceMetadata } from '../protocol/challenge.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { ValidationContext } from '../schemes/authentication.js';
import type { Attempt } from './attempt.js';

/** A request that is refused: what to throw, and the challenges to send with it. */
export class Refusal {
  constructor(
    readonly exception: HttpException,
    readonly challenges: readonly string[],
  ) {}
}

/** The answer to a request none of whose alternatives held. */
export function refuse(
  policy: Policy,
  attempts: readonly Attempt[],
  context: ValidationContext,
): Refusal {
  if (policy.alternatives.length === 0) {
    return new Refusal(new ForbiddenException('This route declares no security'), []);
  }
  const insufficient = attemptsWithoutScope(policy, attempts);
  if (insufficient.length > 0) {
    const failure = insufficient.find((attempt) => attempt.failure !== undefined)?.failure;
    const exception = failure ?? new InsufficientScopeException(policy.scopes);
    return new Refusal(exception, challenges(policy, insufficient, context, exception));
  }
  const failures = attempts.flatMap(({ failure }) => failure ?? []);
  const exception =
    failures.find((failure) => failure.getStatus() === 400) ??
    failures.find((failure) => !(failure instanceof NotAuthenticatedException)) ??
    new NotAuthenticatedException();
  return new Refusal(exception, challenges(policy, attempts, context));
}

/** Those that were good but lacked a scope: they stood in an alternative all of which was accepted, or said so. */
function attemptsWithoutScope(policy: Policy, attempts: readonly Attempt[]): Attempt[] {
  const isAccepted = (entry: RegisteredScheme) =>
    attempts.some((attempt) => attempt.entry === entry && attempt.accepted !== undefined);
  const complete = policy.alternatives.filter(
    (alternative, index) => policy.granters[index]!.length > 0 && alternative.every(isAccepted),
  );
  return attempts.filter(
    ({ entry, failure }) =>
      failure instanceof InsufficientScopeException ||
      complete.some((alternative) => alternative.includes(entry)),
  );
}

/** What each scheme asks for, each thing once. */
function challenges(
  { resourceMetadata }: Policy,
  attempts: readonly Attempt[],
  context: ValidationContext,
  exception?: HttpException,
): string[] {
  const written = attempts.map(({ scheme, failure = exception }) => {
    const known = failure instanceof SecurityException ? failure : undefined;
    const challenge = known?.challenge ?? scheme.challenge(known, context);
    return resourceMetadata === undefined
      ? challenge
      : withResourceMetadata(challenge, resourceMetadata);
  });
  return written.length > 1 ? [...new Set(written)] : written;
}

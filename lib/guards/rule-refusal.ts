import type { HttpException } from '@nestjs/common';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { RuleException } from '../errors/rule.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { scopesAskedOf } from '../policies/asked-scopes.js';
import { grantersOf } from '../policies/grantable-scopes.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { withResourceMetadata } from '../protocol/challenge.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { challengeOf, Refusal } from './refusal.js';

/** The refusal of a call that a rule does not allow. An exception that is not this library's is thrown as it is. */
export function refuseByRule(
  exception: HttpException,
  authentication: CallAuthentication,
  request: SecurityRequest,
): Refusal {
  if (!(exception instanceof SecurityException)) throw exception;
  const { policy, accepted } = authentication;
  const resourceMetadata = policy.resources?.metadataFor(request);
  const own = exception instanceof RuleException || exception.challenge !== undefined;
  const challenges = own
    ? [exception.challenge].filter((challenge) => challenge !== undefined)
    : challengesOf(exception, authentication, request);
  return new Refusal(
    exception,
    resourceMetadata === undefined
      ? challenges
      : challenges.map((challenge) => withResourceMetadata(challenge, resourceMetadata)),
    accepted,
  );
}

/** The challenges of the schemes that let the caller in, each with its own scopes. */
function challengesOf(
  exception: SecurityException,
  { policy, accepted, own }: CallAuthentication,
  request: SecurityRequest,
): string[] {
  const held = policy.alternatives.filter(({ schemes }) =>
    schemes.every((entry) => accepted.some((each) => each.entry === entry)),
  );
  const written = own.flatMap(({ entry }) =>
    scopesAskedOf(entry, policy, held).map((scopes) => {
      const asked = { scopes, scopeStr: scopes.join(' '), request };
      return challengeOf(entry.scheme, ownPart(exception, entry, own), asked);
    }),
  );
  return [...new Set(written)];
}

/** A rule's refusal as it concerns one scheme: without the scopes that only other schemes of the call could grant. */
function ownPart(
  exception: SecurityException,
  entry: RegisteredScheme,
  callers: CallAuthentication['own'],
): SecurityException | undefined {
  if (!(exception instanceof InsufficientScopeException) || callers.length === 1) return exception;
  const schemes = callers.map((caller) => caller.entry);
  const scopes = exception.scopes.filter((scope) => {
    const granters = grantersOf(scope, schemes);
    return granters.schemes.length === 0 || granters.schemes.includes(entry);
  });
  return scopes.length === 0 ? undefined : new InsufficientScopeException(scopes);
}

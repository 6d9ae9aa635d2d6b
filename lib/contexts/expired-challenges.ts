import type { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { authenticationOf } from './call-authentication.js';
import type { SecurityCall } from './security-call.js';

/** What a call that was let in is asked for once its credentials have expired. */
export function expiredChallenges(
  { key, request }: SecurityCall,
  exception: InvalidTokenException,
): string[] {
  const authentication = authenticationOf(key);
  if (authentication === undefined) return [];
  const { accepted, policy } = authentication;
  const { scopes, scopeStr } = policy;
  return accepted
    .filter(({ expiresAt = Infinity }) => expiresAt * 1000 <= Date.now())
    .flatMap(({ entry }) => {
      try {
        const challenge: unknown = entry.scheme.challenge(exception, { request, scopes, scopeStr });
        return typeof challenge === 'string' ? [challenge] : [];
      } catch {
        // A scheme that cannot say so ends nothing later.
        return [];
      }
    });
}

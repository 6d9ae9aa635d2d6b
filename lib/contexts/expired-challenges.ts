import type { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { scopesAskedOf } from '../policies/asked-scopes.js';
import { authenticationOf } from './kept-authentications.js';
import type { SecurityCall } from './security-call.js';

/** The challenges for a call that was let in and whose credentials have expired since. */
export function expiredChallenges(
  { key, request }: SecurityCall,
  exception: InvalidTokenException,
): string[] {
  const authentication = authenticationOf(key);
  if (authentication === undefined) return [];
  const { accepted, policy } = authentication;
  return accepted
    .filter(({ expiresAt = Infinity }) => expiresAt * 1000 <= Date.now())
    .flatMap(({ entry }) => {
      try {
        const [scopes] = scopesAskedOf(entry, policy) as [readonly string[]];
        const context = { request, scopes, scopeStr: scopes.join(' ') };
        const challenge: unknown = entry.scheme.challenge(exception, context);
        return typeof challenge === 'string' ? [challenge] : [];
      } catch {
        // The stream ends in time even if a scheme cannot write its challenge.
        return [];
      }
    });
}

import { Logger } from '@nestjs/common';
import { Policies } from '../policies/policies.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { ContextHandler } from '../policies/handler-kinds.js';
import type { ContextApplication } from './security-call.js';

/**
 * Warns of handlers outside HTTP that read Digest credentials or DPoP proofs, which a client makes for one HTTP request.
 *
 * @param consequence What follows for the handlers' clients, and the fix.
 */
export function warnOfOneTimeCredentials(
  handlers: readonly ContextHandler[],
  { get }: ContextApplication,
  consequence: string,
): void {
  const policies = get(Policies)!;
  const names = handlers
    .filter(({ type, handler }) => policies.of(type, handler)?.schemes.some(areGoodOnce))
    .map(({ name }) => name);
  if (names.length === 0) return;
  new Logger('AuthModule').warn(`${consequence}: ${[...new Set(names)].join(', ')}`);
}

function areGoodOnce({ scheme }: RegisteredScheme): boolean {
  const { scheme: name } = scheme.describe() as { readonly scheme?: string };
  return name?.toLowerCase() === 'dpop' || (name === 'digest' && verifiesDigests(scheme));
}

/** Told by what it has: importing `HTTPDigest` would load it with every reader. One with a `validate` counts nothing. */
function verifiesDigests(scheme: object): boolean {
  return 'findUser' in scheme && typeof scheme.findUser === 'function';
}

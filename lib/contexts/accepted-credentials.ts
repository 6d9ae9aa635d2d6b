import { types } from 'node:util';
import type { RegisteredScheme } from '../policies/scheme-registry.js';

/** What one scheme found out about credentials that it accepted. */
export interface AcceptedCredentials {
  readonly entry: RegisteredScheme;
  readonly user: unknown;
  readonly credentials: unknown;
  /** As `validate` answered them. */
  readonly scopes: unknown;
  /** Seconds since the epoch. */
  readonly expiresAt: number | undefined;
}

/** The scopes that accepted credentials grant together. */
export function scopesGrantedBy(accepted: readonly AcceptedCredentials[]): Set<string> {
  return new Set(accepted.flatMap(({ scopes }) => scopeList(scopes)));
}

/**
 * The scopes in an answer of `validate`: anything but a list or a set grants nothing. No method of the value is called,
 * as the value may be anything.
 */
export function scopeList(scopes: unknown): string[] {
  const list: unknown[] = Array.isArray(scopes)
    ? Array.from({ length: scopes.length }, (_, index): unknown => scopes[index])
    : types.isSet(scopes)
      ? [...Set.prototype.values.call(scopes)]
      : [];
  return list.filter((scope) => typeof scope === 'string');
}

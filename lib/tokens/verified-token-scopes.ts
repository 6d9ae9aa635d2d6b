import { isScopeToken } from '../protocol/scope.js';

/**
 * The scopes that claims grant: those of `scope`, or of `scp` where there is no `scope`.
 *
 * Of the wrong type or malformed, they grant none.
 *
 * @see [RFC 9068, section 2.2.3](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3)
 */
export function grantedScopes(claims: Readonly<Record<string, unknown>>): string[] {
  if (Object.hasOwn(claims, 'scope')) return fromText(claims['scope']);
  const scp = Object.hasOwn(claims, 'scp') ? claims['scp'] : undefined;
  return Array.isArray(scp) ? fromList(scp) : fromText(scp);
}

function fromText(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  const scopes = value.split(' ').filter((scope) => scope !== '');
  return fromList(scopes);
}

function fromList(scopes: readonly unknown[]): string[] {
  return scopes.every((scope) => typeof scope === 'string' && isScopeToken(scope))
    ? [...new Set(scopes as string[])]
    : [];
}

import { OAuth2Exception } from 'nestjs-security/token-endpoint';

/** What a token may be good for, and how a person is asked for it. */
export const SCOPES = {
  me: 'Read your profile.',
  users: 'Read the profiles of all users.',
};

export type Scope = keyof typeof SCOPES;

/** The scopes that were asked for, or all of them when none was named. */
export function allowedScopes(allowed: readonly Scope[], asked: readonly string[]): Scope[] {
  const unknown = asked.some((name) => !allowed.some((scope) => scope === name));
  if (unknown) throw new OAuth2Exception('invalid_scope', 'More than this client may have');
  return allowed.filter((scope) => asked.length === 0 || asked.includes(scope));
}

import { ConfigurationError } from '../errors/configuration.error.js';
import { isToken } from '../protocol/auth-params.js';
import { isScopeToken } from '../protocol/scope.js';

/** Refuses a header, cookie or scheme name that cannot be sent. */
export function requireToken(option: string, value: string): string {
  if (typeof value !== 'string' || !isToken(value)) {
    throw new ConfigurationError(`${option} must be an RFC 9110 token, such as "X-API-Key"`);
  }
  return value;
}

/** Refuses a URL that a client could not resolve against the document's server. */
export function requireUrl(option: string, value: string): string {
  const base = 'https://server.example';
  if (
    typeof value !== 'string' ||
    value === '' ||
    /[\s\\]/.test(value) ||
    !URL.canParse(value, base)
  ) {
    throw new ConfigurationError(`${option} must be a URL, absolute or relative to the server`);
  }
  if (!/^https?:$/.test(new URL(value, base).protocol)) {
    throw new ConfigurationError(`${option} must be an http or https URL`);
  }
  return value;
}

/** Refuses scopes that could not be listed in a `scope` parameter. */
export function requireScopes(option: string, scopes: Readonly<Record<string, string>>): void {
  for (const scope of Object.keys(scopes)) {
    if (!isScopeToken(scope)) {
      throw new ConfigurationError(
        `${option}: ${JSON.stringify(scope)} is not a scope: no spaces, quotes or backslashes (RFC 6749 3.3)`,
      );
    }
  }
}

/** Runs what throws a TypeError for text a header cannot carry, and names the option. */
export function requireSendable<T>(option: string, serialize: () => T): T {
  try {
    return serialize();
  } catch (cause) {
    throw new ConfigurationError(`${option} holds characters that a header cannot carry`, {
      cause,
    });
  }
}

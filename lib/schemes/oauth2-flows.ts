import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions } from '../errors/known-options.js';
import { isScopeToken } from '../protocol/scope.js';
import { assertUrl, withoutExtensions } from './option-checks.js';
import type { OAuthFlows } from './security-scheme-object.js';

/** The URLs that OpenAPI requires of each flow. */
const URLS: Readonly<Record<keyof OAuthFlows, readonly string[]>> = {
  implicit: ['authorizationUrl'],
  password: ['tokenUrl'],
  clientCredentials: ['tokenUrl'],
  authorizationCode: ['authorizationUrl', 'tokenUrl'],
  deviceAuthorization: ['deviceAuthorizationUrl', 'tokenUrl'],
};

/** Refuses flows that OpenAPI does not know, or that lack what it requires, whatever their types say. */
export function assertFlows(schemeName: string, flows: OAuthFlows): void {
  const entries = Object.entries((flows as OAuthFlows | undefined) ?? {});
  if (entries.length === 0) {
    throw new ConfigurationError(`${schemeName}: flows must hold at least one flow`);
  }
  for (const [flow, members] of entries) {
    if (!Object.hasOwn(URLS, flow)) {
      throw new ConfigurationError(
        `${schemeName}: ${flow} is not a flow: there are ${Object.keys(URLS).join(', ')}`,
      );
    }
    assertFlow(`${schemeName}: ${flow}`, URLS[flow as keyof OAuthFlows], members);
  }
}

function assertFlow(option: string, urls: readonly string[], members: object): void {
  const known = Object.fromEntries(
    [...urls, 'refreshUrl', 'scopes'].map((name) => [name, true as const]),
  );
  assertKnownOptions(option, withoutExtensions(members), known);
  const { refreshUrl, scopes, ...given } = members as Record<string, string> & { scopes?: object };
  for (const url of urls) assertUrl(`${option}.${url}`, given[url]!);
  if (refreshUrl !== undefined) assertUrl(`${option}.refreshUrl`, refreshUrl);
  if (typeof scopes !== 'object' || scopes === null) {
    throw new ConfigurationError(
      `${option}.scopes must be an object of scopes, which may be empty`,
    );
  }
  assertScopes(`${option}.scopes`, scopes as Record<string, string>);
}

/** Refuses scopes that could not be listed in a `scope` parameter. */
function assertScopes(option: string, scopes: Readonly<Record<string, string>>): void {
  for (const scope of Object.keys(scopes)) {
    if (!isScopeToken(scope)) {
      throw new ConfigurationError(
        `${option}: ${JSON.stringify(scope)} is not a scope: no spaces, quotes or backslashes (RFC 6749 3.3)`,
      );
    }
  }
}

import { ConfigurationError } from '../errors/configuration.error.js';
import { requireScopes, requireUrl } from './option-checks.js';
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
export function requireFlows(schemeName: string, flows: OAuthFlows): void {
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
    requireFlow(`${schemeName}: ${flow}`, URLS[flow as keyof OAuthFlows], members);
  }
}

function requireFlow(option: string, urls: readonly string[], members: object): void {
  const { refreshUrl, scopes, ...given } = members as Record<string, string> & { scopes?: object };
  for (const url of urls) requireUrl(`${option}.${url}`, given[url]!);
  if (refreshUrl !== undefined) requireUrl(`${option}.refreshUrl`, refreshUrl);
  if (typeof scopes !== 'object' || scopes === null) {
    throw new ConfigurationError(
      `${option}.scopes must be an object of scopes, which may be empty`,
    );
  }
  requireScopes(`${option}.scopes`, scopes as Record<string, string>);
}

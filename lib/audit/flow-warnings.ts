import type { SecurityScheme } from '../schemes/security-scheme.js';
import type { AuditedRoute } from './audited-route.js';
import { isRelative, servedPath } from './served-path.js';

/** The flows that RFC 9700, section 2, tells new systems not to use. */
const DISCOURAGED = ['password', 'implicit'];

/** A warning for each scheme with a discouraged flow. */
export function discouragedFlows(schemes: readonly SecurityScheme[]): string[] {
  return flowsOf(schemes).flatMap(([name, flow]) =>
    DISCOURAGED.includes(flow)
      ? [
          `${name} uses the ${flow} flow, which RFC 9700 discourages: prefer the authorization code flow, or set allowDiscouragedFlows in AuthModule.forRoot()`,
        ]
      : [],
  );
}

/**
 * A line for each relative token URL under which the application answers no POST.
 *
 * @param audit Lists the routes; called only where some token URL is relative.
 */
export function unservedTokenUrls(
  schemes: readonly SecurityScheme[],
  audit: () => readonly AuditedRoute[],
): string[] {
  const relative = flowsOf(schemes).flatMap(([name, , { tokenUrl }]) =>
    tokenUrl === undefined || !isRelative(tokenUrl)
      ? []
      : [{ name, tokenUrl, path: new URL(tokenUrl, 'http://server').pathname }],
  );
  if (relative.length === 0) return [];
  const routes = audit();
  return relative
    .filter(({ tokenUrl }) => servedPath(tokenUrl, 'POST', routes) === undefined)
    .map(
      ({ name, tokenUrl, path }) =>
        `${name} has the tokenUrl ${tokenUrl}, but no route serves POST ${path}: correct it, prefix included`,
    );
}

function flowsOf(schemes: readonly SecurityScheme[]): [string, string, { tokenUrl?: string }][] {
  return schemes.flatMap((scheme) => {
    const described = scheme.describe();
    return described.type === 'oauth2'
      ? Object.entries(described.flows).map(
          ([flow, members]) =>
            [scheme.schemeName, flow, members] as [string, string, { tokenUrl?: string }],
        )
      : [];
  });
}

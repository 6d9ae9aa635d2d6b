import type { OpenAPIObject } from '@nestjs/swagger';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { OAuthFlows, SecuritySchemeObject } from '../schemes/security-scheme-object.js';

type SecuritySchemes = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>;

/** Every scheme of the application under its name, in the form a version of OpenAPI allows. */
export function securitySchemes(
  entries: readonly RegisteredScheme[],
  version: number,
): SecuritySchemes {
  return Object.fromEntries(
    entries.map(({ scheme }) => [scheme.schemeName, allowedIn(version, scheme.describe())]),
  ) as SecuritySchemes;
}

/** The device flow came with OpenAPI 3.2; a document of an earlier version would be invalid with it. */
function allowedIn(version: number, scheme: SecuritySchemeObject): SecuritySchemeObject {
  if (scheme.type !== 'oauth2' || version >= 3.2) return scheme;
  const { deviceAuthorization: _device, ...flows } = scheme.flows;
  return { ...scheme, flows: flows satisfies OAuthFlows };
}

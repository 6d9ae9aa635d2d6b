import type { OpenAPIObject } from '@nestjs/swagger';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type {
  MutualTLSSchemeObject,
  OAuthFlows,
  SecuritySchemeObject,
} from '../schemes/security-scheme-object.js';

type SecuritySchemes = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>;

/** Every scheme of the application under its name, in the form a version of OpenAPI allows. */
export function securitySchemes(
  entries: readonly RegisteredScheme[],
  version: number,
): SecuritySchemes {
  return Object.fromEntries(
    entries.map(({ scheme }) => [
      scheme.schemeName,
      explained(allowedIn(version, scheme.describe())),
    ]),
  ) as SecuritySchemes;
}

/** Added to the description: a page cannot set the cookies of a request, and Swagger UI does not say so. */
const COOKIE =
  'Swagger UI cannot send this cookie: a browser sends it by itself, once the application has set it.';

function explained(scheme: SecuritySchemeObject): SecuritySchemeObject {
  if (scheme.type !== 'apiKey' || scheme.in !== 'cookie') return scheme;
  return { ...scheme, description: [scheme.description, COOKIE].filter(Boolean).join('\n\n') };
}

/** A scheme without members that the document's version of OpenAPI does not have: they would make it invalid. */
function allowedIn(version: number, described: SecuritySchemeObject): SecuritySchemeObject {
  if (version >= 3.2) return described;
  const { deprecated: _deprecated, ...scheme } = described;
  if (scheme.type === 'mutualTLS' && version < 3.1) return certificateHeader(scheme);
  if (scheme.type !== 'oauth2') return scheme;
  const { oauth2MetadataUrl: _metadata, ...oauth2 } = scheme;
  const { deviceAuthorization: _device, ...flows } = oauth2.flows;
  return { ...oauth2, flows: flows satisfies OAuthFlows };
}

/**
 * OpenAPI 3.0 has no mutual TLS: an HTTP scheme with the name of its challenge is the nearest type that requires
 * something.
 */
function certificateHeader({ description }: MutualTLSSchemeObject): SecuritySchemeObject {
  return { type: 'http', scheme: 'MutualTLS', ...(description !== undefined && { description }) };
}

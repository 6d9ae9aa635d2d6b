import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions } from '../errors/known-options.js';
import { assertFlows } from './oauth2-flows.js';
import { withoutExtensions } from './option-checks.js';
import type { SecuritySchemeObject } from './security-scheme-object.js';

const OF_ALL = { type: true, description: true, deprecated: true } as const;

const MEMBERS: Readonly<Record<SecuritySchemeObject['type'], Readonly<Record<string, true>>>> = {
  apiKey: { ...OF_ALL, in: true, name: true },
  http: { ...OF_ALL, scheme: true, bearerFormat: true },
  mutualTLS: OF_ALL,
  oauth2: { ...OF_ALL, flows: true, oauth2MetadataUrl: true },
  openIdConnect: { ...OF_ALL, openIdConnectUrl: true },
};

/**
 * Refuses what is no Security Scheme Object of OpenAPI, whatever its type says.
 *
 * @throws ConfigurationError naming the scheme and the member.
 */
export function assertSchemeObject(schemeName: string, object: SecuritySchemeObject): void {
  const type = (object as SecuritySchemeObject | undefined)?.type;
  if (type === undefined || !Object.hasOwn(MEMBERS, type)) {
    throw new ConfigurationError(
      `${schemeName}: securityScheme.type must be one of ${Object.keys(MEMBERS).join(', ')}`,
    );
  }
  assertKnownOptions(`${schemeName}: securityScheme`, withoutExtensions(object), MEMBERS[type]);
  if (object.type === 'oauth2') assertFlows(schemeName, object.flows);
}

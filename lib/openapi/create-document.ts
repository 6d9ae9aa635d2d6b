import type { INestApplication } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type OpenAPIObject, type SwaggerDocumentOptions, SwaggerModule } from '@nestjs/swagger';
import { AuthModule } from '../auth.module.js';
import { moduleProvider } from '../policies/module-provider.js';
import { applicationConfigOf } from '../policies/nest-container.js';
import { Policies } from '../policies/policies.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';
import { copyOf } from './copy-of.js';
import { rememberOperation } from './documented-policies.js';
import { PolicyDocumentation } from './policy-documentation.js';
import { publishUrls } from './publish-urls.js';
import { type Operation, withMarkers } from './route-markers.js';
import { securitySchemes } from './security-schemes.js';
import { documentTokenEndpoint } from './token-endpoint-operation.js';

/**
 * `SwaggerModule.createDocument`, with what the application enforces: its schemes, and for each operation the
 * requirement, the scopes, the 401 and 403 responses and the token endpoint's form.
 *
 * A relative URL of a scheme, such as its `tokenUrl`, is documented as the path of the route that it refers to, with
 * prefix and version, below the first of the document's `servers`. A document of some modules (`include`) lists only
 * the schemes that its operations use.
 *
 * A `security`, a response or a request body that a route documents itself is kept. A route that `undeclared: 'deny'`
 * closes to everybody is left out, and so are controllers that `LazyModuleLoader` loaded, which Nest does not serve. The
 * application's classes are not changed, and neither is any other document when this one is edited.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
 * import { createDocument } from 'nestjs-security/openapi';
 *
 * export function serveDocuments(app: INestApplication): void {
 *   const config = new DocumentBuilder().setTitle('Items').build();
 *   SwaggerModule.setup('docs', app, () => createDocument(app, config));
 * }
 * ```
 *
 * @throws ConfigurationError when `AuthModule` is not imported, or a route is declared wrongly.
 * @see https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object
 * @publicApi
 */
export function createDocument(
  app: INestApplication,
  config: Omit<OpenAPIObject, 'paths'>,
  options?: SwaggerDocumentOptions,
): OpenAPIObject {
  const policies = moduleProvider(app, Policies, 'createDocument()');
  const unserved = policies.unserved();
  const routes = [...policies.handlers(), ...unserved].filter(({ kind }) => kind === 'http');
  const isServed = (type: Function) => unserved.every(({ controller }) => controller !== type);
  const marked = withMarkers(routes, () => SwaggerModule.createDocument(app, config, options));
  // A copy, as the original shares objects with `config` and with the application's metadata.
  const document = marked.copyWithoutOperations();
  const documentation = new PolicyDocumentation(document);
  marked.copyOperations(document, (operation, { controller, handler, method, path }) => {
    if (!isServed(controller)) return false;
    const policy = policies.of(controller, handler);
    rememberOperation(policies, method, path, policy);
    // Clients use POST for token endpoints (RFC 6749, section 3.2).
    if (method === 'post') documentTokenEndpoint(operation, controller, handler);
    if (policy !== null) documentation.addTo(operation, policy);
    // Otherwise the document's own `security` would apply, which is not enforced here.
    else if (document.security !== undefined) operation.security ??= [];
    return policy === null || policy.alternatives.length > 0;
  });
  addSchemes(document, app, options);
  return document;
}

function addSchemes(
  document: OpenAPIObject,
  app: INestApplication,
  options: SwaggerDocumentOptions = {},
): void {
  const { include = [] } = options;
  const registry = moduleProvider(app, SchemeRegistry, 'createDocument()');
  const schemes = copyOf(securitySchemes(registry.all(), parseFloat(document.openapi)));
  const used = include.length === 0 ? Object.keys(schemes) : schemesIn(document);
  const audit = () => AuthModule.audit(app);
  const leftToServers = prefixLeftToServers(document, app, options);
  const documented = Object.entries(schemes).filter(([name]) => used.includes(name));
  for (const [, scheme] of documented) {
    publishUrls(scheme as SecuritySchemeObject, document.servers, leftToServers, audit);
  }
  document.components = {
    ...document.components,
    securitySchemes: {
      ...document.components?.securitySchemes,
      ...Object.fromEntries(documented),
    },
  };
}

/** The global prefix, where the paths of a document leave it to its servers; otherwise empty. */
function prefixLeftToServers(
  { servers = [] }: OpenAPIObject,
  app: INestApplication,
  { ignoreGlobalPrefix = false }: SwaggerDocumentOptions,
): string {
  // Without servers, nothing in the document would put back what its paths leave out.
  if (!ignoreGlobalPrefix || servers.length === 0) return '';
  return applicationConfigOf(app.get(ModuleRef)).getGlobalPrefix();
}

/** The names of the schemes that a document's operations require. */
function schemesIn({ paths, webhooks, security }: OpenAPIObject): string[] {
  const items = Object.values({ ...paths, ...webhooks }) as Record<string, Operation>[];
  const requirements = items.flatMap((item) =>
    Object.values(item).flatMap((operation) => operation.security ?? []),
  );
  return [...requirements, ...(security ?? [])].flatMap(Object.keys);
}

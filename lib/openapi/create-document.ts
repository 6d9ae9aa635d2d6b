import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, type SwaggerDocumentOptions, SwaggerModule } from '@nestjs/swagger';
import { moduleProvider } from '../requirements/module-provider.js';
import { Policies } from '../requirements/policies.js';
import { SchemeRegistry } from '../requirements/scheme-registry.js';
import { PolicyDocumentation } from './policy-documentation.js';
import { withMarkers } from './route-markers.js';
import { securitySchemes } from './security-schemes.js';
import { documentTokenEndpoint } from './token-endpoint-operation.js';

/**
 * `SwaggerModule.createDocument`, with what the application enforces: its schemes, and for each operation the
 * requirement, the scopes, the 401 and 403 responses and the token endpoint's form.
 *
 * A `security`, a response or a request body that a route documents itself is kept. A route that
 * `undeclared: 'deny'` closes to everybody is left out. Nothing is written to the application's classes.
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
  const marked = withMarkers(policies.compile(), () =>
    SwaggerModule.createDocument(app, config, options),
  );
  const { document } = marked;
  const version = parseFloat(document.openapi);
  const documentation = new PolicyDocumentation(version);
  marked.filterOperations((operation, controller, handler, method) => {
    const policy = policies.of(controller, handler);
    // Token endpoints are asked by POST (RFC 6749 3.2).
    if (method === 'post') documentTokenEndpoint(operation, controller, handler);
    if (policy !== null) documentation.addTo(operation, policy);
    // The document's own default would claim what is not enforced.
    else if (document.security !== undefined) operation.security ??= [];
    return policy === null || policy.alternatives.length > 0;
  });
  document.components = {
    ...document.components,
    securitySchemes: {
      ...document.components?.securitySchemes,
      ...securitySchemes(moduleProvider(app, SchemeRegistry, 'createDocument()').all(), version),
    },
  };
  return document;
}

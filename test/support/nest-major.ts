import type { OpenAPIObject } from '@nestjs/swagger';
import type { Adapter } from './adapters.js';

/** Which Nest these tests run on: the vitest project says. */
export const nestMajor = Number(process.env['NEST_MAJOR'] ?? 12);

/**
 * The document without what Nest 11's FastifyAdapter never routes: Swagger lists SEARCH for `@All()`, and a request for it
 * is 404, with and without this library.
 */
export function servedBy(adapter: Adapter, document: OpenAPIObject): OpenAPIObject {
  if (nestMajor > 11 || adapter.name !== 'Fastify') return document;
  for (const item of Object.values(document.paths)) Reflect.deleteProperty(item, 'search');
  return document;
}

import type { SecurityRequirement } from '../audit/security-requirements.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';

/**
 * What is read of an OpenAPI document: what `createDocument` returns will do.
 *
 * @publicApi
 */
export interface SecuredDocument {
  readonly openapi?: string;
  readonly paths: Readonly<Record<string, object>>;
  readonly security?: Record<string, string[]>[];
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, object>> };
}

/** One operation of a document, and what it says of its callers. */
export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly security: readonly SecurityRequirement[];
  /** The content type of its request body, if it has one. */
  readonly contentType: string | undefined;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query', 'search'];

interface OperationObject {
  readonly security?: SecurityRequirement[];
  readonly requestBody?: { readonly content?: object };
}

/** Every operation of a document, with the document's own `security` where it has none. */
export function documentedOperations({
  paths,
  security = [],
}: SecuredDocument): DocumentedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, OperationObject>)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        security: operation.security ?? security,
        contentType: Object.keys(operation.requestBody?.content ?? {})[0],
      })),
  );
}

/** A scheme of a document, and whether the document could list scopes for it. */
export interface DocumentedScheme {
  readonly scheme: SecuritySchemeObject;
  readonly listsScopes: boolean;
}

/** The document's schemes by name. */
export function documentedSchemes({
  openapi = '3.0.0',
  components,
}: SecuredDocument): ReadonlyMap<string, DocumentedScheme> {
  const schemes = Object.entries(components?.securitySchemes ?? {}) as [
    string,
    SecuritySchemeObject,
  ][];
  return new Map(
    schemes.map(([name, scheme]) => {
      const ofAnyType = parseFloat(openapi) >= 3.1;
      const listsScopes = ofAnyType || scheme.type === 'oauth2' || scheme.type === 'openIdConnect';
      return [name, { scheme, listsScopes }];
    }),
  );
}

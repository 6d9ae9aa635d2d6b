import type { SecurityRequirement } from '../requirements/security-requirements.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';

/** What is read of an OpenAPI document. */
export interface SecuredDocument {
  readonly paths: Readonly<Record<string, object>>;
  readonly security?: SecurityRequirement[];
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, object>> };
}

/** One operation of a document, and what it says of its callers. */
export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly security: readonly SecurityRequirement[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query', 'search'];

/** Every operation of a document, with the document's own `security` where it has none. */
export function documentedOperations({
  paths,
  security = [],
}: SecuredDocument): DocumentedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, { security?: SecurityRequirement[] }>)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        security: operation.security ?? security,
      })),
  );
}

/** The document's schemes by name. */
export function documentedSchemes({
  components,
}: SecuredDocument): ReadonlyMap<string, SecuritySchemeObject> {
  return new Map(
    Object.entries(components?.securitySchemes ?? {}) as [string, SecuritySchemeObject][],
  );
}

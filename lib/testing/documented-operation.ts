import type { SecurityRequirement } from '../audit/security-requirements.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';
import { dereference, sampleValue } from './sample-value.js';

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
  /** Its path with the document's own examples in place of the parameters, and the query that it requires. */
  readonly target: string;
  /** A body by the document's examples and schemas, if it has one. */
  readonly body: unknown;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query', 'search'];

interface ParameterObject {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: unknown;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
}

interface OperationObject {
  readonly security?: SecurityRequirement[];
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
}

/** Every operation of a document, with the document's own `security` where it has none. */
export function documentedOperations(document: SecuredDocument): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, OperationObject>)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => {
        const { parameters = [] } = item as { parameters?: readonly unknown[] };
        const own = operation.parameters ?? [];
        return {
          method: method.toUpperCase(),
          path,
          security: operation.security ?? document.security ?? [],
          target: sampleTarget(path, [...parameters, ...own], document),
          ...sampleBody(operation, document),
        };
      }),
  );
}

function sampleTarget(path: string, parameters: readonly unknown[], document: object): string {
  const known = parameters.flatMap(
    (parameter) => dereference<ParameterObject>(parameter, document) ?? [],
  );
  const sampled = (parameter: ParameterObject | undefined) => {
    const value =
      parameter?.example ??
      Object.values(parameter?.examples ?? {})[0]?.value ??
      sampleValue(parameter?.schema, document);
    // Where the document says nothing, any value does: pipes run after guards.
    return encodeURIComponent(String(value ?? 1));
  };
  const filled = path.replaceAll(/\{([^}]*)\}/g, (_, name: string) =>
    sampled(known.findLast((parameter) => parameter.in === 'path' && parameter.name === name)),
  );
  const query = known
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map((parameter) => `${encodeURIComponent(parameter.name)}=${sampled(parameter)}`);
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

function sampleBody(
  { requestBody }: OperationObject,
  document: object,
): Pick<DocumentedOperation, 'contentType' | 'body'> {
  const { content = {} } = dereference<{ content?: object }>(requestBody, document) ?? {};
  const [found] = Object.entries(content) as [string, ParameterObject][];
  if (found === undefined) return { contentType: undefined, body: undefined };
  const [contentType, { schema, example, examples = {} }] = found;
  const body = example ?? Object.values(examples)[0]?.value ?? sampleValue(schema, document);
  return { contentType, body };
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

import type { SecurityRequirement } from '../audit/security-requirements.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';
import { schemesNamedBy } from './operation-security.js';
import type { HeaderLine } from './raw-exchange.js';
import { dereference, sampleValue } from './sample-value.js';

/**
 * The part of an OpenAPI document that is read; the result of `createDocument` fits.
 *
 * @publicApi
 */
export interface SecuredDocument {
  readonly openapi?: string;
  readonly paths: Readonly<Record<string, object>>;
  readonly security?: Record<string, string[]>[];
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, object>> };
}

/** One operation of a document, and what callers must send. */
export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly security: readonly SecurityRequirement[];
  /** The content type of its request body, if it has one. */
  readonly contentType: string | undefined;
  /** Its path with examples in place of the parameters, and the query that it requires or has an example for. */
  readonly target: string;
  /** The headers that it requires, or has an example for. */
  readonly headers: readonly HeaderLine[];
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
        const security = operation.security ?? document.security ?? [];
        assertDefined(security, document, `${method.toUpperCase()} ${path}`);
        return {
          method: method.toUpperCase(),
          path,
          security,
          ...sampleParameters(path, [...parameters, ...own], document),
          ...sampleBody(operation, document),
        };
      }),
  );
}

/** @throws TypeError where an operation names a scheme that the document does not have. */
function assertDefined(
  security: readonly SecurityRequirement[],
  { components }: SecuredDocument,
  operation: string,
): void {
  const known = components?.securitySchemes ?? {};
  const missing = schemesNamedBy({ security }).find((name) => !Object.hasOwn(known, name));
  if (missing === undefined) return;
  throw new TypeError(
    `${operation} requires ${missing}, which components.securitySchemes of the document does not describe: add it to the DocumentBuilder, or remove what names it from the route`,
  );
}

function sampleParameters(
  path: string,
  parameters: readonly unknown[],
  document: SecuredDocument,
): Pick<DocumentedOperation, 'target' | 'headers'> {
  const known = parameters.flatMap(
    (parameter) => dereference<ParameterObject>(parameter, document) ?? [],
  );
  const filled = filledPath(path, known, document);
  const sent = (place: string) =>
    known.filter(
      (parameter) =>
        parameter.in === place &&
        (parameter.required === true || exampleOf(parameter) !== undefined) &&
        !isCredential(parameter, document),
    );
  const query = sent('query').flatMap((parameter) =>
    [sampled(parameter, document)]
      .flat()
      .map((value) => `${encodeURIComponent(parameter.name)}=${encodeURIComponent(String(value))}`),
  );
  return {
    target: query.length === 0 ? filled : `${filled}?${query.join('&')}`,
    headers: sent('header').map((each) => [each.name, String(sampled(each, document))]),
  };
}

/** A path with values in place of its parameters, encoded: documents have paths as they are declared. */
function filledPath(path: string, known: readonly ParameterObject[], document: object): string {
  return path
    .replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
      const own = known.findLast((parameter) => parameter.in === 'path' && parameter.name === name);
      return encodeURIComponent(String(sampled(own, document)));
    })
    .replaceAll(/[^\x21-\x7E]+/g, encodeURIComponent);
}

/** The value of a parameter: 1 where the document does not tell, as pipes, which may refuse it, run after guards. */
function sampled(parameter: ParameterObject | undefined, document: object): unknown {
  return (parameter && (exampleOf(parameter) ?? sampleValue(parameter.schema, document))) ?? 1;
}

function exampleOf({ example, examples, schema }: ParameterObject): unknown {
  const { example: ofSchema } = (schema ?? {}) as { example?: unknown };
  return example ?? Object.values(examples ?? {})[0]?.value ?? ofSchema;
}

/**
 * Whether a parameter is what a scheme of the document reads, or is a header that OpenAPI does not allow as a
 * parameter.
 */
function isCredential({ in: place, name }: ParameterObject, document: SecuredDocument): boolean {
  const isNamed = (other: string) => other.toLowerCase() === name.toLowerCase();
  if (place === 'header' && ['Accept', 'Authorization', 'Content-Type'].some(isNamed)) return true;
  return [...documentedSchemes(document).values()].some(
    ({ scheme }) => scheme.type === 'apiKey' && scheme.in === place && isNamed(scheme.name),
  );
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

/** An operation in reports. */
export function nameOf({ method, path }: DocumentedOperation): string {
  return `${method} ${path}`;
}

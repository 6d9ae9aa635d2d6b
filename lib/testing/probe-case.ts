import type { SecurityRequirement } from '../audit/security-requirements.js';
import type { DocumentedOperation, DocumentedScheme } from './documented-operation.js';
import { type ProbeCredentials, probeCredentials } from './probe-credentials.js';

/** What the application does with a request. */
export type ProbeAnswer = 'lets in' | '401' | '403';

/** One request to an operation, and the answer that the document promises. */
export interface ProbeCase {
  readonly operation: DocumentedOperation;
  /** What the request carries, in words. */
  readonly carrying: string;
  /** The schemes whose credentials are sent and good, and whether each grants a scope that is required. */
  readonly grants: ReadonlyMap<string, (scope: string) => boolean>;
  readonly credentials: readonly ProbeCredentials[];
  /** The scope that nothing grants. */
  readonly withheld: string | undefined;
  readonly promised: ProbeAnswer;
}

type Schemes = ReadonlyMap<string, DocumentedScheme>;

/** The requests that tell an operation's `security` from every weaker and every stronger one. */
export function probeCases(operation: DocumentedOperation, schemes: Schemes): ProbeCase[] {
  const probe = (names: readonly string[], withheld?: string) =>
    probeCase(operation, schemes, names, withheld);
  const alternatives = operation.security
    .map((requirement) => Object.keys(requirement))
    .filter((names) => names.length > 0 && isSendable(names, schemes));
  return [
    probe([]),
    ...alternatives.map((names) => probe(names)),
    ...alternatives
      .filter((names) => names.length > 1)
      .flatMap((names) => names.map((left) => names.filter((name) => name !== left)))
      .filter((names) => !isMoreThanEnough(operation, names))
      .map((names) => probe(names)),
    ...alternatives.flatMap((names) =>
      scopesOf(operation, names).map((scope) => probe(names, scope)),
    ),
  ];
}

/** The requests that tell whether schemes are enough that an operation does not name. */
export function strangerCases(operation: DocumentedOperation, schemes: Schemes): ProbeCase[] {
  const isClosed = operation.security.every((requirement) => Object.keys(requirement).length > 0);
  return operation.security.length > 0 && isClosed
    ? strangers(operation, schemes).map((name) => probeCase(operation, schemes, [name]))
    : [];
}

function probeCase(
  operation: DocumentedOperation,
  schemes: Schemes,
  names: readonly string[],
  withheld?: string,
): ProbeCase {
  const lacking = withheld === undefined ? '' : ` without the scope ${withheld}`;
  return {
    operation,
    carrying: `${names.join(' and ') || 'nothing'}${lacking}`,
    grants: new Map(names.map((name) => [name, grantsOf(name, operation, schemes, names)])),
    credentials: names.flatMap((name) => probeCredentials(schemes.get(name)!.scheme) ?? []),
    withheld,
    promised: promise(operation, names, withheld),
  };
}

/** What the document promises to a request that carries good credentials of some schemes. */
function promise(
  { security }: DocumentedOperation,
  names: readonly string[],
  withheld: string | undefined,
): ProbeAnswer {
  if (security.length === 0) return 'lets in';
  const named = security.flatMap((requirement) => Object.keys(requirement));
  const isOptional = security.some((requirement) => Object.keys(requirement).length === 0);
  if (isOptional && !names.some((name) => named.includes(name))) return 'lets in';
  const satisfied = security.some(
    (requirement) => Object.keys(requirement).length > 0 && isCarried(requirement, names),
  );
  if (!satisfied) return '401';
  // A route's scopes are required whichever alternative holds, also where OpenAPI 3.0 cannot list them.
  return withheld === undefined ? 'lets in' : '403';
}

/**
 * Whether something is sent beside what is enough, and for an alternative that it does not complete: then it may be
 * refused, as where credentials are optional.
 */
function isMoreThanEnough({ security }: DocumentedOperation, names: readonly string[]): boolean {
  const enough = security.filter((requirement) => isCarried(requirement, names));
  return enough.length > 0 && !enough.some((one) => names.every((name) => name in one));
}

function isCarried(requirement: SecurityRequirement, names: readonly string[]): boolean {
  return Object.keys(requirement).every((key) => names.includes(key));
}

/** Schemes that the operation does not name, and that read nothing of what it names. */
function strangers({ security }: DocumentedOperation, schemes: Schemes): string[] {
  const named = new Set(security.flatMap((requirement) => Object.keys(requirement)));
  const places = new Set([...named].map((name) => placeOf(name, schemes)));
  return [...schemes.keys()].filter((name) => {
    const place = placeOf(name, schemes);
    return !named.has(name) && place !== undefined && !places.has(place);
  });
}

function scopesOf({ security }: DocumentedOperation, names: readonly string[]): string[] {
  const requirement = security.find(
    (candidate) => Object.keys(candidate).toString() === names.toString(),
  );
  return [...new Set(Object.values(requirement ?? {}).flat())];
}

/**
 * What a scheme grants by the document: the scopes listed under it or, where OpenAPI 3.0 cannot list any, those that
 * are listed under no scheme beside it.
 */
function grantsOf(
  name: string,
  { security }: DocumentedOperation,
  schemes: Schemes,
  names: readonly string[],
): (scope: string) => boolean {
  const alternatives = security
    .filter((requirement) => isCarried(requirement, names))
    .filter((requirement) => Object.hasOwn(requirement, name));
  if (schemes.get(name)!.listsScopes) {
    return (scope) => alternatives.some((requirement) => requirement[name]!.includes(scope));
  }
  const listed = alternatives.map((requirement) => Object.values(requirement).flat());
  return (scope) => listed.some((scopes) => !scopes.includes(scope));
}

/** Two schemes in one header cannot be sent together, so no client can satisfy them. */
function isSendable(names: readonly string[], schemes: Schemes): boolean {
  const places = names.map((name) => placeOf(name, schemes));
  return !places.includes(undefined) && new Set(places).size === places.length;
}

function placeOf(name: string, schemes: Schemes): string | undefined {
  const credentials = probeCredentials(schemes.get(name)!.scheme);
  return credentials && `${credentials.in} ${credentials.name.toLowerCase()}`;
}

import type { SecurityRequirement } from '../audit/security-requirements.js';
import type { DocumentedOperation, DocumentedScheme } from './documented-operation.js';
import { isClosed, isOptional, schemesNamedBy } from './operation-security.js';
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
  /** The scope that none of the credentials grants, if one is tested. */
  readonly withheld: string | undefined;
  readonly promised: ProbeAnswer;
}

type Schemes = ReadonlyMap<string, DocumentedScheme>;

/** The requests that distinguish an operation's `security` from every weaker and every stronger one. */
export function probeCases(operation: DocumentedOperation, schemes: Schemes): ProbeCase[] {
  const probe = (names: readonly string[]) =>
    probeCase(operation, schemes, { names, by: requirementsOf(operation, names) });
  const alternatives = operation.security.filter((requirement) => {
    const names = Object.keys(requirement);
    return names.length > 0 && isSendable(names, schemes);
  });
  const short = alternatives
    .map((requirement) => Object.keys(requirement))
    .filter((names) => names.length > 1)
    .flatMap((names) => names.map((left) => names.filter((name) => name !== left)))
    .filter((names) => !isMoreThanEnough(operation, names));
  return [
    probe([]),
    ...alternatives.map((requirement) =>
      probeCase(operation, schemes, { names: Object.keys(requirement), by: [requirement] }),
    ),
    ...short.map(probe),
    ...alternatives
      .filter((requirement) => !hasLesser(operation, requirement))
      .flatMap((requirement) => withholding(operation, schemes, requirement)),
  ];
}

/** The requests that lack one scope of an alternative, where the document determines the answer. */
function withholding(
  operation: DocumentedOperation,
  schemes: Schemes,
  requirement: SecurityRequirement,
): ProbeCase[] {
  const names = Object.keys(requirement);
  const by = requirementsOf(operation, names);
  const listed = [...new Set(Object.values(requirement).flat())];
  return listed
    .filter((scope) =>
      by.every((other) => scopesIn(other).includes(scope) || listsAll(other, schemes)),
    )
    .map((withheld) => probeCase(operation, schemes, { names, by, withheld }));
}

/** The requests with one scheme that the operation does not name, which must not be enough. */
export function strangerCases(operation: DocumentedOperation, schemes: Schemes): ProbeCase[] {
  if (!isClosed(operation)) return [];
  return strangers(operation, schemes).map((name) =>
    probeCase(operation, schemes, { names: [name], by: [] }),
  );
}

/** What a request is to carry. */
interface Carried {
  readonly names: readonly string[];
  /** The alternatives whose scopes are granted. */
  readonly by: readonly SecurityRequirement[];
  readonly withheld?: string;
}

function probeCase(operation: DocumentedOperation, schemes: Schemes, carried: Carried): ProbeCase {
  const { names, by, withheld } = carried;
  const lacking = withheld === undefined ? '' : ` without the scope ${withheld}`;
  // A request that withholds a scope grants all others, so that nothing else can be the reason of a refusal.
  const grantOf = (name: string) => (scope: string) =>
    withheld === undefined
      ? !schemes.get(name)!.listsScopes ||
        by.some((requirement) => requirement[name]?.includes(scope))
      : scope !== withheld;
  return {
    operation,
    carrying: `${names.join(' and ') || 'nothing'}${lacking}`,
    grants: new Map(names.map((name) => [name, grantOf(name)])),
    credentials: names.flatMap((name) => probeCredentials(schemes.get(name)!.scheme) ?? []),
    withheld,
    promised: promise(operation, carried),
  };
}

/** What the document promises to a request that carries good credentials of some schemes. */
function promise(operation: DocumentedOperation, { names, by, withheld }: Carried): ProbeAnswer {
  const { security } = operation;
  if (security.length === 0) return 'lets in';
  const named = schemesNamedBy(operation);
  if (isOptional(operation) && !names.some((name) => named.includes(name))) return 'lets in';
  const carried = security.filter(
    (requirement) => Object.keys(requirement).length > 0 && isCarried(requirement, names),
  );
  if (carried.length === 0) return '401';
  const isGranted = (scope: string, name: string) =>
    scope !== withheld && by.some((requirement) => requirement[name]?.includes(scope));
  const isSatisfied = carried.some((requirement) =>
    scopesIn(requirement).every((scope) =>
      Object.keys(requirement).some(
        (name) => requirement[name]!.includes(scope) && isGranted(scope, name),
      ),
    ),
  );
  return isSatisfied ? 'lets in' : '403';
}

/**
 * Whether fewer of the same schemes are an alternative, too: then a request that lacks a scope may be let in or not, as
 * where the handler's credentials are optional and others are always required.
 */
function hasLesser({ security }: DocumentedOperation, requirement: SecurityRequirement): boolean {
  const names = Object.keys(requirement);
  return security.some((other) => {
    const fewer = Object.keys(other);
    return fewer.length > 0 && fewer.length < names.length && isCarried(other, names);
  });
}

/**
 * Whether a request has credentials beyond an alternative that it satisfies, without satisfying another: then it may be
 * refused, as where credentials are optional.
 */
function isMoreThanEnough({ security }: DocumentedOperation, names: readonly string[]): boolean {
  const enough = security.filter((requirement) => isCarried(requirement, names));
  return enough.length > 0 && !enough.some((one) => names.every((name) => name in one));
}

function isCarried(requirement: SecurityRequirement, names: readonly string[]): boolean {
  return Object.keys(requirement).every((key) => names.includes(key));
}

/** The alternatives whose schemes are all among the given ones. */
function requirementsOf(
  { security }: DocumentedOperation,
  names: readonly string[],
): SecurityRequirement[] {
  return security.filter((requirement) => isCarried(requirement, names));
}

function scopesIn(requirement: SecurityRequirement): string[] {
  return [...new Set(Object.values(requirement).flat())];
}

/** Whether the document can list every scope that an alternative requires; OpenAPI 3.0 cannot for most types. */
function listsAll(requirement: SecurityRequirement, schemes: Schemes): boolean {
  return Object.keys(requirement).every((name) => schemes.get(name)!.listsScopes);
}

/** Schemes that the operation does not name and that read from other places than those it names. */
function strangers(operation: DocumentedOperation, schemes: Schemes): string[] {
  const named = schemesNamedBy(operation);
  const places = new Set(named.map((name) => placeOf(name, schemes)));
  return [...schemes.keys()].filter((name) => {
    const place = placeOf(name, schemes);
    return !named.includes(name) && place !== undefined && !places.has(place);
  });
}

/** Whether a client can send the credentials of all schemes: two schemes cannot share a header. */
function isSendable(names: readonly string[], schemes: Schemes): boolean {
  const places = names.map((name) => placeOf(name, schemes));
  return !places.includes(undefined) && new Set(places).size === places.length;
}

function placeOf(name: string, schemes: Schemes): string | undefined {
  const credentials = probeCredentials(schemes.get(name)!.scheme);
  return credentials && `${credentials.in} ${credentials.name.toLowerCase()}`;
}

import type { SecurityRequirement } from '../requirements/security-requirements.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';
import type { DocumentedOperation } from './documented-operation.js';
import { type ProbeCredentials, probeCredentials } from './probe-credentials.js';

/** What the application does with a request. */
export type ProbeAnswer = 'lets in' | '401' | '403';

/** One request to an operation, and the answer that the document promises. */
export interface ProbeCase {
  readonly operation: DocumentedOperation;
  /** What the request carries, in words. */
  readonly carrying: string;
  /** The schemes whose credentials are sent, and are good. */
  readonly schemes: readonly string[];
  readonly credentials: readonly ProbeCredentials[];
  /** The scope that nothing grants. */
  readonly withheld: string | undefined;
  readonly promised: ProbeAnswer;
}

type Schemes = ReadonlyMap<string, SecuritySchemeObject>;

/** The requests that tell an operation's `security` from every weaker and every stronger one. */
export function probeCases(operation: DocumentedOperation, schemes: Schemes): ProbeCase[] {
  const alternatives = operation.security
    .map((requirement) => Object.keys(requirement))
    .filter((names) => names.length > 0 && isSendable(names, schemes));
  return [
    probe(operation, schemes, []),
    ...alternatives.map((names) => probe(operation, schemes, names)),
    ...alternatives
      .filter((names) => names.length > 1)
      .flatMap((names) =>
        names.map((left) =>
          probe(
            operation,
            schemes,
            names.filter((name) => name !== left),
          ),
        ),
      ),
    ...alternatives.flatMap((names) =>
      scopesOf(operation.security, names).map((scope) => probe(operation, schemes, names, scope)),
    ),
  ];
}

function probe(
  operation: DocumentedOperation,
  schemes: Schemes,
  names: readonly string[],
  withheld?: string,
): ProbeCase {
  const lacking = withheld === undefined ? '' : ` without the scope ${withheld}`;
  return {
    operation,
    carrying: `${names.join(' and ') || 'nothing'}${lacking}`,
    schemes: names,
    credentials: names.flatMap((name) => probeCredentials(schemes.get(name)!) ?? []),
    withheld,
    promised: promise(operation.security, names, withheld),
  };
}

/** What the document promises to a request that carries good credentials of some schemes. */
function promise(
  security: readonly SecurityRequirement[],
  names: readonly string[],
  withheld: string | undefined,
): ProbeAnswer {
  if (security.length === 0) return 'lets in';
  if (names.length === 0) {
    return security.some((requirement) => Object.keys(requirement).length === 0)
      ? 'lets in'
      : '401';
  }
  const satisfied = security.filter((requirement) => {
    const keys = Object.keys(requirement);
    return keys.length > 0 && keys.every((key) => names.includes(key));
  });
  if (satisfied.length === 0) return '401';
  // A route's scopes are required whichever alternative holds, also where OpenAPI 3.0 cannot list them.
  return withheld === undefined ? 'lets in' : '403';
}

function scopesOf(security: readonly SecurityRequirement[], names: readonly string[]): string[] {
  const requirement = security.find(
    (candidate) => Object.keys(candidate).toString() === names.toString(),
  );
  return [...new Set(Object.values(requirement ?? {}).flat())];
}

/** Two schemes in one header cannot be sent together, so no client can satisfy them. */
function isSendable(names: readonly string[], schemes: Schemes): boolean {
  const places = names.map((name) => {
    const credentials = probeCredentials(schemes.get(name)!);
    return credentials && `${credentials.in} ${credentials.name.toLowerCase()}`;
  });
  return !places.includes(undefined) && new Set(places).size === places.length;
}

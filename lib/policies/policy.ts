import { type AuthModuleOptions, type ScopeMatcher, VALIDATE_TIMEOUT } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { PlacedDeclaration } from '../requirements/declaration.js';
import {
  isSchemeReference,
  type Requirement,
  type SchemeReference,
} from '../requirements/requirement.js';
import type { SecurityScopes } from '../schemes/authentication.js';
import { alternativesOf, type ScopedAlternative } from './alternatives.js';
import {
  asksSameRules,
  assertNoRules,
  type CompiledRule,
  compileRules,
  type ResolveRule,
} from './compiled-rule.js';
import { type PolicyAlternative, policyAlternatives, requireSame } from './policy-alternative.js';
import { ProtectedResources } from './protected-resources.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** Marks the guard that enforces policies, so that whatever carries it is known to need one. */
export const ENFORCES = Symbol('nestjs-security:enforces');

/** What a handler demands: the one source of what is enforced and of what is documented. */
export interface Policy extends SecurityScopes {
  /** Where its requirement is declared, such as `UsersController.me`. */
  readonly source: string;
  /** In declared order. None at all lets nobody in. */
  readonly alternatives: readonly PolicyAlternative[];
  /** Every scheme of the alternatives, once. */
  readonly schemes: readonly RegisteredScheme[];
  /** The scheme of the one alternative, where that is all there is, and it is the same for every request. */
  readonly only: RegisteredScheme | undefined;
  /**
   * Whether each scheme is an alternative by itself, in this order, and the same for every request. What alternatives there
   * are besides ask for nothing.
   */
  readonly eachAlone: boolean;
  /** Whether every scheme of every alternative is asked for the route's scopes, and for no others. */
  readonly asksAlike: boolean;
  /** Whether the `always` option has a part in it. */
  readonly always: boolean;
  /** Whether some scheme is made per request. */
  readonly perRequest: boolean;
  /** Whether a request without credentials passes. */
  readonly anonymous: boolean;
  /** What must allow a call whose credentials are good, in this order; `undefined` where nothing is asked. */
  readonly rules: readonly CompiledRule[] | undefined;
  readonly scopeMatcher: ScopeMatcher | undefined;
  /** Seconds. */
  readonly validateTimeout: number;
  /**
   * Makes the `resource_metadata` of bearer challenges; `undefined` where the application describes no protected
   * resource.
   */
  readonly resources: ProtectedResources | undefined;
}

/** What of a policy follows from its alternatives. */
type Choice = Pick<
  Policy,
  'alternatives' | 'schemes' | 'only' | 'eachAlone' | 'perRequest' | 'anonymous' | 'asksAlike'
>;

/** How policies are made in an application. */
export interface PolicyOptions extends AuthModuleOptions {
  /** Whether only what a handler declares itself applies to it. Default: `false`. */
  readonly standsAlone?: boolean;
}

/**
 * The policy of what is declared for a handler, nearest first, or `null` where nothing is.
 *
 * The nearest requirement counts; scopes and rules add up.
 *
 * @throws ConfigurationError when the declarations contradict one another.
 */
export function compilePolicy(
  declarations: readonly PlacedDeclaration[],
  options: PolicyOptions,
  resolve: (reference: SchemeReference) => RegisteredScheme,
  resolveRule: ResolveRule,
): Policy | null {
  const nearest = declarations.findIndex(({ requirement }) => requirement !== undefined);
  const requirement = declarations[nearest]?.requirement ?? options.security;
  if (requirement === undefined) return withoutRequirement(declarations, options);

  const scoped = expand(requirement, resolve);
  const isPublic = scoped.every(isAnonymous);
  const declared = isPublic ? nearerThan(declarations, nearest) : declarations;
  const scopes = isPublic ? scopesOfNobody(declared) : scopesOf(declared);
  if (scoped.some(isAnonymous)) assertNoRules(declared, ANONYMOUS_CALLERS);
  return {
    source: declarations[nearest]?.place ?? SECURITY_OPTION,
    ...choiceOf(policyAlternatives(scoped, scopes), scopes),
    always: false,
    scopes,
    scopeStr: scopes.join(' '),
    rules: compileRules(declared, resolveRule),
    scopeMatcher: options.scopeMatcher,
    validateTimeout: options.validateTimeout ?? VALIDATE_TIMEOUT,
    resources: ProtectedResources.of(options),
  };
}

/** Whether a policy lets everybody in without reading anything of the request. */
export function isOpen(policy: Policy | null): boolean {
  return policy === null || (policy.anonymous && policy.schemes.length === 0);
}

/** Whether a policy lets nobody in, as `undeclared: 'deny'` does. */
export function isDenied(policy: Policy | null): boolean {
  return policy?.alternatives.length === 0;
}

/** Whether two policies demand the same, wherever it is declared. */
export function demandsSame(a: Policy | null, b: Policy | null): boolean {
  if (a === b || a === null || b === null) return a === b;
  const sameAlternatives =
    a.alternatives.length === b.alternatives.length &&
    a.alternatives.every((alternative, index) => isEqual(alternative, b.alternatives[index]!));
  return sameAlternatives && a.scopeStr === b.scopeStr && asksSameRules(a.rules, b.rules);
}

function isEqual(a: PolicyAlternative, b: PolicyAlternative): boolean {
  const isOrderSame = a.schemes.every((entry, at) => entry === b.schemes[at]);
  return a.own === b.own && isOrderSame && requireSame(a, b);
}

function isAnonymous({ schemes }: Pick<PolicyAlternative, 'schemes'>): boolean {
  return schemes.length === 0;
}

/**
 * What follows from a policy's alternatives.
 *
 * @param scopes What the route requires in each of them.
 */
export function choiceOf(
  alternatives: readonly PolicyAlternative[],
  scopes: readonly string[],
): Choice {
  const schemes = [...new Set(alternatives.flatMap((alternative) => alternative.schemes))];
  const perRequest = schemes.some(({ resolve }) => resolve !== undefined);
  const eachAlone = !perRequest && areAlone(schemes, alternatives);
  return {
    alternatives,
    schemes,
    only: eachAlone && alternatives.length === 1 ? schemes[0] : undefined,
    eachAlone,
    perRequest,
    anonymous: alternatives.some(isAnonymous),
    asksAlike: alternatives.every(({ asked }) => asked.every((list) => list === scopes)),
  };
}

function areAlone(
  schemes: readonly RegisteredScheme[],
  alternatives: readonly PolicyAlternative[],
): boolean {
  return alternatives.every((alternative, at) =>
    at < schemes.length
      ? alternative.schemes.length === 1 && alternative.schemes[0] === schemes[at]
      : isAnonymous(alternative),
  );
}

/** How the audit calls the application's default. */
const SECURITY_OPTION = 'AuthModule security';

const NO_REQUIREMENT =
  'no requirement in effect: add @Security(...) or set security in AuthModule.forRoot()';

const NO_REQUIREMENT_OF_ITS_OWN =
  'no requirement in effect: add @Security(...) to it, as that of its class and of AuthModule.forRoot() are not for fields';

const ANONYMOUS_CALLERS =
  'lets anonymous requests in, of whom no rule could be asked: remove @Public(), optional() or the rules';

/** Lets nobody in. */
const DENIED: Policy = {
  source: 'AuthModule undeclared',
  ...choiceOf([], []),
  always: false,
  scopes: [],
  scopeStr: '',
  rules: undefined,
  scopeMatcher: undefined,
  validateTimeout: VALIDATE_TIMEOUT,
  resources: undefined,
};

function withoutRequirement(
  declarations: readonly PlacedDeclaration[],
  { undeclared, standsAlone = false }: PolicyOptions,
): Policy | null {
  const reason = standsAlone ? NO_REQUIREMENT_OF_ITS_OWN : NO_REQUIREMENT;
  assertNoRules(declarations, reason);
  const scoped = declarations.find(({ scopes }) => scopes.length > 0);
  if (scoped === undefined) return undeclared === 'deny' ? DENIED : null;
  throw new ConfigurationError(`has @Scopes() on ${scoped.place} but ${reason}`);
}

function expand(
  requirement: Requirement,
  resolve: (reference: SchemeReference) => RegisteredScheme,
): readonly ScopedAlternative<RegisteredScheme>[] {
  const alternatives = alternativesOf(requirement, resolve);
  return isSchemeReference(requirement) && !resolve(requirement).scheme.autoError
    ? [...alternatives, { schemes: [], scopes: [] }]
    : alternatives;
}

/**
 * The declarations that count beside the nearest `anonymous`: it drops those farther out. The application's default is
 * farthest.
 */
function nearerThan(
  declarations: readonly PlacedDeclaration[],
  nearest: number,
): readonly PlacedDeclaration[] {
  return nearest === -1 ? declarations : declarations.slice(0, nearest + 1);
}

/** The scopes of a public handler, of which there are none: a caller without credentials is granted nothing. */
function scopesOfNobody(declarations: readonly PlacedDeclaration[]): readonly string[] {
  const scopes = scopesOf(declarations);
  if (scopes.length === 0) return scopes;
  throw new ConfigurationError(
    `requires the scopes ${scopes.join(', ')} of nobody: it is public. Remove @Public() or @Scopes()`,
  );
}

/** The scopes required, without duplicates: those of outer classes and base classes first. */
export function scopesOf(declarations: readonly PlacedDeclaration[]): readonly string[] {
  const scopes = new Set(declarations.toReversed().flatMap((declaration) => declaration.scopes));
  // Frozen, because `validate` and handlers are given this list itself.
  return Object.freeze([...scopes]);
}

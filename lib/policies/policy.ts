import { type AuthModuleOptions, type ScopeMatcher, VALIDATE_TIMEOUT } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { resourceMetadataUrl } from '../protocol/protected-resource.js';
import type { PlacedDeclaration } from '../requirements/declaration.js';
import {
  isSchemeReference,
  type Requirement,
  type SchemeReference,
} from '../requirements/requirement.js';
import type { SecurityScopes } from '../schemes/authentication.js';
import { type Alternative, alternativesOf } from './alternatives.js';
import { assertGrantable, grantersOf } from './grantable-scopes.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** Marks the guard that enforces policies, so that whatever carries it is known to need one. */
export const ENFORCES = Symbol('nestjs-security:enforces');

/** What a handler demands: the one source of what is enforced and of what is documented. */
export interface Policy extends SecurityScopes {
  /** Where its requirement is declared, such as `UsersController.me`. */
  readonly source: string;
  /** In declared order; an empty one is `anonymous`. None at all lets nobody in. */
  readonly alternatives: readonly Alternative<RegisteredScheme>[];
  /** Every scheme of the alternatives, once. */
  readonly schemes: readonly RegisteredScheme[];
  /** By alternative, then by required scope: the schemes one of which must grant it. */
  readonly granters: readonly (readonly (readonly RegisteredScheme[])[])[];
  /**
   * By alternative: how many of its schemes, the first ones, the handler's own requirement names; the others are what
   * is required always. `undefined`: all are its own.
   */
  readonly own: readonly number[] | undefined;
  /** Whether some scheme is made per request. */
  readonly perRequest: boolean;
  /** Whether a request without credentials passes. */
  readonly anonymous: boolean;
  readonly scopeMatcher: ScopeMatcher | undefined;
  /** Seconds. */
  readonly validateTimeout: number;
  /** The `resource_metadata` of bearer challenges. */
  readonly resourceMetadata: string | undefined;
}

/**
 * The policy of what is declared for a handler, nearest first, or `null` where nothing is.
 *
 * The nearest requirement counts; scopes add up.
 *
 * @throws ConfigurationError when the declarations contradict one another.
 */
export function compilePolicy(
  declarations: readonly PlacedDeclaration[],
  options: AuthModuleOptions,
  resolve: (reference: SchemeReference) => RegisteredScheme,
): Policy | null {
  const nearest = declarations.findIndex(({ requirement }) => requirement !== undefined);
  const requirement = declarations[nearest]?.requirement ?? options.security;
  if (requirement === undefined) return withoutRequirement(declarations, options);

  const choice = choiceOf(expand(requirement, resolve));
  const scopes =
    choice.schemes.length === 0
      ? scopesOfNobody(nearerThan(declarations, nearest))
      : scopesOf(declarations);
  assertGrantable(scopes, choice.alternatives);
  return {
    source: declarations[nearest]?.place ?? SECURITY_OPTION,
    ...choice,
    own: undefined,
    granters: choice.alternatives.map((alternative) =>
      scopes.map((scope) => grantersOf(scope, alternative)),
    ),
    scopes,
    scopeStr: scopes.join(' '),
    scopeMatcher: options.scopeMatcher,
    validateTimeout: options.validateTimeout ?? VALIDATE_TIMEOUT,
    resourceMetadata:
      options.protectedResource && resourceMetadataUrl(options.protectedResource.resource).href,
  };
}

/** Whether two policies demand the same, wherever it is declared. */
export function demandsSame(a: Policy | null, b: Policy | null): boolean {
  if (a === b || a === null || b === null) return a === b;
  const sameAlternatives =
    a.alternatives.length === b.alternatives.length &&
    a.alternatives.every((alternative, index) => {
      const other = b.alternatives[index]!;
      return (
        alternative.length === other.length &&
        alternative.every((entry, member) => entry === other[member])
      );
    });
  return sameAlternatives && a.scopeStr === b.scopeStr && String(a.own) === String(b.own);
}

/** What follows from a policy's alternatives. */
export function choiceOf(
  alternatives: readonly Alternative<RegisteredScheme>[],
): Pick<Policy, 'alternatives' | 'schemes' | 'perRequest' | 'anonymous'> {
  const schemes = [...new Set(alternatives.flat())];
  return {
    alternatives,
    schemes,
    perRequest: schemes.some(({ resolve }) => resolve !== undefined),
    anonymous: alternatives.some(({ length }) => length === 0),
  };
}

/** How the audit calls the application's default. */
const SECURITY_OPTION = 'AuthModule security';

/** Lets nobody in. */
const DENIED: Policy = {
  source: 'AuthModule undeclared',
  ...choiceOf([]),
  own: undefined,
  granters: [],
  scopes: [],
  scopeStr: '',
  scopeMatcher: undefined,
  validateTimeout: VALIDATE_TIMEOUT,
  resourceMetadata: undefined,
};

function withoutRequirement(
  declarations: readonly PlacedDeclaration[],
  { undeclared }: AuthModuleOptions,
): Policy | null {
  const scoped = declarations.find(({ scopes }) => scopes.length > 0);
  if (scoped === undefined) return undeclared === 'deny' ? DENIED : null;
  throw new ConfigurationError(
    `has @Scopes() on ${scoped.place} but no requirement in effect: add @Security(...) or set security in AuthModule.forRoot()`,
  );
}

function expand(
  requirement: Requirement,
  resolve: (reference: SchemeReference) => RegisteredScheme,
): readonly Alternative<RegisteredScheme>[] {
  const alternatives = alternativesOf(requirement, resolve);
  return isSchemeReference(requirement) && !resolve(requirement).scheme.autoError
    ? [...alternatives, []]
    : alternatives;
}

/** `anonymous` drops what is declared farther out than itself; the application's default is the farthest. */
function nearerThan(
  declarations: readonly PlacedDeclaration[],
  nearest: number,
): readonly PlacedDeclaration[] {
  return nearest === -1 ? declarations : declarations.slice(0, nearest + 1);
}

/** There are none: whoever is not asked for credentials is granted nothing. */
function scopesOfNobody(declarations: readonly PlacedDeclaration[]): readonly string[] {
  const scopes = scopesOf(declarations);
  if (scopes.length === 0) return scopes;
  throw new ConfigurationError(
    `requires the scopes ${scopes.join(', ')} of nobody: it is public. Remove @Public() or @Scopes()`,
  );
}

/** Outermost and base-most first, duplicates dropped. */
function scopesOf(declarations: readonly PlacedDeclaration[]): readonly string[] {
  const scopes = new Set(declarations.toReversed().flatMap((declaration) => declaration.scopes));
  // `validate` and handlers are given this very list.
  return Object.freeze([...scopes]);
}

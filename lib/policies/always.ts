import type { AuthModuleOptions } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { SchemeReference } from '../requirements/requirement.js';
import { sameSchemes } from './alternatives.js';
import { areAskedFor, askedOf, type Granters, sameGranters } from './grantable-scopes.js';
import { choiceOf, compilePolicy, type Policy } from './policy.js';
import { withPlace } from './problems.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** The source of the policy of a handler that declares nothing itself: the `always` option alone. */
export const ALWAYS_OPTION = 'AuthModule always';

/** The requirement that every handler has besides its own. */
export class Always {
  private readonly joined = new WeakMap<Policy, Policy>();

  private constructor(private readonly policy: Policy) {}

  /** @throws ConfigurationError when it names an unknown scheme, or lets anonymous requests in. */
  static of(
    options: AuthModuleOptions,
    resolve: (reference: SchemeReference) => RegisteredScheme,
  ): Always | undefined {
    const { always } = options;
    if (always === undefined) return undefined;
    const declaration = { requirement: always, scopes: [], place: ALWAYS_OPTION };
    const policy = withPlace('AuthModule.forRoot(): always', () =>
      compilePolicy([declaration], options, resolve, noRule)!,
    );
    if (!policy.anonymous) return new Always({ ...policy, own: policy.alternatives.map(() => 0) });
    throw new ConfigurationError(
      'AuthModule.forRoot(): always lets anonymous requests in, so that it requires nothing: remove optional(), anonymous or autoError: false',
    );
  }

  /** A handler's policy joined with this requirement. `own` is `null` where the handler declares nothing. */
  beside(own: Policy | null): Policy {
    if (own === null) return this.policy;
    const joined = this.joined.get(own) ?? join(own, this.policy);
    this.joined.set(own, joined);
    return joined;
  }
}

/** Stands in for the rules' registry: this requirement cannot name rules, which only handlers have. */
function noRule(): never {
  throw new ConfigurationError('names a rule: name it in @Authorize()');
}

/**
 * Joins every alternative of one policy with every one of the other. Those that ask for none of the handler's own
 * schemes come last.
 */
function join(own: Policy, always: Policy): Policy {
  const pairs = own.alternatives
    .flatMap((alternative, index) =>
      always.alternatives.map((added, addedIndex) => ({
        own: alternative.length,
        schemes: [...new Set([...alternative, ...added])],
        required: both(own.required[index]!, always.required[addedIndex]!),
        granters: both(own.granters[index]!, always.granters[addedIndex]!),
      })),
    )
    .toSorted((a, b) => Number(a.own === 0) - Number(b.own === 0))
    .filter((pair, at, all) => all.findIndex((other) => asksSame(other, pair)) === at);
  const asked = pairs.map(({ schemes, required, granters }) =>
    askedOf(schemes, required, granters),
  );
  return {
    ...own,
    ...choiceOf(pairs.map(({ schemes }) => schemes)),
    asksAlike: areAskedFor(own.scopes, asked),
    asked,
    required: pairs.map(({ required }) => required),
    granters: pairs.map(({ granters }) => granters),
    own: pairs.map((pair) => pair.own),
  };
}

/** An alternative of the joined policy. */
interface Pair {
  readonly schemes: readonly RegisteredScheme[];
  readonly required: readonly string[];
  readonly granters: readonly Granters[];
}

function asksSame(a: Pair, b: Pair): boolean {
  return (
    sameSchemes(a.schemes, b.schemes) &&
    a.required.length === b.required.length &&
    a.required.every(
      (scope, at) => scope === b.required[at] && sameGranters(a.granters[at]!, b.granters[at]!),
    )
  );
}

/**
 * Both lists in one. Where the second is empty this is the first list itself, as lists of scopes are compared by
 * identity.
 */
function both<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  return second.length === 0 ? first : Object.freeze([...first, ...second]);
}

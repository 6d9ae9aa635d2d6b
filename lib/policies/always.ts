import type { AuthModuleOptions } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { SchemeReference } from '../requirements/requirement.js';
import { sameSchemes } from './alternatives.js';
import { choiceOf, compilePolicy, type Policy } from './policy.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** Where a requirement is declared that is all there is: its handler declares nothing. */
export const ALWAYS_OPTION = 'AuthModule always';

/** What is required of every handler beside its own requirement. */
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
    const policy = compile(() => compilePolicy([declaration], options, resolve)!);
    if (!policy.anonymous) return new Always({ ...policy, own: policy.alternatives.map(() => 0) });
    throw new ConfigurationError(
      'AuthModule.forRoot(): always lets anonymous requests in, so that it requires nothing: remove optional(), anonymous or autoError: false',
    );
  }

  /** The policy of a handler whose own is given; `null` where that declares nothing. */
  beside(own: Policy | null): Policy {
    if (own === null) return this.policy;
    const joined = this.joined.get(own) ?? join(own, this.policy);
    this.joined.set(own, joined);
    return joined;
  }
}

function compile(policyOf: () => Policy): Policy {
  try {
    return policyOf();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`AuthModule.forRoot(): always ${error.message}`);
  }
}

/** Every alternative of the one with every one of the other; those that need nothing of the first come last. */
function join(own: Policy, always: Policy): Policy {
  const pairs = own.alternatives
    .flatMap((alternative, index) =>
      always.alternatives.map((added, addedIndex) => ({
        index,
        addedIndex,
        own: alternative.length,
        schemes: [...new Set([...alternative, ...added])],
      })),
    )
    .toSorted((a, b) => Number(a.own === 0) - Number(b.own === 0))
    .filter(
      ({ schemes }, at, all) => all.findIndex((pair) => sameSchemes(pair.schemes, schemes)) === at,
    );
  return {
    ...own,
    ...choiceOf(pairs.map(({ schemes }) => schemes)),
    granters: pairs.map(({ index, addedIndex }) => [
      ...own.granters[index]!,
      ...always.granters[addedIndex]!,
    ]),
    own: pairs.map((pair) => pair.own),
  };
}

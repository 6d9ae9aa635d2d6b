import type { AuthModuleOptions } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { SchemeReference } from '../requirements/requirement.js';
import { joinAlternatives, requireSame } from './policy-alternative.js';
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
    if (!policy.anonymous) return new Always(alone(policy));
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

/** The policy of a handler that requires nothing of its own. */
function alone(policy: Policy): Policy {
  const alternatives = policy.alternatives.map((alternative) => ({ ...alternative, own: 0 }));
  return { ...policy, alternatives, always: true };
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
  const { scopes } = own;
  const alternatives = own.alternatives
    .flatMap((alternative) =>
      always.alternatives.map((added) => joinAlternatives(alternative, added, scopes)),
    )
    .toSorted((a, b) => Number(a.own === 0) - Number(b.own === 0))
    .filter((one, at, all) => all.findIndex((other) => requireSame(other, one)) === at);
  return { ...own, ...choiceOf(alternatives, scopes), always: true };
}

import type { MaybePromise } from './authentication.js';

/**
 * What a Passport strategy is, as far as running it goes.
 *
 * @publicApi
 */
export interface PassportStrategy {
  readonly name?: string | undefined;
  authenticate(request: object, options?: object): unknown;
}

/** The one way a strategy's run ended. */
export type StrategyOutcome =
  | { readonly type: 'success'; readonly user: unknown; readonly info: unknown }
  | { readonly type: 'fail'; readonly challenge: unknown; readonly status: unknown }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'redirect' }
  | { readonly type: 'pass' };

/**
 * Runs a Passport strategy once, without Passport: no registry, no session, no middleware.
 *
 * Where the strategy ends synchronously the outcome is returned synchronously.
 */
export function runStrategy(
  strategy: PassportStrategy,
  request: object,
  options: object = {},
): MaybePromise<StrategyOutcome> {
  let outcome: StrategyOutcome | undefined;
  let settle = (ended: StrategyOutcome): void => {
    outcome ??= ended;
  };
  const run: PassportStrategy = Object.assign(Object.create(strategy) as PassportStrategy, {
    success: (user: unknown, info: unknown) => settle({ type: 'success', user, info }),
    fail: (challenge: unknown, status: unknown) => settle({ type: 'fail', challenge, status }),
    error: (error: unknown) => settle({ type: 'error', error }),
    redirect: () => settle({ type: 'redirect' }),
    pass: () => settle({ type: 'pass' }),
  });
  const returned = run.authenticate(request, options);
  if (outcome !== undefined) return outcome;
  return new Promise((resolve, reject) => {
    settle = resolve;
    Promise.resolve(returned).catch(reject);
  });
}

import { isUnsettled, silence } from '../protocol/unsettled.js';
import type { MaybePromise } from '../schemes/authentication.js';

/**
 * What a Passport strategy is, as far as running it goes.
 *
 * @publicApi
 */
export interface PassportStrategy {
  readonly name?: string | undefined;
  /** Looks at a request, and answers by one of the actions that Passport gives a strategy. */
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
 * One run of a Passport strategy, without Passport: no registry, no session, no middleware.
 *
 * A strategy answers once. One that throws, rejects or answers again before its answer was used has failed, whatever
 * it answered first; what it does later is told to `late`, once. No rejection is left to end the process.
 */
export class StrategyRun {
  /** What it has answered before `authenticate` returned, if anything. */
  readonly immediate: StrategyOutcome | undefined;
  /** How it ended; no promise where it ended synchronously. It never rejects. */
  readonly outcome: MaybePromise<StrategyOutcome>;

  #answer: StrategyOutcome | undefined;
  #isUsed = false;
  #isLate = false;
  #answered = (): void => undefined;

  constructor(
    strategy: PassportStrategy,
    request: object,
    options: object,
    private readonly late: (error: unknown) => void,
  ) {
    const returned = this.#start(strategy, request, options);
    this.immediate = this.#answer;
    this.outcome =
      this.#answer === undefined || isThenable(returned) ? this.#wait(returned) : this.#use();
  }

  #start(strategy: PassportStrategy, request: object, options: object): unknown {
    const run: PassportStrategy = Object.assign(Object.create(strategy) as PassportStrategy, {
      success: (user: unknown, info: unknown) => {
        // Within a user it is looked for where the answer is used.
        isUnsettled(user);
        silence(info);
        this.#settle({ type: 'success', user, info });
      },
      fail: (challenge: unknown, status: unknown) => {
        silence(challenge);
        silence(status);
        this.#settle({ type: 'fail', challenge, status });
      },
      error: (error: unknown) => this.#settle({ type: 'error', error }),
      redirect: () => this.#settle({ type: 'redirect' }),
      pass: () => this.#settle({ type: 'pass' }),
    });
    try {
      return run.authenticate(request, options);
    } catch (error) {
      return this.#settle({ type: 'error', error });
    }
  }

  /** An asynchronous strategy may still fail after its answer: that is known once its promise has settled. */
  async #wait(returned: unknown): Promise<StrategyOutcome> {
    try {
      await returned;
    } catch (error) {
      this.#settle({ type: 'error', error });
    }
    if (this.#answer === undefined) {
      await new Promise<void>((resolve) => (this.#answered = resolve));
    }
    return this.#use();
  }

  #use(): StrategyOutcome {
    this.#isUsed = true;
    return this.#answer!;
  }

  /** Nothing that a strategy answers with is waited for: no rejection of it shall end the process. */
  #settle(outcome: StrategyOutcome): void {
    if (outcome.type === 'error') silence(outcome.error);
    const first = this.#answer;
    if (first === undefined) {
      this.#answer = outcome;
      return this.#answered();
    }
    const error =
      outcome.type === 'error'
        ? outcome.error
        : new TypeError(`The strategy called ${outcome.type}() after ${first.type}()`);
    if (!this.#isUsed) this.#answer = first.type === 'error' ? first : { type: 'error', error };
    else if (!this.#isLate) this.late(error);
    this.#isLate = this.#isUsed;
  }
}

/** Whether a value, whatever its type says, has to be waited for. */
export function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

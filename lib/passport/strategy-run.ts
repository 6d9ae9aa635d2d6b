import { isUnsettled, silence } from '../protocol/unsettled.js';
import type { MaybePromise } from '../schemes/authentication.js';

/**
 * The part of a Passport strategy that is needed to run it.
 *
 * @publicApi
 */
export interface PassportStrategy {
  readonly name?: string | undefined;
  /** Examines a request, and answers by one of the actions that Passport adds to a strategy. */
  authenticate(request: object, options?: object): unknown;
}

/** How a strategy's run ended. */
export type StrategyOutcome =
  | { readonly type: 'success'; readonly user: unknown; readonly info: unknown }
  | { readonly type: 'fail'; readonly challenge: unknown; readonly status: unknown }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'redirect' }
  | { readonly type: 'pass' };

/**
 * One run of a Passport strategy, without Passport: no registry, no session, no middleware.
 *
 * A strategy answers once. One that throws, rejects or answers again before its answer was used has failed, whatever it
 * answered first; what it does later is reported to `late`, once. No rejection is left unhandled.
 */
export class StrategyRun {
  /** Its answer before `authenticate` returned, if any. */
  readonly immediate: StrategyOutcome | undefined;
  /** How it ended; a promise unless it ended synchronously. It never rejects. */
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
        // Promises within the user are checked where the answer is used.
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

  /** An asynchronous strategy may still fail after its answer, until its promise settles. */
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

  /** Records an outcome. Promises in it are not awaited, but silenced, so that no rejection ends the process. */
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

/** Whether a value is a promise, or something like one, whatever its type says. */
export function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

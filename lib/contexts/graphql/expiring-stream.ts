import { atExpiry } from '../at-expiry.js';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The time until which an operation may go on; it may be brought forward. */
export class Deadline {
  private ends = Infinity;
  private readonly reached: Promise<void>;
  private reach!: () => void;
  private stop: () => void = () => undefined;
  isReached = false;

  constructor() {
    this.reached = new Promise((resolve) => (this.reach = resolve));
  }

  /** @param expiresAt Seconds since the epoch. */
  bringForward(expiresAt: number): void {
    if (expiresAt >= this.ends) return;
    this.ends = expiresAt;
    this.stop();
    this.stop = atExpiry(expiresAt, () => {
      this.isReached = true;
      this.reach();
    });
  }

  /** Cancels the timer, and takes no other deadline. */
  forget(): void {
    this.stop();
    this.ends = -Infinity;
  }

  onReached(end: () => void): void {
    void this.reached.then(end);
  }
}

const DEADLINES = new WeakMap<object, Deadline>();

/** The deadline of a context's operation; one that nothing brings forward where the context is not an object. */
export function deadlineOf(contextValue: unknown): Deadline {
  if (typeof contextValue !== 'object' || contextValue === null) return new Deadline();
  const deadline = DEADLINES.get(contextValue) ?? new Deadline();
  DEADLINES.set(contextValue, deadline);
  return deadline;
}

/** Ends a stream of events at its operation's deadline; returns any other result as it is. */
export function endAtDeadline(result: unknown, contextValue: unknown): unknown {
  return isAsyncIterable(result) ? new ExpiringStream(result, deadlineOf(contextValue)) : result;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The events of a source until a deadline: then the source is closed, and pending reads get the end of the stream. */
class ExpiringStream<Event> implements AsyncIterableIterator<Event, unknown> {
  private readonly source: AsyncIterator<Event, unknown>;
  private readonly waiting = new Set<(result: IteratorReturnResult<undefined>) => void>();
  private isOver = false;

  constructor(
    source: AsyncIterable<Event>,
    private readonly deadline: Deadline,
  ) {
    this.source = source[Symbol.asyncIterator]();
    deadline.onReached(() => this.expire());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Event, unknown>> {
    if (this.isOver || this.deadline.isReached) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      const settle = (result: IteratorResult<Event, unknown>) => {
        this.waiting.delete(settle);
        if (result.done) this.deadline.forget();
        resolve(result);
      };
      this.waiting.add(settle);
      // An event that comes after the deadline is dropped.
      this.source.next().then(settle, (error: unknown) => {
        this.waiting.delete(settle);
        this.deadline.forget();
        reject(error as Error);
      });
    });
  }

  async return(value?: unknown): Promise<IteratorResult<Event, unknown>> {
    if (this.isOver) return { done: true, value };
    this.end();
    await this.source.return?.();
    return { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<Event, unknown>> {
    this.end();
    if (this.source.throw === undefined) throw error;
    return this.source.throw(error);
  }

  private expire(): void {
    if (this.isOver) return;
    this.end();
    // Closing is not awaited: a source that is waiting for something may take long.
    void Promise.resolve(this.source.return?.()).catch(() => undefined);
  }

  private end(): void {
    this.isOver = true;
    this.deadline.forget();
    for (const settle of this.waiting) settle(DONE);
  }
}

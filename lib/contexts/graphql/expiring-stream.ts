import { atExpiry } from '../at-expiry.js';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Until when an operation may go on, which may turn out earlier than was thought. */
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

  /** Nobody needs to know any longer. */
  forget(): void {
    this.stop();
    this.ends = -Infinity;
  }

  onReached(end: () => void): void {
    void this.reached.then(end);
  }
}

const DEADLINES = new WeakMap<object, Deadline>();

/** Until when the operation of a context may go on. */
export function deadlineOf(contextValue: object): Deadline {
  const deadline = DEADLINES.get(contextValue) ?? new Deadline();
  DEADLINES.set(contextValue, deadline);
  return deadline;
}

/** The events of a source until a deadline: then the source is closed, and whoever waits for another event is told the end. */
export class ExpiringStream<Event> implements AsyncIterableIterator<Event, unknown> {
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
      // What comes too late is for nobody.
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
    // A source that is waiting itself may be long in ending.
    void Promise.resolve(this.source.return?.()).catch(() => undefined);
  }

  private end(): void {
    this.isOver = true;
    this.deadline.forget();
    for (const settle of this.waiting) settle(DONE);
  }
}

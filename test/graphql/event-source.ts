/** What a subscription's resolver answers: events as they are sent, and whether it was given back. */
export class EventSource<Event> implements AsyncIterableIterator<Event> {
  readonly returned: Promise<void>;
  isReturned = false;
  private giveBack!: () => void;
  private readonly events: Event[] = [];
  private waiting: ((result: IteratorResult<Event>) => void) | undefined;

  constructor(...events: Event[]) {
    this.events.push(...events);
    this.returned = new Promise((resolve) => {
      this.giveBack = () => {
        this.isReturned = true;
        resolve();
      };
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  send(event: Event): void {
    if (this.waiting === undefined) this.events.push(event);
    else this.waiting({ done: false, value: event });
    this.waiting = undefined;
  }

  next(): Promise<IteratorResult<Event>> {
    const value = this.events.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve) => (this.waiting = resolve));
  }

  return(): Promise<IteratorResult<Event>> {
    this.giveBack();
    this.waiting?.({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }
}

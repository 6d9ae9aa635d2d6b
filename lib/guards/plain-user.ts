import { types } from 'node:util';
import type { SentSecrets } from './secrets.js';

/** How many values a copy may hold; a user that holds more is left out. */
const MOST_VALUES = 2000;

/** Thrown to give up a copy. */
const UNFIT = Symbol('no plain user');

/**
 * A copy of a user as plain data, without anything computed, hidden or added later. `undefined` where it cannot be
 * made: the user holds a secret, or bytes, which may be one, or more than is looked through.
 */
export function plainUser(user: unknown, secrets: SentSecrets): unknown {
  try {
    return new PlainCopy(secrets).of(user);
  } catch {
    return undefined;
  }
}

class PlainCopy {
  readonly #copies = new Map<object, unknown>();
  #values = 0;

  constructor(private readonly secrets: SentSecrets) {}

  of(value: unknown): unknown {
    this.#values += 1;
    if (this.#values > MOST_VALUES) throw UNFIT;
    if (typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value === 'object' && value !== null) {
      return this.#copies.has(value) ? this.#copies.get(value) : this.#ofObject(value);
    }
    return this.#checked(value);
  }

  #checked<Value>(value: Value): Value {
    if (this.secrets.isIn(String(value))) throw UNFIT;
    return value;
  }

  #ofObject(value: object): unknown {
    if (types.isProxy(value) || types.isBoxedPrimitive(value)) throw UNFIT;
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) throw UNFIT;
    if (types.isDate(value)) return new Date(Date.prototype.getTime.call(value));
    if (types.isMap(value)) return this.#ofMap(value);
    if (types.isSet(value)) return this.#ofSet(value);
    const copy = Array.isArray(value) ? [] : {};
    this.#copies.set(value, copy);
    for (const [name, member] of dataOf(value)) {
      Object.defineProperty(copy, this.#checked(name), { ...OPEN, value: this.of(member) });
    }
    return copy;
  }

  /** Uses the methods of `Map` itself: a subclass may override them. */
  #ofMap(value: Map<unknown, unknown>): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>();
    this.#copies.set(value, copy);
    Map.prototype.forEach.call(value, (one, key) => copy.set(this.of(key), this.of(one)));
    return copy;
  }

  #ofSet(value: Set<unknown>): Set<unknown> {
    const copy = new Set<unknown>();
    this.#copies.set(value, copy);
    Set.prototype.forEach.call(value, (one) => copy.add(this.of(one)));
    return copy;
  }
}

const OPEN = { configurable: true, enumerable: true, writable: true };

/** The enumerable members that are data: no accessors, which would run, and no functions, which JSON has not. */
function dataOf(value: object): [name: string, member: unknown][] {
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([name, member]) =>
    member.enumerable === true && 'value' in member && typeof member.value !== 'function'
      ? [[name, member.value]]
      : [],
  );
}

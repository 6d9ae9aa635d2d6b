/**
 * A copy that shares no plain object and no array with its original.
 *
 * Unlike `structuredClone` it copies an object once for each place that holds it, and keeps functions as they are.
 *
 * @param leftOut A member of the outermost object that is not copied.
 */
export function copyOf<T>(value: T, leftOut?: string): T {
  return new Copying().of(value, leftOut) as T;
}

class Copying {
  /**
   * The objects around the value that is being copied, outermost first, and their copies, which close circular
   * references.
   */
  private readonly above: object[] = [];
  private readonly copies: object[] = [];

  of(value: unknown, leftOut?: string): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const isList = Array.isArray(value);
    if (!isList && !isPlain(value)) return value;
    const known = this.above.indexOf(value);
    if (known !== -1) return this.copies[known];
    const copy = isList ? [] : {};
    this.above.push(value);
    this.copies.push(copy);
    if (isList) this.copyList(value, copy as unknown[]);
    else this.copyMembers(value as Members, copy, leftOut);
    this.above.pop();
    this.copies.pop();
    return copy;
  }

  private copyList(list: readonly unknown[], copy: unknown[]): void {
    for (const member of list) copy.push(this.of(member));
  }

  private copyMembers(value: Members, copy: Members, leftOut: string | undefined): void {
    for (const key of Object.keys(value)) {
      if (key === leftOut) continue;
      const member = this.of(value[key]);
      if (key === '__proto__') define(copy, key, member);
      else copy[key] = member;
    }
  }
}

type Members = Record<string, unknown>;

/** Defines a member rather than assigning it: it may be called `__proto__`, as a header may. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

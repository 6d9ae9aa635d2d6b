/**
 * A copy that shares nothing with what it is made of, as far as it is made of plain objects and arrays.
 *
 * Unlike `structuredClone` it gives places that share an object one each, and keeps functions as they are.
 */
export function copyOf<T>(value: T, above: ReadonlyMap<unknown, unknown> = new Map()): T {
  if (above.has(value)) return above.get(value) as T;
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    const within = new Map(above).set(value, copy);
    for (const member of value) copy.push(copyOf(member, within));
    return copy as T;
  }
  if (!isPlain(value)) return value;
  const copy: Record<string, unknown> = {};
  const within = new Map(above).set(value, copy);
  for (const [key, member] of Object.entries(value)) define(copy, key, copyOf(member, within));
  return copy as T;
}

/** A member may be called `__proto__`, as a header's name may. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

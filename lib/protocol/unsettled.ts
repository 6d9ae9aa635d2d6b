import { types } from 'node:util';

/** How much of a value is looked at. */
const MOST_VALUES = 1000;

/** Whether a value, where none may be, has to be waited for: nobody will, and its rejection would end the process. */
export function isUnsettled(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (types.isPromise(value)) {
    value.catch(() => undefined);
    return true;
  }
  return typeof (value as { then?: unknown }).then === 'function';
}

/**
 * Whether a promise stands anywhere in a value: in its members, those under symbols included, in lists, maps and sets,
 * and in plain objects within. No accessor is asked, and what belongs to a class of its own is not looked into.
 */
export function holdsPromise(value: unknown): boolean {
  const seen = new Set<unknown>(membersOf(value));
  let holds = false;
  for (const member of seen) {
    if (types.isPromise(member)) holds = isUnsettled(member);
    else if (isData(member) && seen.size < MOST_VALUES) {
      membersOf(member).forEach((one) => seen.add(one));
    }
  }
  return holds;
}

function isData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (Array.isArray(value) || types.isMap(value) || types.isSet(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function membersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return [];
  const own = Reflect.ownKeys(value).map(
    (name) => Object.getOwnPropertyDescriptor(value, name)?.value as unknown,
  );
  if (types.isMap(value)) return [...own, ...Map.prototype.entries.call(value)].flat();
  return types.isSet(value) ? [...own, ...Set.prototype.values.call(value)] : own;
}

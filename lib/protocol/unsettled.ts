import { types } from 'node:util';

/** How much of a value is looked at. */
const MOST_VALUES = 1000;

const COMMON = new Set<object>(
  [Object, Array, Map, Set, Error, Promise].map(({ prototype }) => prototype as object),
);

/**
 * Whether a value has to be waited for.
 *
 * It asks for `then`, never `instanceof Promise`: zone.js and others replace the global `Promise`, and Jest has one of its
 * own, so that what an `async` function returns is no instance of it.
 */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** Whether a value, where none may be, has to be waited for: nobody will, and its rejection would end the process. */
export function isUnsettled(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isAwaited = isPromise(value);
  if (isAwaited && types.isPromise(value)) value.catch(() => undefined);
  return isAwaited;
}

/**
 * Whether a promise stands anywhere in a value: in its members, those under symbols and those that it inherits
 * included, in lists, maps and sets, and in errors and plain objects within. No accessor is asked, and what belongs to
 * a class of its own is not looked into.
 */
export function holdsPromise(value: unknown): boolean {
  return findPromises(membersOf(value));
}

/** Keeps a value that is or holds promises, such as an error with its causes, from ending the process by them. */
export function silence(value: unknown): void {
  if (typeof value === 'object' && value !== null) findPromises([value, ...membersOf(value)]);
}

function findPromises(values: readonly unknown[]): boolean {
  const seen = new Set(values);
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
  if (types.isNativeError(value)) return true;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  // `Object.create(data)` is data, and the prototype of a class has its constructor.
  return !Object.hasOwn(prototype, 'constructor') && isData(prototype);
}

function membersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return [];
  const prototypes = prototypesOf(value);
  const own = [...prototypes.filter(types.isPromise), ...[value, ...prototypes].flatMap(valuesOf)];
  if (types.isMap(value)) return [...own, ...Map.prototype.entries.call(value)].flat();
  return types.isSet(value) ? [...own, ...Set.prototype.values.call(value)] : own;
}

function valuesOf(object: object): unknown[] {
  return Reflect.ownKeys(object).map((name) => {
    try {
      return Object.getOwnPropertyDescriptor(object, name)?.value as unknown;
    } catch {
      // The stack of an error is written when it is first read, out of what the error says.
      return undefined;
    }
  });
}

/** What a value inherits from, apart from what all objects and lists do. */
function prototypesOf(value: object): object[] {
  const prototypes: object[] = [];
  let prototype = Object.getPrototypeOf(value) as object | null;
  while (prototype !== null && !COMMON.has(prototype) && !types.isProxy(prototype)) {
    prototypes.push(prototype);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return prototypes;
}

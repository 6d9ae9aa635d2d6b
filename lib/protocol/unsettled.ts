import { types } from 'node:util';

/** How many values are looked into. */
const MOST_VALUES = 1000;

const COMMON = new Set<object>(
  [Object, Array, Map, Set, Error, Promise].map(({ prototype }) => prototype as object),
);

/**
 * Whether a value must be awaited.
 *
 * It looks for `then` rather than `instanceof Promise`: zone.js and others replace the global `Promise`, and Jest has one
 * of its own, so the promise of an `async` function need not be an instance of it.
 */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/**
 * Whether a value that may not be a promise is one. A rejection of it is handled here: nobody will await it, and an
 * unhandled one would end the process.
 */
export function isUnsettled(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isAwaited = isPromise(value);
  if (isAwaited && types.isPromise(value)) value.catch(() => undefined);
  return isAwaited;
}

/**
 * Whether a value contains a promise anywhere: in its members, including inherited ones and those under symbols, in
 * lists, maps and sets, and in errors and plain objects within. Accessors are not called, and instances of other
 * classes within are not looked into.
 */
export function holdsPromise(value: unknown): boolean {
  return findPromises(membersOf(value));
}

/**
 * Handles the rejections of all promises that a value is or contains, such as an error with its causes, so that none
 * ends the process.
 */
export function silence(value: unknown): void {
  if (typeof value === 'object' && value !== null) findPromises([value, ...membersOf(value)]);
}

function findPromises(values: readonly unknown[]): boolean {
  const seen = new Set(values);
  let holds = false;
  for (const member of seen) {
    // In this order, as every promise is handled, also after the first.
    if (types.isPromise(member)) holds = isUnsettled(member) || holds;
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
  // `Object.create(data)` is data too; the prototype of a class has a constructor of its own.
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
      // The stack of an error is composed when it is first read, which may run code of the error.
      return undefined;
    }
  });
}

/** The prototypes of a value, without those that all objects and lists share. */
function prototypesOf(value: object): object[] {
  const prototypes: object[] = [];
  let prototype = Object.getPrototypeOf(value) as object | null;
  while (prototype !== null && !COMMON.has(prototype) && !types.isProxy(prototype)) {
    prototypes.push(prototype);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return prototypes;
}

import 'reflect-metadata';

/** The prototypes of plain functions and classes: these carry no metadata that could be inherited. */
const PLAIN: ReadonlySet<unknown> = new Set([
  Function.prototype,
  Object.getPrototypeOf(async () => undefined),
]);

/**
 * `Reflect.getMetadata` of a method or a class.
 *
 * At boot every method is searched for many keys that it does not have. Skipping the prototypes that all functions
 * share saves two thirds of the time.
 */
export function functionMetadata(key: string, target: Function): unknown {
  return PLAIN.has(Object.getPrototypeOf(target))
    ? Reflect.getOwnMetadata(key, target)
    : Reflect.getMetadata(key, target);
}

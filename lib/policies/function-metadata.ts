import 'reflect-metadata';

/** What methods and classes inherit from, if nobody has put something of their own there. */
const PLAIN: ReadonlySet<unknown> = new Set([
  Function.prototype,
  Object.getPrototypeOf(async () => undefined),
]);

/**
 * `Reflect.getMetadata` of a method or a class.
 *
 * At boot every method is asked for much that it has not: looking for that in what all functions inherit from, too, is
 * two thirds of the time.
 */
export function functionMetadata(key: string, target: Function): unknown {
  return PLAIN.has(Object.getPrototypeOf(target))
    ? Reflect.getOwnMetadata(key, target)
    : Reflect.getMetadata(key, target);
}

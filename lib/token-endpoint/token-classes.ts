/** The prototypes of classes with a method that is a token endpoint or takes a form. */
const NOTED = new WeakSet<object>();

/**
 * Records a class with a token endpoint or a parameter that takes a form, so that the methods of all others need not be
 * searched.
 */
export function noteTokenClass(prototype: object): void {
  NOTED.add(prototype);
}

/** Whether some method of a class, or of one that it extends, is a token endpoint or takes a form. */
export function isTokenClass(prototype: object): boolean {
  for (let level: object | null = prototype; level !== null; level = Object.getPrototypeOf(level)) {
    if (NOTED.has(level)) return true;
  }
  return false;
}

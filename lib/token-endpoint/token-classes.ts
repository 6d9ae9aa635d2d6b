/** The prototypes of classes of which a method is a token endpoint, or takes a form. */
const NOTED = new WeakSet<object>();

/** Notes that a class has a token endpoint, or a parameter that takes a form: of most there is nothing to find out. */
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

/** A class that a method stands under. */
export interface StandingClass {
  readonly type: Function;
  /** It is another prototype's, whose `constructor` a mixin copied. */
  readonly isLent: boolean;
}

/** The classes, and what wraps them, that declare something, by the prototype that they share; the outermost first. */
const DECLARING = new WeakMap<object, Function[]>();

/**
 * Remembers that a class declares something.
 *
 * A proxy does not tell what it wraps: what was declared below it could not be found otherwise.
 */
export function recordClass(type: Function): void {
  const prototype: unknown = type.prototype;
  if (typeof prototype !== 'object' || prototype === null) return;
  const known = DECLARING.get(prototype) ?? [];
  if (!known.includes(type)) DECLARING.set(prototype, [type, ...known]);
}

/**
 * The classes that a method stands under, nearest first.
 *
 * They are found by what classes extend and by what instances inherit from, as a decorator may have put something in
 * place of any of them (a proxy, a function of the same prototype), and as either may be set alone. At each prototype
 * the outermost wrapper comes first; classes whose `constructor` was copied come last.
 */
export function classesUnder(type: Function, prototype: object): StandingClass[] {
  const chain = lineage(type);
  const levels = ancestry(prototype);
  const own = new Set<Function>();
  const lent = new Set<Function>();
  levels.forEach((level, index) => {
    const below = levels.slice(index + 1);
    while (chain.length > 0 && !below.includes(chain[0]!.prototype as object)) {
      own.add(chain.shift()!);
    }
    DECLARING.get(level)?.forEach((declaring) => own.add(declaring));
    const constructor = constructorOf(level);
    if (constructor?.prototype === level) own.add(constructor);
    else if (constructor !== undefined) lineage(constructor).forEach((one) => lent.add(one));
  });
  return [
    ...[...own, ...chain].map((standing) => ({ type: standing, isLent: false })),
    ...[...lent].filter((one) => !own.has(one)).map((one) => ({ type: one, isLent: true })),
  ];
}

function constructorOf(prototype: object): Function | undefined {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' ? constructor : undefined;
}

function lineage(type: Function): Function[] {
  const classes = ancestry(type, Function.prototype);
  return classes.filter((level): level is Function => typeof level === 'function');
}

/** An object and what it inherits from, as far as a root. */
function ancestry(object: object, root: object = Object.prototype): object[] {
  const levels: object[] = [];
  for (let at: object | null = object; at !== null && at !== root;) {
    levels.push(at);
    at = Object.getPrototypeOf(at) as object | null;
  }
  return levels;
}

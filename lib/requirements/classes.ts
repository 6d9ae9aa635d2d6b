/** A class whose declarations apply to a method. */
export interface StandingClass {
  readonly type: Function;
  /** Whether it is not the class of this prototype, whose `constructor` a mixin copied from it. */
  readonly isLent: boolean;
}

/** By prototype: the classes with declarations that share it, wrappers included, the outermost first. */
const DECLARING = new WeakMap<object, Function[]>();

/**
 * Remembers that a class declares something.
 *
 * A proxy does not tell which class it wraps, so that the class's declarations could not be found otherwise.
 */
export function recordClass(type: Function): void {
  const prototype: unknown = type.prototype;
  if (typeof prototype !== 'object' || prototype === null) return;
  const known = DECLARING.get(prototype) ?? [];
  if (!known.includes(type)) DECLARING.set(prototype, [type, ...known]);
}

/**
 * The classes whose declarations apply to a method, nearest first.
 *
 * They are found both by what classes extend and by what instances inherit from: a decorator may have replaced any of
 * them by a proxy or by a function with the same prototype, and either chain may have been set without the other. At
 * each prototype the outermost wrapper comes first; classes whose `constructor` was copied come last.
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

/** An object and its prototypes, up to a root that is left out. */
function ancestry(object: object, root: object = Object.prototype): object[] {
  const levels: object[] = [];
  for (let at: object | null = object; at !== null && at !== root;) {
    levels.push(at);
    at = Object.getPrototypeOf(at) as object | null;
  }
  return levels;
}

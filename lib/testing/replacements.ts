interface Replacement {
  readonly original: PropertyDescriptor | undefined;
  users: number;
}

/** Replaces properties until nobody needs them replaced. */
export class Replacements {
  private readonly replaced = new WeakMap<object, Map<string, Replacement>>();

  /** Replaces a property, unless it is replaced already; the last to undo it restores the original. */
  replace(target: object, property: string, value: unknown): () => void {
    const properties = this.replaced.get(target) ?? new Map<string, Replacement>();
    this.replaced.set(target, properties);
    const replacement = properties.get(property) ?? replaceOwn(target, property, value);
    properties.set(property, replacement);
    replacement.users++;
    return () => {
      if (--replacement.users > 0) return;
      properties.delete(property);
      restore(target, property, replacement);
    };
  }
}

function replaceOwn(target: object, property: string, value: unknown): Replacement {
  const original = Object.getOwnPropertyDescriptor(target, property);
  Object.defineProperty(target, property, { value, configurable: true, writable: true });
  return { original, users: 0 };
}

function restore(target: object, property: string, { original }: Replacement): void {
  if (original === undefined) Reflect.deleteProperty(target, property);
  else Object.defineProperty(target, property, original);
}

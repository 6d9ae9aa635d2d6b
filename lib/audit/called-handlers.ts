import type { HostMethod, RouteHandler } from '../policies/route-handlers.js';

/** The handlers of an application, found by name: they are asked for once for each guarded method and class. */
export class CalledHandlers {
  private readonly classes: ReadonlySet<Function>;
  private readonly byName = new Map<string, Set<Function>>();

  constructor(readonly all: readonly RouteHandler[]) {
    this.classes = new Set(all.map(({ controller }) => controller));
    for (const { name, controller } of all) {
      const classes = this.byName.get(name);
      if (classes === undefined) this.byName.set(name, new Set([controller]));
      else classes.add(controller);
    }
  }

  /** Whether a method is called as a handler: of its class, or of one that extends it. */
  include({ controller, name }: HostMethod): boolean {
    const classes = this.byName.get(name);
    if (classes === undefined || classes.has(controller)) return classes !== undefined;
    return [...classes].some((other) => isOrExtends(other, controller));
  }

  /** Whether a class has handlers itself. */
  areOf(type: Function): boolean {
    return this.classes.has(type);
  }

  /** Whether a class, or one that extends it, has handlers. */
  areBelow(type: Function): boolean {
    return this.areOf(type) || [...this.classes].some((other) => isOrExtends(other, type));
  }
}

function isOrExtends(type: Function, other: Function): boolean {
  return type === other || type.prototype instanceof other;
}

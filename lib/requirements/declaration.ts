import 'reflect-metadata';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { Requirement } from './requirement.js';

/** What the decorators wrote on one class or one method. */
export interface Declaration {
  readonly requirement?: Requirement;
  /** The requirement comes with another decorator and gives way to one written beside it. */
  readonly implied?: boolean;
  /** In the order they are written in the source. */
  readonly scopes: readonly string[];
}

/** A declaration and where it stands, such as `UsersController.me`. */
export interface PlacedDeclaration extends Declaration {
  readonly place: string;
}

const DECLARATION = Symbol('nestjs-security:declaration');

/** A class, or a class's prototype and the name of a method. */
type Target = readonly [target: object, property?: string | symbol];

/**
 * Adds to what a class or a method declares.
 *
 * It is kept under the class and the method's name, not on the function, so that a decorator which
 * replaces the function does not lose it, and only on the class itself, so that a subclass adds nothing to its base.
 */
export function declare(
  target: Target,
  { requirement, implied = false, scopes }: Declaration,
): void {
  const declared = ownDeclaration(target);
  const explicit = declared?.requirement !== undefined && declared.implied !== true;
  if (requirement !== undefined && !implied && explicit) {
    throw new ConfigurationError(
      `${placeOf(target)} has two @Security or @Public decorators: combine them with anyOf() or allOf()`,
    );
  }
  const merged: Declaration = {
    ...declared,
    ...(requirement !== undefined && !(implied && explicit) && { requirement, implied }),
    // Decorators run from the lowest to the highest.
    scopes: [...scopes, ...(declared?.scopes ?? [])],
  };
  const [object, property] = target;
  if (property === undefined) Reflect.defineMetadata(DECLARATION, merged, object);
  else Reflect.defineMetadata(DECLARATION, merged, object, property);
}

/** Whether anything stands on a handler itself, or on a handler that it overrides. */
export function isDeclared(controller: Function, handler: string | symbol): boolean {
  return Reflect.hasMetadata(DECLARATION, controller.prototype as object, handler);
}

/** What stands on a handler, nearest first: the handler, the handlers it overrides, the controller, its base classes. */
export function declarationsOf(
  controller: Function,
  handler: string | symbol,
): PlacedDeclaration[] {
  const classes = lineage(controller);
  const targets: Target[] = [
    ...classes.map((type) => [type.prototype as object, handler] as const),
    ...classes.map((type) => [type] as const),
  ];
  const decorated = classes.findIndex(({ prototype }) => isDecorated(prototype, handler));
  return targets.flatMap((target, index) => {
    const declaration = ownDeclaration(target);
    if (declaration === undefined) return [];
    const placed = { ...declaration, place: placeOf(target) };
    // A handler with decorators of its own is another one than that which it overrides.
    const isOverridden = decorated !== -1 && index > decorated;
    return [isOverridden && declaration.implied ? withoutRequirement(placed) : placed];
  });
}

/** Whether a decorator, such as Nest's of a route, wrote on the method that a class itself has. */
function isDecorated(prototype: object, handler: string | symbol): boolean {
  const method: unknown = Object.getOwnPropertyDescriptor(prototype, handler)?.value;
  return typeof method === 'function' && Reflect.getOwnMetadataKeys(method).length > 0;
}

function withoutRequirement({ scopes, place }: PlacedDeclaration): PlacedDeclaration {
  return { scopes, place };
}

/** How errors call a class or a method. */
export function placeOf([target, property]: Target): string {
  return property === undefined
    ? (target as Function).name
    : `${target.constructor.name}.${String(property)}`;
}

function ownDeclaration([target, property]: Target): Declaration | undefined {
  return property === undefined
    ? Reflect.getOwnMetadata(DECLARATION, target)
    : Reflect.getOwnMetadata(DECLARATION, target, property);
}

function lineage(type: Function): Function[] {
  const classes: Function[] = [];
  for (let at: unknown = type; typeof at === 'function' && at !== Function.prototype;) {
    classes.push(at);
    at = Object.getPrototypeOf(at);
  }
  return classes;
}

import 'reflect-metadata';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { RuleExpression } from '../rules/rule-expression.js';
import { recordClass } from './classes.js';
import { areSameScopes, isSameRequirement, type Requirement } from './requirement.js';

/** What the decorators wrote on one class or one method. */
export interface Declaration {
  readonly requirement?: Requirement;
  /** Whether the requirement comes with another decorator, and gives way to one that is written beside it. */
  readonly implied?: boolean;
  /** The scopes that stand beside the requirement in one decorator. */
  readonly asked?: readonly string[];
  /** In the order they are written in the source. */
  readonly scopes: readonly string[];
  /** In the order they are written in the source. Default: none. */
  readonly rules?: readonly RuleExpression[];
}

/** A declaration and where it stands, such as `UsersController.me`. */
export interface PlacedDeclaration extends Declaration {
  readonly place: string;
  /** Whether it was written on another method with the same function: one of the two is a copy of the other. */
  readonly copied?: boolean;
  /** Whether it was written on a class that contributed nothing but its `constructor`, which a mixin copied. */
  readonly lent?: boolean;
}

/** Every class and method that declares something, held weakly so that it can be collected. */
const declared: (readonly [object: WeakRef<object>, property?: string | symbol])[] = [];

const DECLARATION = Symbol('nestjs-security:declaration');

/**
 * The metadata key under which a function holds the places where it was decorated, for the places that it is copied to.
 */
const ORIGINS = Symbol('nestjs-security:origins');

/** A class, or a class's prototype and the name of a method. */
export type Target = readonly [target: object, property?: string | symbol];

/**
 * Adds to what a class or a method declares.
 *
 * It is kept under the class and the method's name rather than on the function, so that a decorator that replaces the
 * function does not lose it, and only on the class itself, so that a subclass adds nothing to its base.
 *
 * @param method The function of the method: wherever it is copied to, the declaration applies too.
 */
export function declare(target: Target, declaration: Declaration, method?: unknown): void {
  const earlier = ownDeclaration(target);
  const isRepeated = repeats(declaration, earlier, target);
  if (typeof method === 'function') recordOrigin(method, target);
  if (isRepeated) return;
  const merged = merge(declaration, earlier);
  const [object, property] = target;
  if (earlier === undefined) {
    const held = new WeakRef(object);
    declared.push(property === undefined ? [held] : [held, property]);
  }
  if (property === undefined) {
    Reflect.defineMetadata(DECLARATION, merged, object);
    recordClass(object as Function);
  } else Reflect.defineMetadata(DECLARATION, merged, object, property);
}

/**
 * Whether a requirement stands there already, with the very same scopes: packages may decorate a class of theirs again
 * for each application of a process.
 */
function repeats(
  { requirement, implied = false, scopes }: Declaration,
  earlier: Declaration | undefined,
  target: Target,
): boolean {
  if (requirement === undefined || implied || !isExplicit(earlier)) return false;
  if (
    isSameRequirement(requirement, earlier.requirement) &&
    areSameScopes(scopes, earlier.asked ?? [])
  ) {
    return true;
  }
  throw new ConfigurationError(
    `${placeOf(target)} has two @Security or @Public decorators: combine them with anyOf() or allOf()`,
  );
}

/** Whether a requirement has been declared that no other decorator implied. */
function isExplicit(
  earlier: Declaration | undefined,
): earlier is Declaration & Required<Pick<Declaration, 'requirement'>> {
  return earlier?.requirement !== undefined && earlier.implied !== true;
}

function merge(
  { requirement, implied = false, scopes, rules = [] }: Declaration,
  earlier: Declaration | undefined,
): Declaration {
  const isInEffect = requirement !== undefined && !(implied && isExplicit(earlier));
  return {
    ...earlier,
    ...(isInEffect && { requirement, implied, asked: scopes }),
    // Decorators run from the lowest to the highest.
    scopes: [...scopes, ...(earlier?.scopes ?? [])],
    ...(rules.length > 0 && { rules: [...rules, ...(earlier?.rules ?? [])] }),
  };
}

interface DeclaredPlace {
  readonly type: Function;
  readonly name: string | undefined;
  readonly place: string;
}

/** Every class and method in this process that declares anything; `name` is that of the method, if it is one. */
export function declaredPlaces(): DeclaredPlace[] {
  return declared.flatMap(([held, property]): DeclaredPlace[] => {
    const object = held.deref();
    if (object === undefined) return [];
    return property === undefined
      ? [{ type: object as Function, name: undefined, place: placeOf([object]) }]
      : [{ type: object.constructor, name: String(property), place: placeOf([object, property]) }];
  });
}

function recordOrigin(method: Function, [object, property]: Target): void {
  const origins: readonly Target[] = Reflect.getOwnMetadata(ORIGINS, method) ?? [];
  const known = origins.some(([place, name]) => place === object && name === property);
  if (!known) Reflect.defineMetadata(ORIGINS, [...origins, [object, property]], method);
}

const NOWHERE: readonly Target[] = [];

/** The places where a function was decorated: its own, and those of what it is a copy of. */
export function originsOf(method: unknown): readonly Target[] {
  return typeof method === 'function'
    ? (Reflect.getOwnMetadata(ORIGINS, method) ?? NOWHERE)
    : NOWHERE;
}

/** How errors call a class or a method. */
export function placeOf([target, property]: Target): string {
  return property === undefined
    ? (target as Function).name
    : `${target.constructor.name}.${String(property)}`;
}

export function ownDeclaration([target, property]: Target): Declaration | undefined {
  return property === undefined
    ? Reflect.getOwnMetadata(DECLARATION, target)
    : Reflect.getOwnMetadata(DECLARATION, target, property);
}

/** What the decorators wrote at a place. */
export function placed(target: Target): PlacedDeclaration | undefined {
  const declaration = ownDeclaration(target);
  return declaration && { ...declaration, place: placeOf(target) };
}

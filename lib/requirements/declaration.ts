import 'reflect-metadata';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { RuleExpression } from '../rules/rule-expression.js';
import { classesUnder, recordClass } from './classes.js';
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
type Target = readonly [target: object, property?: string | symbol];

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

/** A method of a class, and what tells which declarations apply to it. */
export interface DeclaredMethod {
  /** The class as it is registered, which a decorator may have wrapped. */
  readonly type: Function;
  /** The prototype of its instances. */
  readonly prototype: object;
  readonly name: string;
  /** Whether declarations on its classes do not apply to it. */
  readonly standsAlone?: boolean;
}

/**
 * The declarations that apply to a method, nearest first: its own, those of methods that it overrides, of its class, of
 * base classes.
 */
export function declarationsOf(method: DeclaredMethod): readonly PlacedDeclaration[] {
  const own = methodDeclarations(method);
  return method.standsAlone ? own : [...own, ...classDeclarations(method)];
}

/** The declarations on a method itself, on the method that it is a copy of, and on those that it overrides. */
export function methodDeclarations({
  prototype,
  name,
}: DeclaredMethod): readonly PlacedDeclaration[] {
  let found = NOTHING;
  let isOverridden = false;
  for (let level = prototype; level !== null && level !== Object.prototype;) {
    const base = Object.getPrototypeOf(level) as object;
    const declarations = declarationsAt(level, name);
    if (declarations.length > 0) {
      found = [...found, ...(isOverridden ? declarations.map(unlessImplied) : declarations)];
    }
    // A method with decorators of its own is another handler than the one it overrides, so that implied requirements
    // end here.
    isOverridden ||= base !== Object.prototype && isDecorated(level, name);
    level = base;
  }
  return found;
}

function unlessImplied(declaration: PlacedDeclaration): PlacedDeclaration {
  return declaration.implied ? withoutRequirement(declaration) : declaration;
}

/** The declarations on the classes of a method. */
export function classDeclarations({ type, prototype }: DeclaredMethod): PlacedDeclaration[] {
  const requirements = new Map<object, Requirement>();
  return classesUnder(type, prototype).flatMap(({ type: standing, isLent }) => {
    const declaration = placed([standing]);
    if (declaration === undefined) return [];
    if (isLent) return { ...declaration, lent: true };
    const { requirement } = declaration;
    const { prototype: shared } = standing as { prototype: object };
    if (requirement !== undefined && requirement !== (requirements.get(shared) ?? requirement)) {
      throw new ConfigurationError(
        `is of a class that has two @Security or @Public decorators, one of them below what wraps ${standing.name}: combine them with anyOf() or allOf()`,
      );
    }
    if (requirement !== undefined) requirements.set(shared, requirement);
    return declaration;
  });
}

const NOTHING: readonly PlacedDeclaration[] = [];

const NOWHERE: readonly Target[] = [];

/**
 * The declarations on a method of one class: by its name, and by its function where that is a copy of another method.
 *
 * A copy may have replaced a method that declares something else: then both declarations count, the copy's first.
 */
function declarationsAt(level: object, name: string): readonly PlacedDeclaration[] {
  const declaration = Reflect.getOwnMetadata(DECLARATION, level, name);
  const method: unknown = Object.getOwnPropertyDescriptor(level, name)?.value;
  const origins = originsOf(method);
  if (declaration === undefined && origins.length === 0) return NOTHING;
  const named = placed([level, name]);
  if (origins.some(([place, property]) => place === level && property === name)) {
    return named === undefined ? NOTHING : [named];
  }
  const copied = copiedFrom(origins);
  // A requirement that came with another decorator does not apply to a function which that decorator was not applied
  // to.
  const own = named?.implied && isDecorated(level, name) ? withoutRequirement(named) : named;
  return [copied, own].filter((declaration) => declaration !== undefined);
}

function originsOf(method: unknown): readonly Target[] {
  return typeof method === 'function'
    ? (Reflect.getOwnMetadata(ORIGINS, method) ?? NOWHERE)
    : NOWHERE;
}

/** The declaration on the methods that a function is a copy of. */
function copiedFrom(origins: readonly Target[]): PlacedDeclaration | undefined {
  const [first, ...others] = origins.map((origin) => placed(origin));
  if (first === undefined) return undefined;
  if (others.every((other) => isSame(other!, first))) return { ...first, copied: true };
  throw new ConfigurationError(
    `is a copy of ${origins.map(placeOf).join(' and ')}, which declare different things: declare what it requires itself`,
  );
}

function isSame(a: Declaration, b: Declaration): boolean {
  const [rules, others] = [a.rules ?? [], b.rules ?? []];
  return (
    a.requirement === b.requirement &&
    a.scopes.join(' ') === b.scopes.join(' ') &&
    rules.length === others.length &&
    rules.every((rule, index) => rule === others[index])
  );
}

/** Whether a class has its own method of this name with metadata of some decorator, such as that of a route. */
function isDecorated(prototype: object, handler: string | symbol): boolean {
  const method: unknown = Object.getOwnPropertyDescriptor(prototype, handler)?.value;
  return typeof method === 'function' && Reflect.getOwnMetadataKeys(method).length > 0;
}

function withoutRequirement({ scopes, rules, place }: PlacedDeclaration): PlacedDeclaration {
  return { scopes, ...(rules && { rules }), place };
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

function placed(target: Target): PlacedDeclaration | undefined {
  const declaration = ownDeclaration(target);
  return declaration && { ...declaration, place: placeOf(target) };
}

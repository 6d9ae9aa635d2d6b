import { ConfigurationError } from '../errors/configuration.error.js';
import { classesUnder } from './classes.js';
import {
  type Declaration,
  originsOf,
  ownDeclaration,
  placed,
  type PlacedDeclaration,
  placeOf,
  type Target,
} from './declaration.js';
import { isSameRequirement, type Requirement } from './requirement.js';

/** A method of a class, and what tells which declarations apply to it. */
export interface DeclaredMethod {
  /** The class as it is registered, which a decorator may have wrapped. */
  readonly type: Function;
  /** The prototype of its instances. */
  readonly prototype: object;
  readonly name: string;
  /** Whether declarations on its classes do not apply to it. */
  readonly standsAlone?: boolean;
  /** Whether Nest calls a method of its class. Default: it calls each. */
  readonly isHandler?: IsHandler;
}

type IsHandler = (method: Function, type: Function, name: string) => boolean;

/** The declarations on a method itself, on the method that it is a copy of, and on those that it overrides; nearest first. */
export function methodDeclarations(method: DeclaredMethod): readonly PlacedDeclaration[] {
  const { prototype, name } = method;
  let found = NOTHING;
  let isOverridden = false;
  for (let level = prototype; level !== null && level !== Object.prototype;) {
    const base = Object.getPrototypeOf(level) as object;
    const declarations = declarationsAt(level, method);
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

/** The declarations on the classes of a method; nearest first. */
export function classDeclarations({ type, prototype }: DeclaredMethod): PlacedDeclaration[] {
  const requirements = new Map<object, Requirement>();
  return classesUnder(type, prototype).flatMap(({ type: standing, isLent }) => {
    const declaration = placed([standing]);
    if (declaration === undefined) return [];
    if (isLent) return { ...declaration, lent: true };
    const { requirement } = declaration;
    const { prototype: shared } = standing as { prototype: object };
    const known = requirements.get(shared) ?? requirement;
    if (requirement !== undefined && !isSameRequirement(requirement, known)) {
      throw new ConfigurationError(
        `is of a class that has two @Security or @Public decorators, one of them below what wraps ${standing.name}: combine them with anyOf() or allOf()`,
      );
    }
    if (requirement !== undefined) requirements.set(shared, requirement);
    return declaration;
  });
}

const NOTHING: readonly PlacedDeclaration[] = [];

/**
 * The declarations on a method of one class: by its name, and by its function where that is a copy of another method.
 *
 * A copy may have replaced a method that declares something else: then both declarations count, the copy's first.
 */
function declarationsAt(level: object, declared: DeclaredMethod): readonly PlacedDeclaration[] {
  const { name } = declared;
  const declaration = ownDeclaration([level, name]);
  const method: unknown = Object.getOwnPropertyDescriptor(level, name)?.value;
  const origins = originsOf(method);
  if (declaration === undefined && origins.length === 0) return NOTHING;
  const named = placed([level, name]);
  const isDeclaredItself = origins.some(
    ([place, property]) => place === level && property === name,
  );
  const made = madeFrom(origins, level, method, declared);
  if (isDeclaredItself) return present(named, copiedFrom(made));
  if (named === undefined && made.length === origins.length) return present(copiedFrom(made));
  const copied = copiedFrom(origins);
  // A requirement that came with another decorator does not apply to a function which that decorator was not applied
  // to.
  const own = named?.implied && isDecorated(level, name) ? withoutRequirement(named) : named;
  return present(copied && { ...copied, copied: true }, own);
}

function present(
  ...declarations: readonly (PlacedDeclaration | undefined)[]
): readonly PlacedDeclaration[] {
  return declarations.filter((declaration) => declaration !== undefined);
}

/**
 * Of the methods that a function is a copy of, those of its own class that are no handlers: it has been made from them,
 * and what they declare can be meant for nothing else.
 *
 * Two names of one function do not tell which is the copy, nor do methods of two classes.
 */
function madeFrom(
  origins: readonly Target[],
  level: object,
  copy: unknown,
  { type, name, isHandler = () => true }: DeclaredMethod,
): readonly Target[] {
  return origins.filter(([place, property = name]) => {
    if (place !== level || property === name) return false;
    const method: unknown = Object.getOwnPropertyDescriptor(level, property)?.value;
    if (typeof method !== 'function') return true;
    return method !== copy && !isHandler(method, type, String(property));
  });
}

/** The declaration on the methods that a function is a copy of. */
function copiedFrom(origins: readonly Target[]): PlacedDeclaration | undefined {
  const [first, ...others] = origins.map((origin) => placed(origin));
  if (first === undefined) return undefined;
  if (others.every((other) => isSame(other!, first))) return first;
  throw new ConfigurationError(
    `is a copy of ${origins.map(placeOf).join(' and ')}, which declare different things: declare what it requires itself`,
  );
}

function isSame(a: Declaration, b: Declaration): boolean {
  const [rules, others] = [a.rules ?? [], b.rules ?? []];
  return (
    isSameRequirement(a.requirement, b.requirement) &&
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

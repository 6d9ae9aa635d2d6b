import type { Declared, FieldName, ResolverSpec, SchemaSpec } from './schema-spec.js';

/** What stands for whatever only callers with credentials may have. */
export const GUARDED = 'guarded';
export const OPEN = 'open';

export const isRequired = (declared: Declared): declared is 'token' | 'key' =>
  declared !== undefined && declared !== 'public';

/** A class of resolvers and those it extends, nearest first. */
function lineageOf(resolvers: readonly ResolverSpec[], resolver: ResolverSpec): ResolverSpec[] {
  const { base } = resolver;
  return base === undefined ? [resolver] : [resolver, ...lineageOf(resolvers, resolvers[base]!)];
}

/** What a class declares for its handler of a field: `undefined` for nothing, `null` where it has no such handler. */
function declaredFor(spec: SchemaSpec, resolver: number, field: FieldName): Declared | null {
  const found = lineageOf(spec.resolvers, spec.resolvers[resolver]!)
    .flatMap(({ fields }) => fields.filter(({ name }) => name === field))
    .map(({ declared }) => declared);
  // An override declares what it overrides, unless it declares something itself.
  return found.length === 0 ? null : found.find((one) => one !== undefined);
}

export function isUndeclared(spec: SchemaSpec, resolver: number, field: FieldName): boolean {
  return declaredFor(spec, resolver, field) === undefined;
}

/** Whether a class or the application requires something, and its handler of a field declares nothing. */
export function isGuardedByClass(spec: SchemaSpec, resolver: number, field: FieldName): boolean {
  return isUndeclared(spec, resolver, field) && isRequired(defaultOf(spec, resolver));
}

function defaultOf(spec: SchemaSpec, resolver: number): Declared {
  const lineage = lineageOf(spec.resolvers, spec.resolvers[resolver]!);
  const all = [...lineage.map((each) => each.declared), spec.security];
  return all.find((one) => one !== undefined);
}

/** What the handlers of a type's field declare, in each class that has one. */
function handlersOf(spec: SchemaSpec, type: number, field: FieldName): Declared[] {
  return spec.resolvers
    .flatMap((each, index) =>
      each.provided && each.type === type ? [declaredFor(spec, index, field)] : [],
    )
    .filter((declared) => declared !== null);
}

/** Whether only callers with credentials may have an entity by its reference. */
export function isReferenceGuarded(spec: SchemaSpec, type: number): boolean {
  return spec.resolvers.some((each, index) => {
    if (!each.provided || each.type !== type) return false;
    const found = lineageOf(spec.resolvers, each)
      .map(({ reference }) => reference)
      .filter((reference) => reference !== 'none');
    const own = found.find((one) => one !== undefined);
    return found.length > 0 && isRequired(own ?? defaultOf(spec, index));
  });
}

/** Whether only callers with credentials may have a type's field. */
export function isGuarded(spec: SchemaSpec, type: number, field: FieldName): boolean {
  const own = handlersOf(spec, type, field);
  if (own.length > 0) return own.some(isRequired);
  const { implementing, base } = spec.types[type]!;
  return (
    (implementing && isGuarded(spec, 0, field)) ||
    (base !== undefined && isGuarded(spec, base, field))
  );
}

/** The classes that serve a root field. */
export function serving(spec: SchemaSpec, declaring: number): number[] {
  return spec.resolvers.flatMap((each, index) =>
    each.provided && lineageOf(spec.resolvers, each).includes(spec.resolvers[declaring]!)
      ? [index]
      : [],
  );
}

/** Whether only callers with credentials may have a root field. */
export function isQueryGuarded(spec: SchemaSpec, declaring: number, query: number): boolean {
  const { declared } = spec.resolvers[declaring]!.queries[query]!;
  return serving(spec, declaring).some((index) => isRequired(declared ?? defaultOf(spec, index)));
}

/** The types of the objects that a field of a type may have. */
export function objectsOf({ types }: SchemaSpec, type: number): number[] {
  const objects = types.map((_, index) => index).slice(1);
  if (type === types.length) return objects;
  return type === 0 ? objects.filter((index) => types[index]!.implementing) : [type];
}

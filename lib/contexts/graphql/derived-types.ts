interface ClassField {
  readonly schemaName: string;
  readonly typeFn?: () => unknown;
}

interface ClassType {
  readonly name: string;
  readonly target: Function;
  readonly isAbstract?: boolean;
  readonly properties?: readonly ClassField[];
}

/** The global key under which `@nestjs/graphql`, where installed, keeps the classes of types, for all copies of it. */
interface TypesOfClasses {
  readonly GqlTypeMetadataStorage?: { getObjectTypesMetadata(): readonly ClassType[] };
}

/** The classes that `PickType()`, `OmitType()` and `PartialType()` make. */
const MAPPED = /^(Pick|Omit|Partial)ObjectType$/;

/** The classes that `IntersectionType()` makes. */
const INTERSECTION = /^Intersection/;

/** A type that has the fields of another one, but none of its resolvers. */
export interface DerivedType {
  readonly name: string;
  /** Whether it is certain: a mapped type does not record the class that it was made of, so that several may match. */
  readonly isSure: boolean;
}

/** The types whose classes extend another type's class, or a mapped type of it. */
export function derivedFrom(name: string): DerivedType[] {
  const { GqlTypeMetadataStorage: storage } = globalThis as TypesOfClasses;
  const types = storage?.getObjectTypesMetadata() ?? [];
  return types
    .filter((type) => type.name === name && type.isAbstract !== true)
    .flatMap((base) => [
      ...extending(base, types).map((type) => ({ name: type.name, isSure: true })),
      ...types.flatMap((mapped) => {
        const sources = sourcesOf(mapped, types);
        if (!sources.includes(base)) return [];
        const isSure = sources.length === 1 || INTERSECTION.test(mapped.target.name);
        return extending(mapped, types).map((type) => ({ name: type.name, isSure }));
      }),
    ]);
}

function extending({ target }: ClassType, types: readonly ClassType[]): ClassType[] {
  return types.filter((type) => type.target.prototype instanceof target);
}

/** The types of which a mapped class may have been made. */
function sourcesOf(mapped: ClassType, types: readonly ClassType[]): ClassType[] {
  const { name } = mapped.target;
  const fields = fieldsOf(mapped, types);
  const plain = types.filter((type) => !isMapped(type));
  if (INTERSECTION.test(name)) {
    return plain.filter(
      (type) => isPartOf(type.target.name, name) && hasAll(fieldsOf(type, types), fields),
    );
  }
  if (!MAPPED.test(name)) return [];
  return plain.filter((type) => hasAll(fields, fieldsOf(type, types)));
}

/** Whether a class is a mapped type, extends one, or is only there to be extended. */
function isMapped({ target, isAbstract }: ClassType): boolean {
  if (isAbstract === true) return true;
  for (let at: Function | null = target; at !== null; at = Object.getPrototypeOf(at) as typeof at) {
    if (MAPPED.test(at.name) || INTERSECTION.test(at.name)) return true;
  }
  return false;
}

/** Whether a class may be one of the two in a name such as `IntersectionUserOther`, made of `User` and `Other`. */
function isPartOf(part: string, name: string): boolean {
  const both = name.replace(INTERSECTION, '');
  return both.startsWith(part) || both.endsWith(part);
}

function fieldsOf({ target }: ClassType, types: readonly ClassType[]): ClassField[] {
  return types
    .filter((type) => type.target === target || target.prototype instanceof type.target)
    .flatMap(({ properties = [] }) => properties);
}

function hasAll(fields: readonly ClassField[], among: readonly ClassField[]): boolean {
  return fields.every(({ schemaName, typeFn }) =>
    among.some((other) => other.schemaName === schemaName && other.typeFn?.() === typeFn?.()),
  );
}

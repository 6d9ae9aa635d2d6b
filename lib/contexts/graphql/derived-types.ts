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
  readonly GqlTypeMetadataStorage?: {
    getObjectTypesMetadata(): readonly ClassType[];
    getInputTypesMetadata(): readonly ClassType[];
    getArgumentsMetadata(): readonly ClassType[];
    getInterfacesMetadata(): readonly ClassType[];
  };
}

/** The classes that `PickType()`, `OmitType()`, `PartialType()` and `IntersectionType()` make, which are abstract. */
const MAPPED = /^(Pick|Omit)ObjectType$|^(Partial|Intersection)/;

const PICKED = /^(Pick|Omit)/;

/** Its sources are in its name. */
const INTERSECTION = /^Intersection/;

/** A type that has the fields of another one, but none of its resolvers. */
export interface DerivedType {
  readonly name: string;
  /** Whether it is certain: a mapped type does not record the class that it was made of, so that several may match. */
  readonly isSure: boolean;
}

/** The types whose classes extend another type's class, or a mapped type of it that has a field. */
export function derivedFrom(name: string, field: string): DerivedType[] {
  const classes = classesOf((globalThis as TypesOfClasses).GqlTypeMetadataStorage);
  const { objects } = classes;
  const mapped = objects.filter(isMapped);
  return objects
    .filter((type) => type.name === name && type.isAbstract !== true)
    .flatMap((base) => [
      ...extending(base, objects, true),
      ...mapped.flatMap((each) => {
        const sources = sourcesOf(each, field, classes);
        if (!sources.some((source) => source === base || isA(source, base))) return [];
        const isSure = sources.length === 1 || INTERSECTION.test(each.target.name);
        return extending(each, objects, isSure);
      }),
    ]);
}

interface Classes {
  readonly objects: readonly ClassType[];
  /** Of inputs, arguments and interfaces, of which object types may be made too. */
  readonly others: readonly ClassType[];
  readonly all: readonly ClassType[];
  /** Those that are no mapped ones and extend none, each once. */
  readonly written: readonly ClassType[];
}

function classesOf(storage: TypesOfClasses['GqlTypeMetadataStorage']): Classes {
  const objects = storage?.getObjectTypesMetadata() ?? [];
  const others = [
    ...(storage?.getInputTypesMetadata() ?? []),
    ...(storage?.getArgumentsMetadata() ?? []),
    ...(storage?.getInterfacesMetadata() ?? []),
  ];
  const all = [...objects, ...others];
  const mapped = all.filter(isMapped);
  const own = all.filter((type) => !mapped.some((each) => each === type || isA(type, each)));
  const byClass = new Map(own.toReversed().map((type) => [type.target, type]));
  return { objects, others, all, written: [...byClass.values()] };
}

function isMapped({ target, isAbstract }: ClassType): boolean {
  return isAbstract === true && MAPPED.test(target.name);
}

function isA({ target }: ClassType, base: ClassType): boolean {
  return target.prototype instanceof base.target;
}

function extending(base: ClassType, types: readonly ClassType[], isSure: boolean): DerivedType[] {
  return types.filter((type) => isA(type, base)).map(({ name }) => ({ name, isSure }));
}

/** The classes that a field of a mapped one may be of: those that fit, or else all of object types that have it. */
function sourcesOf(
  mapped: ClassType,
  field: string,
  { objects, others, all, written }: Classes,
): readonly ClassType[] {
  const wanted = fieldsOf(mapped, all).filter(({ schemaName }) => schemaName === field);
  if (wanted.length === 0) return [];
  const having = written.filter((type) => hasAll(wanted, fieldsOf(type, all)));
  const ofObjects = having.filter((type) => objects.includes(type));
  const candidates = mayBeOfOthers(mapped, others) ? having : ofObjects;
  const fitting = candidates.filter((type) => fits(mapped, type, all));
  return fitting.length > 0 ? fitting : ofObjects;
}

/** What is picked of another kind of class is of that kind as well; of other mapped classes, the name tells. */
function mayBeOfOthers({ target }: ClassType, others: readonly ClassType[]): boolean {
  return !PICKED.test(target.name) || others.some((other) => other.target === target);
}

/** Whether a mapped class is what its helper makes of a type; one of a mapped class may fit none. */
function fits(mapped: ClassType, type: ClassType, types: readonly ClassType[]): boolean {
  const [, kind, rest] = /^(Partial|Intersection)(.*)/.exec(mapped.target.name) ?? [];
  const { name } = type.target;
  if (kind === 'Partial') return rest === name;
  const [own, others] = [fieldsOf(mapped, types), fieldsOf(type, types)];
  if (kind === undefined) return hasAll(own, others);
  return (rest!.startsWith(name) || rest!.endsWith(name)) && hasAll(others, own);
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

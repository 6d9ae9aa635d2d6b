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

/**
 * The names of the classes that helpers make, such as `PickType()`. Those of `PartialType()` and `IntersectionType()` go
 * on with the names of what they are made of.
 */
const MADE_NAME = /^(Pick|Omit|Partial|Intersection)(.*)$/;

/** A type that has the fields of another one, but none of its resolvers. */
export interface DerivedType {
  readonly name: string;
  /** Whether it is certain: a mapped type does not record the class that it was made of, so that several may match. */
  readonly isSure: boolean;
}

/** Whether a type is that of a class. */
export function isOfClass(name: string): boolean {
  return (
    storage()
      ?.getObjectTypesMetadata()
      .some((type) => type.name === name) === true
  );
}

/** The types whose classes extend another type's class, or a mapped type of it that has a field. */
export function derivedFrom(name: string, field: string): DerivedType[] {
  const classes = classesOf(storage());
  const { objects } = classes;
  return objects
    .filter((type) => type.name === name && type.isAbstract !== true)
    .flatMap((base) => [
      ...extending(base, objects, true),
      ...objects.filter(isMapped).flatMap((each) => {
        const { sources, isSure } = sourcesOf(each, field, classes);
        if (!sources.some((source) => source === base || isA(source, base))) return [];
        return extending(each, objects, isSure);
      }),
    ]);
}

interface Classes {
  readonly objects: readonly ClassType[];
  /** Of inputs, arguments and interfaces, of which object types may be made too. */
  readonly others: readonly ClassType[];
  readonly all: readonly ClassType[];
  /** Those that helpers made. */
  readonly mapped: readonly ClassType[];
  /** Those that are no mapped ones and extend none, each once. */
  readonly written: readonly ClassType[];
}

function storage(): TypesOfClasses['GqlTypeMetadataStorage'] {
  return (globalThis as TypesOfClasses).GqlTypeMetadataStorage;
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
  return { objects, others, all, mapped, written: [...byClass.values()] };
}

function isMapped({ target, isAbstract }: ClassType): boolean {
  const { helper, rest } = madeName(target);
  if (isAbstract !== true || helper === undefined) return false;
  return isPicking(helper) ? rest === 'ObjectType' : !isWritten(target);
}

/** The helper that a class may be made by, and the rest of its name. */
function madeName({ name }: Function): { helper: string | undefined; rest: string } {
  const [, helper, rest = ''] = MADE_NAME.exec(name) ?? [];
  return { helper, rest };
}

function isPicking(helper: string | undefined): boolean {
  return helper === 'Pick' || helper === 'Omit';
}

/** Whether a class was written with its name, rather than given it afterwards. */
function isWritten(target: Function): boolean {
  const [, name] = /^(?:class|function) (\w+)/.exec(Function.prototype.toString.call(target)) ?? [];
  return name === target.name;
}

function isA({ target }: ClassType, base: ClassType): boolean {
  return target.prototype instanceof base.target;
}

function extending(base: ClassType, types: readonly ClassType[], isSure: boolean): DerivedType[] {
  return types.filter((type) => isA(type, base)).map(({ name }) => ({ name, isSure }));
}

/** The classes that a field of a mapped one may be of: those that fit, or else all of object types that have it. */
function sourcesOf(
  made: ClassType,
  field: string,
  { objects, others, all, mapped, written }: Classes,
): { readonly sources: readonly ClassType[]; readonly isSure: boolean } {
  const wanted = fieldsOf(made, all).filter(({ schemaName }) => schemaName === field);
  if (wanted.length === 0) return { sources: [], isSure: false };
  const having = written.filter((type) => hasAll(wanted, fieldsOf(type, all)));
  const ofObjects = having.filter((type) => objects.includes(type));
  const candidates = mayBeOfOthers(made, others) ? having : ofObjects;
  const fitting = candidates.filter((type) => fits(made, type, all));
  if (fitting.length > 0) {
    // All the sources of an intersection are in its name.
    const isIntersection = madeName(made.target).helper === 'Intersection';
    return { sources: fitting, isSure: fitting.length === 1 || isIntersection };
  }
  // Where no mapped class fits either, it is made of something else.
  const isOfMapped = mapped.some((type) => type !== made && fits(made, type, all));
  return { sources: ofObjects, isSure: isOfMapped && ofObjects.length === 1 };
}

/** What is picked of another kind of class is of that kind as well; of other mapped classes, the name tells. */
function mayBeOfOthers({ target }: ClassType, others: readonly ClassType[]): boolean {
  return !isPicking(madeName(target).helper) || others.some((other) => other.target === target);
}

/** Whether a mapped class is what its helper makes of a type; one of a mapped class may fit none. */
function fits(mapped: ClassType, type: ClassType, types: readonly ClassType[]): boolean {
  const { helper, rest } = madeName(mapped.target);
  const { name } = type.target;
  if (helper === 'Partial') return rest === name;
  const [own, others] = [fieldsOf(mapped, types), fieldsOf(type, types)];
  if (isPicking(helper)) return hasAll(own, others);
  return (rest.startsWith(name) || rest.endsWith(name)) && hasAll(others, own);
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

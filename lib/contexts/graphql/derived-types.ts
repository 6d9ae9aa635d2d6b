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

/** The classes that `PickType()` and `OmitType()` make, which are abstract. */
const MAPPED = /^(Pick|Omit)ObjectType$/;

/** Those that `PartialType()` and `IntersectionType()` make, and name after what they make them of. */
const NAMED = /^(Partial|Intersection)/;

/** Its sources are in its name. */
const INTERSECTION = /^Intersection/;

/** A type that has the fields of another one, but none of its resolvers. */
export interface DerivedType {
  readonly name: string;
  /** Whether it is certain: a mapped type does not record the class that it was made of, so that several may match. */
  readonly isSure: boolean;
}

/** Whether a type is that of a class. */
export function isOfClass(name: string): boolean {
  return typesOfClasses().some((type) => type.name === name);
}

/** The types whose classes extend another type's class, or a mapped type of it that has a field. */
export function derivedFrom(name: string, field: string): DerivedType[] {
  const types = typesOfClasses();
  const mapped = types.filter(isMapped);
  const written = types.filter((type) => !mapped.some((each) => each === type || isA(type, each)));
  return types
    .filter((type) => type.name === name && type.isAbstract !== true)
    .flatMap((base) => [
      ...extending(base, types, true),
      ...mapped.flatMap((each) => {
        const { sources, isSure } = sourcesOf(each, field, { mapped, written, types });
        if (!sources.some((source) => source === base || isA(source, base))) return [];
        return extending(each, types, isSure);
      }),
    ]);
}

function typesOfClasses(): readonly ClassType[] {
  const { GqlTypeMetadataStorage: storage } = globalThis as TypesOfClasses;
  return storage?.getObjectTypesMetadata() ?? [];
}

function isMapped({ target, isAbstract }: ClassType): boolean {
  const { name } = target;
  return isAbstract === true && (MAPPED.test(name) || (NAMED.test(name) && !isWritten(target)));
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

/** The types of an application: those that helpers made, those that are neither made nor made of one, and all. */
interface Types {
  readonly mapped: readonly ClassType[];
  readonly written: readonly ClassType[];
  readonly types: readonly ClassType[];
}

/** The written types that a field of a mapped class may be of: those that fit, or else all that have such a field. */
function sourcesOf(
  made: ClassType,
  field: string,
  { mapped, written, types }: Types,
): { readonly sources: readonly ClassType[]; readonly isSure: boolean } {
  const wanted = fieldsOf(made, types).filter(({ schemaName }) => schemaName === field);
  if (wanted.length === 0) return { sources: [], isSure: false };
  const having = written.filter((type) => hasAll(wanted, fieldsOf(type, types)));
  const fitting = having.filter((type) => fits(made, type, types));
  if (fitting.length > 0) {
    return {
      sources: fitting,
      isSure: fitting.length === 1 || INTERSECTION.test(made.target.name),
    };
  }
  // Where no mapped class fits either, it is made of something else, such as an input.
  const isOfMapped = mapped.some((type) => type !== made && fits(made, type, types));
  return { sources: having, isSure: isOfMapped && having.length === 1 };
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

import fc from 'fast-check';
import type { Declared, ResolverSpec, SchemaSpec, TypeSpec } from './schema-spec.js';

const declared = (percent: number): fc.Arbitrary<Declared> =>
  fc.oneof(
    { weight: 100 - percent, arbitrary: fc.constant(undefined) },
    { weight: percent, arbitrary: fc.constantFrom('token' as const, 'key' as const) },
    { weight: 15, arbitrary: fc.constant('public' as const) },
  );

/** Taken modulo what there is. */
const some = fc.nat({ max: 59 });

const type = fc.record({
  implementing: fc.boolean(),
  base: some,
  extending: some,
  by: fc.constantFrom('class' as const, 'PartialType' as const),
  entity: fc.boolean(),
  next: some,
});

type RawType = Omit<TypeSpec, 'base'> & { readonly base: number; readonly extending: number };

const resolver = fc.record({
  type: some,
  base: some,
  extending: some,
  provided: some,
  scoped: some,
  reference: fc.oneof(fc.constant('none' as const), declared(30)),
  declared: declared(30),
  fields: fc.uniqueArray(
    fc.record({ name: fc.constantFrom('plain' as const, 'next' as const), declared: declared(50) }),
    { selector: ({ name }) => name, maxLength: 2 },
  ),
  queries: fc.array(fc.record({ type: some, declared: declared(25) }), { maxLength: 2 }),
});

/** Random applications, of which most boot. */
export const schema: fc.Arbitrary<SchemaSpec> = fc
  .record({
    driver: fc.nat({ max: 2 }),
    codeFirst: fc.boolean(),
    subgraph: fc.boolean(),
    inheriting: fc.boolean(),
    security: declared(20),
    types: fc.array(type, { minLength: 2, maxLength: 4 }),
    resolvers: fc.array(resolver, { minLength: 1, maxLength: 4 }),
  })
  .map(({ types, resolvers, ...rest }) => ({
    ...rest,
    types: typesOf(types, rest),
    resolvers: [
      ...resolversOf(resolvers, typesOf(types, rest), rest.codeFirst),
      // Without it, types may be in no schema.
      {
        type: 1,
        base: undefined,
        provided: true,
        scoped: false,
        declared: undefined,
        fields: [],
        reference: 'none',
        queries: [{ type: types.length, declared: 'public' }],
      },
    ],
  }));

/** A type has the field `next` of the interface that it implements, or of the type whose class it extends. */
function typesOf(
  raw: readonly RawType[],
  { codeFirst, subgraph }: Pick<SchemaSpec, 'codeFirst' | 'subgraph'>,
): TypeSpec[] {
  const types: TypeSpec[] = [];
  raw.forEach(({ extending, ...one }, index) => {
    const isExtending = codeFirst && index > 1 && extending % 3 > 0;
    const base = isExtending ? 1 + (one.base % (index - 1)) : undefined;
    const entity = subgraph && index > 0 && one.entity;
    if (base !== undefined) return types.push({ ...types[base]!, base, entity, by: one.by });
    const implementing = index > 0 && one.implementing;
    const next = implementing ? types[0]!.next : one.next % (raw.length + 1);
    return types.push({ ...one, implementing, entity, base, next });
  });
  return types;
}

interface RawResolver extends Omit<ResolverSpec, 'provided' | 'base' | 'scoped'> {
  readonly base: number;
  readonly extending: number;
  readonly provided: number;
  readonly scoped: number;
}

function resolversOf(
  raw: readonly RawResolver[],
  types: readonly TypeSpec[],
  codeFirst: boolean,
): ResolverSpec[] {
  const resolvers: ResolverSpec[] = [];
  raw.forEach(({ extending, ...one }, index) => {
    const base = index > 0 && extending % 4 === 0 ? one.base % index : undefined;
    const isSame = codeFirst && base !== undefined;
    // Code first, an inherited field has the type that its handler says.
    const type = isSame ? resolvers[base]!.type : one.type % types.length;
    resolvers.push({
      ...one,
      type,
      base,
      provided: one.provided % 6 > 0,
      scoped: one.scoped % 5 === 0,
      reference: types[type]!.entity ? one.reference : 'none',
      queries: one.queries.map((query) => ({ ...query, type: query.type % (types.length + 1) })),
    });
  });
  return resolvers;
}

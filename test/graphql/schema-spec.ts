/** A random GraphQL application as plain data, so that a failing one prints itself. */
export interface SchemaSpec {
  readonly driver: number;
  readonly codeFirst: boolean;
  /** Whether it is a subgraph of a federation. */
  readonly subgraph: boolean;
  /** Whether the option `inheritResolversFromInterfaces` is set. */
  readonly inheriting: boolean;
  /** The application's default requirement. */
  readonly security: Declared;
  /** The first of them is an interface. */
  readonly types: readonly TypeSpec[];
  readonly resolvers: readonly ResolverSpec[];
}

export interface TypeSpec {
  /** Whether it implements the interface. */
  readonly implementing: boolean;
  /** Its class is made of that of an earlier type. Code first only. */
  readonly base: number | undefined;
  /** How. All types have the same fields here, of which `PickType()` and `OmitType()` would not tell whose they are. */
  readonly by: 'class' | 'PartialType';
  /** Whether it is an entity, where it is a type of a subgraph. */
  readonly entity: boolean;
  /** The type that its field `next` leads to; the interface is 0, and the union of all has the number of types. */
  readonly next: number;
}

export interface ResolverSpec {
  readonly type: number;
  /** An earlier class that it extends. */
  readonly base: number | undefined;
  /** Otherwise it only serves as a base class. */
  readonly provided: boolean;
  /** Whether it is made for each request. */
  readonly scoped: boolean;
  readonly declared: Declared;
  readonly fields: readonly FieldSpec[];
  /** Of its `@ResolveReference()`; `none` where it has none, or its type is no entity. */
  readonly reference: Declared | 'none';
  readonly queries: readonly QuerySpec[];
}

export interface FieldSpec {
  readonly name: FieldName;
  readonly declared: Declared;
}

export interface QuerySpec {
  readonly type: number;
  readonly declared: Declared;
}

/** Every type has them; `tag` is resolved by no handler. */
export type FieldName = 'plain' | 'next';

export type Declared = 'token' | 'key' | 'public' | undefined;

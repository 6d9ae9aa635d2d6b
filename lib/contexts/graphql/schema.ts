/** The parts that are used of a schema, whichever copy of `graphql` made it. */
export interface Schema {
  getQueryType(): SchemaType | null | undefined;
  getMutationType(): SchemaType | null | undefined;
  getSubscriptionType(): SchemaType | null | undefined;
  getType(name: string): SchemaType | undefined;
  getImplementations(type: SchemaType): {
    readonly objects: readonly SchemaType[];
    readonly interfaces: readonly SchemaType[];
  };
}

/** A type, or a list of one. */
export interface SchemaType {
  readonly name: string;
  /** The type that a list or a non-null type wraps. */
  readonly ofType?: SchemaType;
  /** Of an object or an interface. */
  getFields?(): Readonly<Record<string, SchemaField>>;
  /** Of an object or an interface. */
  getInterfaces?(): readonly SchemaType[];
  /** Of a union. */
  getTypes?(): readonly SchemaType[];
}

/** A field, whose description and subscription are replaced. */
export interface SchemaField {
  readonly type: SchemaType;
  readonly resolve?: unknown;
  subscribe?: Subscribe;
  description?: string | null | undefined;
}

/** Begins a subscription. */
export type Subscribe = (...args: unknown[]) => unknown;

/** The root types of a schema, by the method of the handlers of their fields. */
export function rootTypes(schema: Schema): Readonly<Record<string, SchemaType | undefined>> {
  return {
    QUERY: schema.getQueryType() ?? undefined,
    MUTATION: schema.getMutationType() ?? undefined,
    SUBSCRIPTION: schema.getSubscriptionType() ?? undefined,
  };
}

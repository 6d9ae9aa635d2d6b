/** The parts that are read of a type, or of a list of one. */
export interface ReachableType {
  readonly name: string;
  /** The type that a list or a non-null type wraps. */
  readonly ofType?: ReachableType;
  getFields?(): Readonly<Record<string, { readonly type: ReachableType }>>;
  /** Of a union. */
  getTypes?(): readonly ReachableType[];
}

/** The parts that are read of a schema, whichever copy of `graphql` made it. */
export interface ReachableSchema {
  getQueryType(): ReachableType | null | undefined;
  getMutationType(): ReachableType | null | undefined;
  getSubscriptionType(): ReachableType | null | undefined;
  getImplementations(type: ReachableType): { readonly objects: readonly ReachableType[] };
}

/** The types that an operation can ask for: Nest adds others to code first schemas, which no field leads to. */
export function reachableTypes(schema: ReachableSchema): ReadonlySet<string> {
  const reached = new Set<ReachableType>();
  const reach = (type: ReachableType | null | undefined): void => {
    if (type === null || type === undefined) return;
    if (type.ofType !== undefined) return reach(type.ofType);
    if (reached.has(type)) return;
    reached.add(type);
    Object.values(type.getFields?.() ?? {}).forEach((field) => reach(field.type));
    [...(type.getTypes?.() ?? []), ...schema.getImplementations(type).objects].forEach(reach);
  };
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].forEach(reach);
  return new Set([...reached].map(({ name }) => name));
}

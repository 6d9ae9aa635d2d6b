/** What of GraphQL's `info` is read. */
export interface FieldInfo {
  readonly operation: { readonly operation: string };
}

/** A call of a resolver: of which operation, and where in it. */
export interface CalledField {
  readonly contextValue: unknown;
  readonly info: FieldInfo;
  /** The field's arguments, or the reference that is to be resolved; nothing where a type is. */
  readonly params: unknown;
}

/** What a resolver was called with: `info` stands last, but for the type that `__resolveType` is given after it. */
export function calledField(args: readonly unknown[]): CalledField | undefined {
  const [first, second, third, fourth] = args;
  if (isInfo(fourth)) return { contextValue: third, info: fourth, params: second };
  if (!isInfo(third)) return undefined;
  return { contextValue: second, info: third, params: fourth === undefined ? first : undefined };
}

function isInfo(value: unknown): value is FieldInfo {
  return typeof value === 'object' && value !== null && 'fieldNodes' in value;
}

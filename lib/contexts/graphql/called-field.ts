/** The parts of GraphQL's `info` that are read. */
export interface FieldInfo {
  readonly operation: { readonly operation: string };
}

/** A call of a resolver: its operation, and its place in it. */
export interface CalledField {
  readonly contextValue: unknown;
  readonly info: FieldInfo;
  /** The field's arguments, or the reference to be resolved; `undefined` where a type is resolved. */
  readonly params: unknown;
}

/** Reads the arguments of a resolver: `info` comes last, except that `__resolveType` gets the type after it. */
export function calledField(args: readonly unknown[]): CalledField | undefined {
  const [first, second, third, fourth] = args;
  if (isInfo(fourth)) return { contextValue: third, info: fourth, params: second };
  if (!isInfo(third)) return undefined;
  return { contextValue: second, info: third, params: fourth === undefined ? first : undefined };
}

function isInfo(value: unknown): value is FieldInfo {
  return typeof value === 'object' && value !== null && 'fieldNodes' in value;
}

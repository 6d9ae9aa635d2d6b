import { rootTypes, type Schema, type SchemaType } from './schema.js';

/** The types that an operation can ask for: Nest adds others to code first schemas, which no field leads to. */
export function reachableTypes(schema: Schema): ReadonlySet<string> {
  const reached = new Set<SchemaType>();
  const reach = (type: SchemaType | undefined): void => {
    if (type === undefined) return;
    if (type.ofType !== undefined) return reach(type.ofType);
    if (reached.has(type)) return;
    reached.add(type);
    Object.values(type.getFields?.() ?? {}).forEach((field) => reach(field.type));
    [...(type.getTypes?.() ?? []), ...schema.getImplementations(type).objects].forEach(reach);
  };
  Object.values(rootTypes(schema)).forEach(reach);
  return new Set([...reached].map(({ name }) => name));
}

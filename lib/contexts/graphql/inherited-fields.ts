import { ConfigurationError } from '../../errors/configuration.error.js';
import type { Policies } from '../../policies/policies.js';
import { isOpen } from '../../policies/policy.js';
import type { GraphQLModuleOptions } from './module-options.js';

interface FieldsType {
  readonly name: string;
  getFields?(): Record<string, { readonly resolve?: unknown }>;
  getInterfaces?(): readonly FieldsType[];
}

/** What is read of a schema, of whatever copy of `graphql` it is made. */
export interface InheritingSchema {
  getType(name: string): FieldsType | undefined;
  getImplementations(type: FieldsType): { readonly objects: readonly FieldsType[] };
}

/**
 * Refuses a guarded field that another type has from an interface or a base class, and resolves by itself: GraphQL calls
 * no resolver of an interface, whether its types inherit one is an option, and no class inherits another's.
 *
 * @throws ConfigurationError naming the handler, the type and the fix.
 */
export function assertInherited(
  schema: InheritingSchema,
  options: GraphQLModuleOptions,
  policies: Policies,
): void {
  const fields = policies
    .handlers()
    .filter(({ kind, method }) => kind === 'graphql' && method === 'FIELD');
  const handled = new Set(fields.map(({ path }) => path));
  const isInheriting = inherits(schema, options);
  for (const { path, controller, name, handler } of fields) {
    const [typeName, field] = path.split('.') as [string, string];
    const type = schema.getType(typeName);
    if (type === undefined || isOpen(policies.of(controller, handler))) continue;
    const { objects } = schema.getImplementations(type);
    const apart = [...objects, ...derivedFrom(typeName, schema)].find((each) =>
      isApart(each, field, handled, isInheriting),
    );
    if (apart === undefined) continue;
    const place = `${controller.name}.${name}`;
    const other = `${apart.name}.${field}`;
    const own = `give ${apart.name} a @ResolveField() of its own`;
    throw new ConfigurationError(
      `${place} requires something of its callers, but ${other} is resolved without it: ${objects.includes(apart) ? `set inheritResolversFromInterfaces: true in GraphQLModule.forRoot(), or ${own}` : own}`,
    );
  }
}

/** Whether no handler resolves a field of a type, not even one of an interface. */
function isApart(
  type: FieldsType,
  field: string,
  handled: ReadonlySet<string>,
  isInheriting: boolean,
): boolean {
  const isHandled = ({ name }: FieldsType) => handled.has(`${name}.${field}`);
  const found = type.getFields?.()[field];
  if (found === undefined || isHandled(type)) return false;
  const interfaces = type.getInterfaces?.() ?? [];
  return !(isInheriting && found.resolve !== undefined && interfaces.some(isHandled));
}

/** Code first, Nest has types inherit by itself, but for a subgraph's. */
function inherits(
  schema: InheritingSchema,
  { inheritResolversFromInterfaces, autoSchemaFile }: GraphQLModuleOptions,
): boolean {
  if (inheritResolversFromInterfaces === true) return true;
  return Boolean(autoSchemaFile) && schema.getType('_Service') === undefined;
}

interface ClassType {
  readonly name: string;
  readonly target: Function;
}

/** Where `@nestjs/graphql` keeps the classes of types, which need not be there; all copies of it share the place. */
interface TypesOfClasses {
  readonly GqlTypeMetadataStorage?: { getObjectTypesMetadata(): readonly ClassType[] };
}

/** The types of a schema whose classes extend that of another one. */
function derivedFrom(name: string, schema: InheritingSchema): FieldsType[] {
  const { GqlTypeMetadataStorage: storage } = globalThis as TypesOfClasses;
  const types = storage?.getObjectTypesMetadata() ?? [];
  const bases = types.filter((type) => type.name === name);
  return types
    .filter(({ target }) => bases.some((base) => target.prototype instanceof base.target))
    .flatMap((derived) => schema.getType(derived.name) ?? []);
}

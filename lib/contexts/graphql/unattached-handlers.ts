import { ConfigurationError } from '../../errors/configuration.error.js';
import { isOpen } from '../../policies/policy.js';
import { graphqlModules } from '../graphql-modules.js';
import type { ContextApplication } from '../security-call.js';
import { isOfClass } from './derived-types.js';
import type { GraphQLModuleOptions } from './module-options.js';
import type { ModuleSchema } from './module-schema.js';
import { placeOf } from './replaced-fields.js';
import type { Schema } from './schema.js';

type SchemasOfModules = Map<GraphQLModuleOptions, ModuleSchema>;

/** The schemas that are known so far. Each `GraphQLModule` makes its own. */
const MADE = new WeakMap<ContextApplication, SchemasOfModules>();

/**
 * Refuses a guarded handler that Nest attaches to no schema, as by a misspelt name: the field that was meant is resolved
 * without its guard. Whether another schema has the field is known once the last one is made.
 *
 * @param made The schema as Nest made it, before the application transforms it.
 * @throws ConfigurationError naming the handler and the field.
 */
export function assertAttached(made: ModuleSchema, application: ContextApplication): void {
  const { policies } = made;
  const schemas: SchemasOfModules = MADE.get(application) ?? new Map();
  MADE.set(application, schemas.set(made.options, made));
  const modules = (graphqlModules(application) as GraphQLModuleOptions[]).filter(makesSchema);
  if (!modules.every((each) => schemas.has(each))) return;
  const all = [...schemas.values()];
  const attaching = all.filter(({ options }) => attaches(options));
  for (const handler of new Set(all.flatMap(({ handlers }) => handlers))) {
    const place = placeOf(handler.method, handler.path);
    const isAttached = attaching.some(
      ({ options, schema }) => options.transformResolvers !== undefined || has(schema, place),
    );
    if (isAttached || isOpen(policies.of(handler.controller, handler.handler))) continue;
    if (isLedToByNothing(place, attaching)) continue;
    throw new ConfigurationError(
      `${handler.controller.name}.${handler.name} requires something of its callers, but no schema that Nest makes has ${place}, so that nothing calls it: correct the name, or give GraphQLModule.forRoot() typeDefs where it has a schema alone`,
    );
  }
}

/** Whether a module is no gateway, which has the schemas of others. */
function makesSchema({ gateway }: GraphQLModuleOptions): boolean {
  return gateway === undefined;
}

/** Nest attaches no handlers to a schema that is given to it alone. */
function attaches({ schema, autoSchemaFile, typeDefs, typePaths }: GraphQLModuleOptions): boolean {
  return schema === undefined || [autoSchemaFile, typeDefs, typePaths].flat().some(Boolean);
}

/** Whether a place is in a class that no field leads to: code first, Nest leaves its type out of the schema. */
function isLedToByNothing(place: string, schemas: readonly ModuleSchema[]): boolean {
  const [typeName] = place.split('.') as [string];
  const isCodeFirst = schemas.some(({ options }) => Boolean(options.autoSchemaFile));
  const isNowhere = schemas.every(({ schema }) => schema.getType(typeName) === undefined);
  return isCodeFirst && isNowhere && isOfClass(typeName);
}

function has(schema: Schema, place: string): boolean {
  const [typeName, field] = place.split('.') as [string, string];
  const type = schema.getType(typeName);
  // `__resolveType` and the like are no fields.
  return type !== undefined && (field.startsWith('__') || field in (type.getFields?.() ?? {}));
}

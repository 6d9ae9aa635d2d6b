import { ConfigurationError } from '../../errors/configuration.error.js';
import type { Policies } from '../../policies/policies.js';
import { isOpen } from '../../policies/policy.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import { graphqlModules } from '../graphql-modules.js';
import type { ContextApplication } from '../security-call.js';
import { isOfClass } from './derived-types.js';
import type { GraphQLModuleOptions } from './module-options.js';
import { placeOf } from './replaced-fields.js';
import type { Schema } from './schema.js';

/** A schema before the application transforms it, and the handlers that its `GraphQLModule` includes. */
interface MadeSchema {
  readonly schema: Schema;
  readonly included: readonly RouteHandler[];
}

type MadeSchemas = Map<GraphQLModuleOptions, MadeSchema>;

/** The schemas that are known so far. Each `GraphQLModule` makes its own. */
const MADE = new WeakMap<ContextApplication, MadeSchemas>();

/**
 * Refuses a guarded handler that Nest attaches to no schema, as by a misspelt name: the field that was meant is resolved
 * without its guard. Whether another schema has the field is known once the last one is made.
 *
 * @throws ConfigurationError naming the handler and the field.
 */
export function assertAttached(
  options: GraphQLModuleOptions,
  made: MadeSchema,
  application: ContextApplication,
  policies: Policies,
): void {
  const schemas: MadeSchemas = MADE.get(application) ?? new Map();
  MADE.set(application, schemas.set(options, made));
  const modules = (graphqlModules(application) as GraphQLModuleOptions[]).filter(makesSchema);
  if (!modules.every((each) => schemas.has(each))) return;
  const attaching = [...schemas].filter(([each]) => attaches(each));
  for (const handler of new Set([...schemas.values()].flatMap(({ included }) => included))) {
    const place = placeOf(handler.method, handler.path);
    const isAttached = attaching.some(
      ([each, { schema }]) => each.transformResolvers !== undefined || has(schema, place),
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
function isLedToByNothing(
  place: string,
  schemas: readonly (readonly [GraphQLModuleOptions, MadeSchema])[],
): boolean {
  const [typeName] = place.split('.') as [string];
  const isCodeFirst = schemas.some(([{ autoSchemaFile }]) => Boolean(autoSchemaFile));
  const isNowhere = schemas.every(([, { schema }]) => schema.getType(typeName) === undefined);
  return isCodeFirst && isNowhere && isOfClass(typeName);
}

function has(schema: Schema, place: string): boolean {
  const [typeName, field] = place.split('.') as [string, string];
  const type = schema.getType(typeName);
  // `__resolveType` and the like are no fields.
  return type !== undefined && (field.startsWith('__') || field in (type.getFields?.() ?? {}));
}

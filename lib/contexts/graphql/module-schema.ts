import type { Policies } from '../../policies/policies.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import type { GraphQLModuleOptions } from './module-options.js';
import type { Schema } from './schema.js';

/** The schema of one `GraphQLModule`, and who resolves its fields. */
export interface ModuleSchema {
  readonly schema: Schema;
  readonly options: GraphQLModuleOptions;
  /** The handlers that the module includes. */
  readonly handlers: readonly RouteHandler[];
  /** The policies of the whole application. */
  readonly policies: Policies;
}

/** Whether types have the resolvers of their interfaces: by option or, code first, always except in a subgraph. */
export function inheritsResolvers({ schema, options }: ModuleSchema): boolean {
  const { inheritResolversFromInterfaces, autoSchemaFile } = options;
  if (inheritResolversFromInterfaces === true) return true;
  return Boolean(autoSchemaFile) && schema.getType('_Service') === undefined;
}

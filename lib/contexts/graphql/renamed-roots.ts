import { ConfigurationError } from '../../errors/configuration.error.js';
import type { ModuleSchema } from './module-schema.js';
import { rootTypes } from './schema.js';

/**
 * Refuses a root field whose type Nest does not know as a root, since the schema calls it otherwise: nothing that is
 * guarded leads to it, so that its class and the application would have to count.
 *
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertRootsGuarded({ schema, handlers, policies }: ModuleSchema): void {
  const roots = new Set(Object.values(rootTypes(schema)).map((type) => type?.name));
  for (const handler of handlers) {
    const { method, path, controller, name } = handler;
    const isRoot = method === 'FIELD' && roots.has(path.split('.')[0]);
    if (!isRoot || !policies.reliesOnRoot(handler)) continue;
    throw new ConfigurationError(
      `${controller.name}.${name} requires something by its class or the application, but Nest takes the root field ${path} for that of any type: put @Query(), @Mutation() or @Subscription() on ${name}(), or @Security(...) or @Public()`,
    );
  }
}

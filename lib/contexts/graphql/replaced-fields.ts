import { ConfigurationError } from '../../errors/configuration.error.js';
import type { ContextHandler } from '../../policies/handler-kinds.js';
import type { GraphQLModuleOptions } from './module-options.js';

const ROOTS: Readonly<Record<string, string>> = {
  QUERY: 'Query',
  MUTATION: 'Mutation',
  SUBSCRIPTION: 'Subscription',
};

/** The type and field under which a map of resolvers holds a handler's. */
export function placeOf(method: string, path: string): string {
  if (method === 'REFERENCE') return `${path}.__resolveReference`;
  const root = ROOTS[method];
  return root === undefined ? path : `${root}.${path}`;
}

/**
 * Refuses a guarded handler that an option of `GraphQLModule` replaces.
 *
 * @throws ConfigurationError naming the handler and the field.
 */
export function assertNotReplaced(
  handlers: readonly ContextHandler[],
  modules: readonly GraphQLModuleOptions[],
): void {
  for (const { name, method, path } of handlers) {
    const place = placeOf(method, path);
    const [type = '', field = ''] = place.split('.');
    if (!modules.some((options) => replaces(options, type, field))) continue;
    throw new ConfigurationError(
      `${name} requires something of its callers, but the option resolvers or loaders of GraphQLModule.forRoot() answers for ${place} in its place: remove it there`,
    );
  }
}

/** Whether the options `resolvers` or `loaders` answer for a field. */
export function replaces(
  { resolvers, loaders }: GraphQLModuleOptions,
  type: string,
  field: string,
): boolean {
  return [resolvers, loaders].flat().some((types) => types?.[type]?.[field] !== undefined);
}

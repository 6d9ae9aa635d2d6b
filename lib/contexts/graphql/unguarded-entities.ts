import { ConfigurationError } from '../../errors/configuration.error.js';
import type { Policies } from '../../policies/policies.js';
import { isOpen } from '../../policies/policy.js';

/** What is read of a subgraph's schema, of whatever copy of `graphql` it is made. */
export interface SubgraphSchema {
  getType(name: string): { getTypes?(): readonly { readonly name: string }[] } | undefined;
}

/**
 * Refuses a field that requires something by its class or the application, of a type without `@ResolveReference()`: a
 * gateway's reference to it is answered by what was sent, and no guard stands before its fields.
 *
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertEntitiesGuarded(schema: SubgraphSchema, policies: Policies): void {
  const entities =
    schema
      .getType('_Entity')
      ?.getTypes?.()
      .map(({ name }) => name) ?? [];
  const handlers = policies.handlers().filter(({ kind }) => kind === 'graphql');
  const isReferred = (type: string) =>
    handlers.some(({ method, path }) => method === 'REFERENCE' && path === type);
  const unreferred = entities.filter((name) => !isReferred(name));
  for (const handler of handlers) {
    const { method, path, controller, name } = handler;
    const [entity = ''] = path.split('.');
    if (method !== 'FIELD' || !unreferred.includes(entity)) continue;
    if (!isOpen(policies.of(controller, handler.handler)) || isOpen(policies.ofFirst(handler))) {
      continue;
    }
    throw new ConfigurationError(
      `${controller.name}.${name} requires something by its class or the application, but whoever asks for _entities reaches it past all guards: give ${controller.name} a @ResolveReference(), or put @Security(...) or @Public() on ${name}()`,
    );
  }
}

import { ModuleRef } from '@nestjs/core';
import { assertAnsweredAlike } from '../../policies/answered-alike.js';
import { atBoot } from '../../policies/at-boot.js';
import { Policies } from '../../policies/policies.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import type { ContextApplication } from '../security-call.js';
import { type DescribedSchema, describeFields } from './descriptions.js';
import { deadlineOf, endAtDeadline } from './expiring-stream.js';
import { assertInherited, inherits, type InheritingSchema } from './inherited-fields.js';
import { dropLateResults } from './late-results.js';
import type { GraphQLModuleOptions } from './module-options.js';
import { assertEntitiesGuarded, type SubgraphSchema } from './unguarded-entities.js';

type Subscribe = (...args: unknown[]) => unknown;

/** What is read of a schema, and of whatever copy of `graphql` it is made. */
interface Schema {
  getSubscriptionType():
    { getFields(): Record<string, { subscribe?: Subscribe }> } | null | undefined;
}

const EXPIRING = new WeakSet<Subscribe>();
/** By options, which may be those of several applications, one after the other. */
const APPLICATIONS = new WeakMap<GraphQLModuleOptions, ContextApplication>();

/**
 * Sees to it that the schema of a `GraphQLModule` ends the subscriptions of those whose credentials expire, resolves no
 * field past its guard and, if asked to, says what its fields require.
 */
export function transformSchemas(
  options: GraphQLModuleOptions,
  application: ContextApplication,
  descriptions: boolean,
): void {
  const isTransforming = APPLICATIONS.has(options);
  APPLICATIONS.set(options, application);
  if (isTransforming) return;
  dropLateResults(options);
  const transform = options.transformSchema ?? ((schema: unknown) => schema);
  options.transformSchema = async (schema: never) => {
    const transformed = await transform(schema);
    endExpired(transformed as Schema);
    const { get } = APPLICATIONS.get(options)!;
    const policies = get(Policies) as Policies;
    atBoot(get(ModuleRef) as ModuleRef, () => {
      assertAnsweredAlike(resolversOf(options, policies), policies);
      const isInheriting = inherits(transformed as InheritingSchema, options);
      assertInherited(transformed as InheritingSchema, policies, isInheriting);
      assertEntitiesGuarded(transformed as SubgraphSchema, policies, isInheriting);
    });
    if (descriptions) describeFields(transformed as DescribedSchema, policies);
    return transformed;
  };
}

/** The handlers that a `GraphQLModule` has. */
function resolversOf({ include = [] }: GraphQLModuleOptions, policies: Policies): RouteHandler[] {
  const isIncluded = ({ host }: RouteHandler) =>
    include.length === 0 || include.includes(host.host?.metatype);
  return policies.handlers().filter((each) => each.kind === 'graphql' && isIncluded(each));
}

function endExpired(schema: Schema): void {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field;
    if (subscribe === undefined || EXPIRING.has(subscribe)) continue;
    field.subscribe = expiring(subscribe);
  }
}

function expiring(subscribe: Subscribe): Subscribe {
  const expires: Subscribe = async (...args) => {
    const contextValue = args[2];
    try {
      return endAtDeadline(await subscribe(...args), contextValue);
    } catch (error) {
      deadlineOf(contextValue).forget();
      throw error;
    }
  };
  EXPIRING.add(expires);
  return expires;
}

import { ModuleRef } from '@nestjs/core';
import { assertAnsweredAlike } from '../../policies/answered-alike.js';
import { atBoot } from '../../policies/at-boot.js';
import { Policies } from '../../policies/policies.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import { includedBy } from '../graphql-modules.js';
import type { ContextApplication } from '../security-call.js';
import { describeFields } from './descriptions.js';
import { deadlineOf, endAtDeadline } from './expiring-stream.js';
import { assertInherited } from './inherited-fields.js';
import { dropLateResults } from './late-results.js';
import type { GraphQLModuleOptions } from './module-options.js';
import type { ModuleSchema } from './module-schema.js';
import { assertRootsGuarded } from './renamed-roots.js';
import type { Schema, Subscribe } from './schema.js';
import { assertAttached } from './unattached-handlers.js';
import { warnOfUndeclared } from './undeclared-fields.js';
import { assertSubscribable } from './subscription-protocols.js';
import { assertNotReachedPastGuards } from './fields-past-guards.js';

const EXPIRING = new WeakSet<Subscribe>();
/** By options: the application that uses them. Several may, one after the other. */
const APPLICATIONS = new WeakMap<GraphQLModuleOptions, ContextApplication>();

/**
 * Transforms the schema of a `GraphQLModule`: subscriptions end when their credentials expire, fields that would be
 * resolved without their guard are refused at boot and, with `descriptions`, fields say what they require.
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
  const transform = options.transformSchema ?? ((schema: Schema) => schema);
  options.transformSchema = async (schema) => {
    const transformed = (await transform(schema)) as Schema;
    endExpired(transformed);
    const owner = APPLICATIONS.get(options)!;
    const { get } = owner;
    const policies = get(Policies)!;
    const handlers = atBoot(get(ModuleRef)!, () => {
      const resolvers = resolversOf(options, policies, owner);
      const made = { schema, options, handlers: resolvers, policies };
      assertGuarded(made, transformed, owner);
      return resolvers;
    });
    if (descriptions) describeFields(transformed, handlers, policies);
    return transformed;
  };
}

/**
 * Refuses handlers that would not be called, or not with their guard, and warns of fields left open.
 *
 * @param made The schema before the application transformed it.
 */
function assertGuarded(
  made: ModuleSchema,
  transformed: Schema,
  application: ContextApplication,
): void {
  const served: ModuleSchema = { ...made, schema: transformed };
  assertAnsweredAlike(served.handlers, served.policies);
  assertRootsGuarded(served);
  assertInherited(served);
  assertAttached(made, application);
  assertSubscribable(served, application);
  assertNotReachedPastGuards(served);
  warnOfUndeclared(served);
}

/** The handlers that a `GraphQLModule` includes. */
function resolversOf(
  options: GraphQLModuleOptions,
  policies: Policies,
  application: ContextApplication,
): RouteHandler[] {
  const isIncluded = includedBy(options, application);
  return policies
    .handlers()
    .filter(({ kind, controller }) => kind === 'graphql' && isIncluded(controller));
}

function endExpired(schema: Schema): void {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields?.() ?? {})) {
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

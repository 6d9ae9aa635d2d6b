import type { DiscoveryService } from '@nestjs/core';
import { GRAPHQL_OPTIONS } from '../contexts/graphql-modules.js';
import type { RouteHandler } from '../policies/route-handlers.js';
import { declaredPlaces } from '../requirements/declaration.js';

/** The metadata key of `@nestjs/graphql` on classes of objects, interfaces, inputs and arguments. */
const CLASS_TYPE = 'graphql:class_type';

/** Warns of types of a schema whose requirements nothing enforces. */
export function unguardedTypes(
  handlersOf: () => readonly RouteHandler[],
  discovery: DiscoveryService,
): string[] {
  // Without the module there is no schema.
  if (!discovery.getProviders().some(({ token }) => token === GRAPHQL_OPTIONS)) return [];
  const handlers = handlersOf();
  const isHandler = (type: Function, name: string | undefined) =>
    handlers.some(
      (handler) => handler.controller === type && (name === undefined || handler.name === name),
    );
  const places = declaredPlaces()
    .filter(({ type }) => Reflect.hasOwnMetadata(CLASS_TYPE, type))
    // A class may be the resolver of its own type.
    .filter(({ type, name }) => !isHandler(type, name))
    .map(({ place }) => place);
  return places.length === 0
    ? []
    : [
        `Not protected, because Nest runs no guards for types of GraphQL: ${[...new Set(places)].join(', ')}. Remove @Security(...), and put it on the fields of a resolver that lead there, or on a @ResolveField() of it`,
      ];
}

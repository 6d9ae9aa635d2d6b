import { routeName } from './audit-table.js';
import type { AuditedRoute } from './audited-route.js';

/** Two handlers that serve the same requests. */
export interface DuplicateRoute {
  readonly first: AuditedRoute;
  readonly second: AuditedRoute;
  /** What is wrong, in words. */
  readonly message: string;
}

/**
 * Handlers that serve the same method, path, version and host as another one: only the first that Nest registered is
 * ever reached on Express, and Fastify refuses to start.
 *
 * Names of parameters and wildcards make no difference. `ALL` beside one method is not reported, since that is how a
 * fallback is written.
 */
export function duplicateRoutes(routes: readonly AuditedRoute[]): DuplicateRoute[] {
  const known = new Map<string, AuditedRoute[]>();
  return routes
    .filter(({ kind }) => kind === 'http')
    .flatMap((route) => {
      const places = listed(route.version).flatMap((version) =>
        listed(route.host).map((host) => `${route.method} ${shapeOf(route)} ${version} ${host}`),
      );
      const others = new Set(places.flatMap((place) => known.get(place) ?? []));
      for (const place of places) known.set(place, [...(known.get(place) ?? []), route]);
      return [...others]
        .filter((other) => isAnother(other, route))
        .map((first) => ({ first, second: route, message: describe(first, route) }));
    });
}

/**
 * Whether two routes have different handlers. Those of two classes of one name are told apart by what they demand, since
 * a controller in two modules demands the same in both.
 */
function isAnother(one: AuditedRoute, other: AuditedRoute): boolean {
  return handlerOf(one) !== handlerOf(other) || demandsOf(one) !== demandsOf(other);
}

function demandsOf({ requirement, scopes, rules }: AuditedRoute): string {
  return JSON.stringify([requirement, scopes, rules]);
}

function describe(first: AuditedRoute, second: AuditedRoute): string {
  const another = handlerOf(first) === handlerOf(second) ? 'another ' : '';
  return `${routeName(second)} is served by ${handlerOf(first)} and by ${another}${handlerOf(second)}, of which one is never reached: give it another path, or remove it`;
}

function handlerOf({ controller, handler }: AuditedRoute): string {
  return `${controller}.${handler}`;
}

/** The versions, or the hosts, of a route that may have several. */
function listed(several = ''): string[] {
  return several.split(', ');
}

/** The path without the names of parameters and wildcards and a final slash, which do not tell requests apart. */
function shapeOf({ path }: AuditedRoute): string {
  return path.replace(/([:*])\w+/g, '$1').replace(/(?<=.)\/$/, '');
}

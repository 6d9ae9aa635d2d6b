import { readFileSync } from 'node:fs';
import { routeName } from '../audit/audit-table.js';
import type { AuditedRoute, RouteAccess } from '../audit/audited-route.js';
import { UsageError } from './usage.error.js';

/** A route that is not as it was. */
export interface RouteChange {
  /** In words, such as `GET /orders: protected by Key, now public`. */
  readonly line: string;
  readonly route: AuditedRoute;
  readonly moreOpen: boolean;
}

/**
 * The routes of a file that `--format json` wrote.
 *
 * @throws UsageError
 */
export function readBaseline(file: string): AuditedRoute[] {
  let routes: unknown;
  try {
    routes = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UsageError(`The baseline ${file} cannot be read: write it with --format json`, {
      cause,
    });
  }
  if (Array.isArray(routes) && routes.every(isRoute)) return routes;
  throw new UsageError(`The baseline ${file} holds no audit: write it with --format json`);
}

/** The changes since the baseline. A new route that anybody may call counts as more open. */
export function changesSince(
  baseline: readonly AuditedRoute[],
  routes: readonly AuditedRoute[],
): RouteChange[] {
  const before = byName(baseline);
  const after = byName(routes);
  const removed = baseline.filter((route) => !after.has(routeName(route)));
  return [
    ...routes.flatMap((route) => {
      const was = before.get(routeName(route));
      return was === undefined ? added(route) : changed(closest(was, route), route);
    }),
    ...removed.map((route) => ({
      line: `${routeName(route)}: removed`,
      route,
      moreOpen: false,
    })),
  ];
}

function added(route: AuditedRoute): RouteChange {
  const moreOpen = route.access !== 'protected' || route.declared !== undefined;
  return { line: `${routeName(route)}: new, ${inWords(route)}`, route, moreOpen };
}

function changed(was: AuditedRoute, route: AuditedRoute): RouteChange[] {
  if (inWords(was) === inWords(route)) return [];
  const moreOpen = isMoreOpen(was, route);
  const line = `${routeName(route)}: ${inWords(was)}, now ${moreOpen ? 'more open: ' : ''}${inWords(route)}`;
  return [{ line, route, moreOpen }];
}

/**
 * Whether a route now lets in some request that it refused before.
 *
 * That is so where an alternative lets in callers whom none did before, where a scope or a rule is no longer asked for,
 * and where nothing protects the route any longer but what is required of every route (`always`).
 */
function isMoreOpen(was: AuditedRoute, route: AuditedRoute): boolean {
  const old = alternativesOf(was);
  const asked = route.rules ?? [];
  if (opennessOf(route) > opennessOf(was)) return true;
  if ((was.rules ?? []).some((rule) => !asked.includes(rule))) return true;
  const lost = was.scopes.filter((scope) => !route.scopes.includes(scope));
  return alternativesOf(route).some(
    (now) =>
      !old.some((before) => before.every((scheme) => now.includes(scheme))) ||
      (now.length > 0 && lost.some((scope) => !now.some((asked) => asked.endsWith(` ${scope}`)))),
  );
}

/** How far a route has no protection of its own, apart from what is always required. */
function opennessOf({ declared }: AuditedRoute): number {
  return DECLARED.indexOf(declared);
}

/** The least open first. */
const DECLARED: readonly unknown[] = [undefined, 'optional', 'public', 'undeclared'];

/**
 * The demands of each alternative: `UserToken` and, where it must grant scopes of its own, `UserToken read`; `one of
 * them read` where any of its schemes may grant the scope.
 */
function alternativesOf({ access, requirement }: AuditedRoute): string[][] {
  if (isOpen(access)) return [[]];
  if (requirement === 'nobody') return [];
  return requirement.split(', or ').map((words) => (words === 'anonymous' ? [] : demandsOf(words)));
}

function demandsOf(alternative: string): string[] {
  const [schemes = '', shared = ''] = alternative.split(', one of them with ');
  return [
    ...schemes.split(' and ').flatMap((words) => {
      const [scheme = '', scopes = ''] = words.split(' with ');
      return [scheme, ...scopesAskedOf(scheme, scopes)];
    }),
    ...scopesAskedOf('one of them', shared),
  ];
}

function scopesAskedOf(whom: string, scopes: string): string[] {
  return [...scopes.matchAll(/"([^"]+)"/g)].map(([, scope]) => `${whom} ${scope}`);
}

/** Whether a route requires nothing itself; such a field is open to whoever may query its object. */
function isOpen(access: RouteAccess): boolean {
  return access === 'public' || access === 'undeclared' || access === 'inherited';
}

function inWords({ access, declared, requirement, scopes, rules = [] }: AuditedRoute): string {
  if (isOpen(access)) return access;
  const asked = scopes.length === 0 ? '' : ` with ${scopes.join(' ')}`;
  const ruled = rules.length === 0 ? '' : `, if: ${rules.join(' ')}`;
  const itself = declared === undefined ? '' : `, itself ${declared}`;
  return `${access} by ${requirement}${asked}${ruled}${itself}`;
}

/**
 * The earlier route to compare with, as several handlers may serve one: that of the same handler or, if there is none,
 * the least open.
 */
function closest(were: readonly AuditedRoute[], route: AuditedRoute): AuditedRoute {
  const same = were.find(
    ({ controller, handler }) => controller === route.controller && handler === route.handler,
  );
  return same ?? were.reduce((a, b) => (isMoreOpen(b, a) ? b : a));
}

function byName(routes: readonly AuditedRoute[]): ReadonlyMap<string, AuditedRoute[]> {
  const names = new Map<string, AuditedRoute[]>();
  for (const route of routes) {
    const name = routeName(route);
    names.set(name, [...(names.get(name) ?? []), route]);
  }
  return names;
}

const ACCESS: readonly unknown[] = [
  'public',
  'optional',
  'protected',
  'inherited',
  'undeclared',
] satisfies RouteAccess[];

function isRoute(value: unknown): value is AuditedRoute {
  if (typeof value !== 'object' || value === null) return false;
  const {
    method,
    path,
    controller,
    handler,
    access,
    declared,
    requirement,
    scopes,
    rules = [],
  } = value as Record<string, unknown>;
  const texts = [method, path, controller, handler, requirement];
  return (
    texts.every((text) => typeof text === 'string') &&
    ACCESS.includes(access) &&
    DECLARED.includes(declared) &&
    areTexts(scopes) &&
    areTexts(rules)
  );
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

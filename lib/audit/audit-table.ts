import { alignedTable } from './aligned-table.js';
import type { AuditedRoute, RouteAccess } from './audited-route.js';
import { exceptFor } from './other-guards.js';

/** The counts of an audit in one line, such as `31 routes: 27 protected, 3 public, 1 undeclared`. */
export function auditSummary(
  audited: readonly Pick<AuditedRoute, 'access'>[],
  noun = 'route',
): string {
  const kinds: RouteAccess[] = ['protected', 'optional', 'public', 'inherited', 'undeclared'];
  const counts = kinds
    .map((kind) => [audited.filter(({ access }) => access === kind).length, kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`);
  const total = `${audited.length} ${noun}${audited.length === 1 ? '' : 's'}`;
  return counts.length === 0 ? total : `${total}: ${counts.join(', ')}`;
}

/** The columns of a table. There is one for rules where any route has some. */
function columnsOf(routes: readonly AuditedRoute[]): string[] {
  const rules = routes.some((route) => route.rules !== undefined) ? ['Rules'] : [];
  return ['Method', 'Path', 'Handler', 'Access', 'Requirement', 'Scopes', ...rules, 'Declared at'];
}

/** An audit as aligned columns. */
export function auditAsText(routes: readonly AuditedRoute[]): string {
  const columns = columnsOf(routes);
  return alignedTable([columns, ...routes.map((route) => cells(route, columns))]);
}

/** An audit as a Markdown table. */
export function auditAsMarkdown(routes: readonly AuditedRoute[]): string {
  const columns = columnsOf(routes);
  const rows = [columns, columns.map(() => '---'), ...routes.map((route) => cells(route, columns))];
  return rows
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** How a route is called, such as `GET /orders/:id` or `GET /orders (version 2)`. */
export function routeName(
  route: Pick<AuditedRoute, 'method' | 'path' | 'version' | 'host'>,
): string {
  return `${route.method} ${placeOf(route)}`;
}

function placeOf({ path, version, host }: Pick<AuditedRoute, 'path' | 'version' | 'host'>): string {
  return [
    path,
    ...(version === undefined ? [] : [`(version ${version})`]),
    ...(host === undefined ? [] : [`(host ${host})`]),
  ].join(' ');
}

function cells(route: AuditedRoute, columns: readonly string[]): string[] {
  const { method, controller, handler, access, requirement, contradiction } = route;
  return [
    method,
    placeOf(route),
    `${controller}.${handler}`,
    access,
    requirement +
      exceptFor(route.guards) +
      (contradiction === undefined ? '' : ` (but ${contradiction})`),
    route.scopes.join(' '),
    ...(columns.includes('Rules') ? [oneLine(route.rules ?? [])] : []),
    route.source ?? '',
  ];
}

/** The rules in one line: their descriptions may have several. */
function oneLine(rules: readonly string[]): string {
  return rules.join(' ').replaceAll(/\s+/g, ' ');
}

import type { AuditedRoute, RouteAccess } from './audited-route.js';

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

const COLUMNS = ['Method', 'Path', 'Handler', 'Access', 'Requirement', 'Scopes', 'Declared at'];

/** An audit as aligned columns. */
export function auditAsText(routes: readonly AuditedRoute[]): string {
  const rows = [COLUMNS, ...routes.map(cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An audit as a Markdown table. */
export function auditAsMarkdown(routes: readonly AuditedRoute[]): string {
  const rows = [COLUMNS, COLUMNS.map(() => '---'), ...routes.map(cells)];
  return rows
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** How a route is called, such as `GET /orders/:id` or `GET /orders (version 2)`. */
export function routeName(route: Pick<AuditedRoute, 'method' | 'path' | 'version'>): string {
  return `${route.method} ${versionedPath(route)}`;
}

function versionedPath({ path, version }: Pick<AuditedRoute, 'path' | 'version'>): string {
  return version === undefined ? path : `${path} (version ${version})`;
}

function cells(route: AuditedRoute): string[] {
  const { method, controller, handler, access, requirement, contradiction } = route;
  return [
    method,
    versionedPath(route),
    `${controller}.${handler}`,
    access,
    contradiction === undefined ? requirement : `${requirement} (but ${contradiction})`,
    route.scopes.join(' '),
    route.source ?? '',
  ];
}

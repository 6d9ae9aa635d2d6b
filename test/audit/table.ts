import type { AuditedRoute } from '../../lib/audit/audited-route.js';

/** An audit as one line per route, every member in it. */
export function table(routes: readonly AuditedRoute[]): string[] {
  return routes.map((route) => {
    const { kind, method, path, version, controller, handler, access, requirement } = route;
    const { scopes, source, contradiction, ...unexpected } = route;
    const shown = { kind, method, path, version, controller, handler, access, requirement };
    const rest = Object.keys(unexpected).filter((name) => !Object.hasOwn(shown, name));
    return [
      `${kind === 'http' ? '' : `${kind} `}${method} ${path}${version === undefined ? '' : ` v${version}`}`,
      `${controller}.${handler}`,
      access,
      [requirement, ...scopes].join(' +'),
      source ?? '-',
      ...(contradiction === undefined ? [] : [contradiction]),
      ...rest,
    ].join(' | ');
  });
}

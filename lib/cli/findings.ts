import { routeName } from '../audit/audit-table.js';
import type { AuditedRoute } from '../audit/audited-route.js';
import { exceptFor } from '../audit/other-guards.js';
import { duplicateRoutes } from '../audit/duplicate-routes.js';
import type { RouteChange } from './baseline.js';

/** The kinds of findings. */
export const RULES = {
  'open-route': 'A route declares no requirement, so everybody may call it.',
  'undeclared-route':
    'A route declares no requirement, so only what is always required protects it.',
  'contradicted-document': 'A route documents another security than it enforces.',
  'duplicate-route': 'Two handlers serve the same requests: the second is never reached.',
  'more-open': 'A route is more open than in the baseline.',
} as const;

/** One finding about one route. */
export interface Finding {
  readonly rule: keyof typeof RULES;
  readonly level: 'error' | 'warning';
  readonly message: string;
  readonly route: AuditedRoute;
}

/** The findings of an audit. Open and undeclared routes are errors in strict mode. */
export function findingsOf(
  routes: readonly AuditedRoute[],
  changes: readonly RouteChange[],
  strict: boolean,
): Finding[] {
  const duplicates = duplicateRoutes(routes);
  return [
    ...routes.flatMap((route) => findingsOfRoute(route, strict)),
    ...duplicates.map(({ message, second }): Finding => ({
      rule: 'duplicate-route',
      level: 'warning',
      message,
      route: second,
    })),
    ...changes.flatMap(({ line, route, moreOpen }): Finding[] =>
      moreOpen ? [{ rule: 'more-open', level: 'error', message: line, route }] : [],
    ),
  ];
}

function findingsOfRoute(route: AuditedRoute, strict: boolean): Finding[] {
  const { access, declared, controller, handler, contradiction, requirement } = route;
  const level = strict ? 'error' : 'warning';
  const findings: Finding[] = [];
  if (isOpenConnection(route)) {
    const isKnown = !mayBeProtected(route);
    const message = isKnown
      ? `${routeName(route)} is open: call protect(server, ${controller}) of ConnectionGuard in afterInit() of ${controller} or, if anybody may connect, put @Public() on its handleConnection()`
      : `${routeName(route)} may be open: whether ${controller} calls protect() is not known, as its afterInit() did not run, so that --strict lets it pass`;
    findings.push({ rule: 'open-route', level: isKnown ? level : 'warning', message, route });
  } else if (access === 'undeclared') {
    const message = `${routeName(route)} is open${exceptFor(route.guards)}, because ${controller}.${handler} declares nothing: add @Security(...) or @Public()`;
    findings.push({ rule: 'open-route', level, message, route });
  }
  if (declared === 'undeclared') {
    const message = `${routeName(route)} is protected by the always option alone, because ${controller}.${handler} declares nothing: add @Security(...) or @Public()`;
    findings.push({ rule: 'undeclared-route', level, message, route });
  }
  if (contradiction !== undefined) {
    const message = `${routeName(route)} requires ${requirement} but ${contradiction}: remove its @ApiSecurity() or @ApiOperation({ security })`;
    findings.push({ rule: 'contradicted-document', level: 'warning', message, route });
  }
  return findings;
}

/** Whether a route is a connection that nothing protects, as far as the audit knows. */
export function isOpenConnection({ method, access }: AuditedRoute): boolean {
  return method === 'CONNECT' && access === 'undeclared';
}

/** Whether a route is a connection of which the audit cannot know whether it is protected. */
function mayBeProtected(route: AuditedRoute): boolean {
  return isOpenConnection(route) && route.guards !== undefined;
}

import type { ModuleRef } from '@nestjs/core';
import { handleConnection } from '../policies/connection.js';
import { applicationConfigOf, containerOf } from '../policies/nest-container.js';
import type { Policies } from '../policies/policies.js';
import type { AuditedFunction } from './audit-offer.js';
import type { AuditedRoute } from './audited-route.js';
import { type AuditedHandler, auditHandlers, openButForAlways } from './handler-audit.js';
import { otherGuards } from './other-guards.js';
import { requirementInWords } from '../policies/requirement-in-words.js';
import { type RoutePath, RoutePaths } from './route-paths.js';

/** Whether some handlers may serve the same requests. */
export function mayBeDuplicates(
  handlers: readonly AuditedHandler[],
  moduleRef: ModuleRef,
): boolean {
  const routes = handlers.map(({ route }) => route).filter(({ kind }) => kind === 'http');
  return new RoutePaths(containerOf(moduleRef)).mayRepeat(routes);
}

/** Every handler of the application and the policy it is under, sorted by kind, path and method. */
export function auditRoutes(
  policies: Policies,
  moduleRef: ModuleRef,
  handlers: readonly AuditedHandler[] = auditHandlers(policies),
): AuditedRoute[] {
  return sortedRoutes(policies, handlers, moduleRef).map(({ audited }) => audited);
}

/** The functions of the audited routes, in the order of `auditRoutes`. */
export function auditedFunctions(policies: Policies, moduleRef: ModuleRef): AuditedFunction[] {
  return sortedRoutes(policies, auditHandlers(policies), moduleRef).map(({ handler }) => handler);
}

function sortedRoutes(
  policies: Policies,
  handlers: readonly AuditedHandler[],
  moduleRef: ModuleRef,
) {
  const paths = new RoutePaths(containerOf(moduleRef));
  const othersOf = otherGuards(applicationConfigOf(moduleRef), moduleRef);
  const guardsOf = ({ route, access }: AuditedHandler): string[] => {
    if (access !== 'undeclared') return [];
    // Nest runs no guards for connections.
    if (route.handler === handleConnection) {
      return policies.connections.mayProtect(route) ? ['ConnectionGuard'] : [];
    }
    const { global, own } = othersOf(route);
    return [...new Set([...global, ...own])];
  };
  return handlers
    .flatMap((handler) =>
      auditRoute(handler, paths, guardsOf(handler)).map((audited) => ({
        audited,
        handler: handler.route,
      })),
    )
    .sort((a, b) => byPath(a.audited, b.audited));
}

function auditRoute(
  audited: AuditedHandler,
  paths: RoutePaths,
  guards: readonly string[],
): AuditedRoute[] {
  const { route, policy, access, contradiction } = audited;
  const { kind, audited: shown = kind } = route;
  const declared = openButForAlways(policy);
  const places: readonly RoutePath[] =
    kind === 'http' ? paths.of(route) : [{ method: route.method, path: route.path }];
  return places.map(({ method, path, version, host }) => ({
    kind: shown,
    method,
    path,
    ...(version !== undefined && { version }),
    ...(host !== undefined && { host }),
    controller: route.controller.name,
    handler: route.name,
    access,
    ...(declared !== undefined && { declared }),
    requirement: requirementInWords(policy),
    ...(guards.length > 0 && { guards }),
    scopes: policy?.scopes ?? [],
    ...(policy?.rules && { rules: policy.rules.map(({ description }) => description) }),
    source: policy?.source,
    // Where only other guards protect a route, its document may describe what they ask for.
    ...(contradiction !== undefined && guards.length === 0 && { contradiction }),
  }));
}

function byPath(a: AuditedRoute, b: AuditedRoute): number {
  return (
    compare(a.kind, b.kind) ||
    compare(a.path, b.path) ||
    compare(a.method, b.method) ||
    compare(a.version ?? '', b.version ?? '') ||
    compare(a.host ?? '', b.host ?? '') ||
    compare(a.controller, b.controller)
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

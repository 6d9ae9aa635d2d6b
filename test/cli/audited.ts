import type { AuditedRoute } from '../../lib/audit/audited-route.js';

/** A route of an audit: protected by `Key`, unless told otherwise. */
export function audited(name: string, route: Partial<AuditedRoute> = {}): AuditedRoute {
  const [method = '', path = ''] = name.split(' ');
  return {
    kind: 'http',
    method,
    path,
    controller: 'Orders',
    handler: 'read',
    access: 'protected',
    requirement: 'Key',
    scopes: [],
    source: 'Orders',
    ...route,
  };
}

export const open = { access: 'undeclared', requirement: 'none', source: undefined } as const;
export const everybody = { access: 'public', requirement: 'anonymous' } as const;

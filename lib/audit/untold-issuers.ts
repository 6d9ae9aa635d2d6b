import type { AuthModuleOptions } from '../auth.options.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { type AuditedHandler, handlerName } from './handler-audit.js';

/**
 * Warns where MCP clients, which discover the issuers of their tokens, are not told of any.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization#authorization-server-location
 */
export function untoldIssuers(
  handlers: readonly AuditedHandler[],
  { protectedResource = [] }: AuthModuleOptions,
): string[] {
  const resources = [protectedResource].flat();
  if (resources.some(({ authorizationServers = [] }) => authorizationServers.length > 0)) return [];
  const taker = handlers.find(
    ({ route, policy }) => route.audited === 'mcp' && policy?.schemes.some(takesIssuedTokens),
  );
  return taker === undefined
    ? []
    : [
        `${handlerName(taker)} takes tokens, but MCP clients are not told who issues them: set protectedResource in AuthModule.forRoot(), with authorizationServers`,
      ];
}

function takesIssuedTokens({ scheme }: RegisteredScheme): boolean {
  return ['oauth2', 'openIdConnect'].includes(scheme.describe().type);
}

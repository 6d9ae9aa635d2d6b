import type { McpStrategy } from '@rekog/mcp-nest';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { scopesRequiredIn } from '../../policies/policy-alternative.js';
import type { Policy } from '../../policies/policy.js';
import type { McpAccess } from './mcp-access.js';
import type { McpExchange } from './mcp-exchange.js';
import type { McpKind, McpTarget } from './mcp-handlers.js';

/** By method: the kind of a list's items, the property that holds them, and the property that names each. */
const LISTS: Readonly<Record<string, readonly [kind: McpKind, items: string, path: string]>> = {
  'tools/list': ['TOOL', 'tools', 'name'],
  'resources/list': ['RESOURCE', 'resources', 'uri'],
  'resources/templates/list': ['RESOURCE TEMPLATE', 'resourceTemplates', 'uriTemplate'],
  'prompts/list': ['PROMPT', 'prompts', 'name'],
};

/** Removes from a list what the caller may not call; returns any other result as it is. */
export async function listed(
  method: string,
  result: unknown,
  access: McpAccess | undefined,
  exchange: McpExchange | undefined,
): Promise<unknown> {
  if (!Object.hasOwn(LISTS, method)) return result;
  const [kind, name, path] = LISTS[method]!;
  const all = (result as Record<string, readonly Record<string, unknown>[]>)[name] ?? [];
  const items: unknown[] = [];
  for (const item of all) {
    const target: McpTarget = { kind, path: String(item[path]) };
    if (access === undefined || !(await access.shows(target, exchange))) continue;
    items.push(kind === 'TOOL' ? described(item, access.policyOf(target)) : item);
  }
  return { ...(result as object), [name]: items };
}

/** Says what a tool requires. mcp-nest says `noauth` for every tool that has none of its own decorators. */
function described(item: Record<string, unknown>, policy: ReturnType<McpAccess['policyOf']>) {
  if (!policy) return item;
  const securitySchemes = toolSecuritySchemes(policy);
  const meta = { ...(item['_meta'] as object), securitySchemes };
  return { ...item, _meta: meta };
}

/** By method: the kinds in the results that clients may cache, which are lists and the contents of resources. */
const KEPT: Readonly<Record<string, readonly McpKind[]>> = {
  ...Object.fromEntries(Object.entries(LISTS).map(([method, [kind]]) => [method, [kind]])),
  'resources/read': ['RESOURCE', 'RESOURCE TEMPLATE'],
};

/** @throws ConfigurationError where `cacheHints` let clients share a result that depends on the caller. */
export function assertNotShared({ options }: McpStrategy, access: McpAccess): void {
  for (const [method, hint] of Object.entries(options.cacheHints ?? {})) {
    if (hint?.cacheScope !== 'public') continue;
    if (!(KEPT[method] ?? []).some((kind) => access.varies(kind))) continue;
    throw new ConfigurationError(
      `the server ${options.name}: answers to ${method} depend on who asks, but cacheHints say that clients may share them: make its cacheScope 'private'`,
    );
  }
}

/** What `_meta.securitySchemes` of a tool says: that it requires nothing, or a token with scopes. */
type ToolSecurityScheme =
  { readonly type: 'noauth' } | { readonly type: 'oauth2'; readonly scopes?: readonly string[] };

const OF_TOKENS: readonly string[] = ['oauth2', 'openIdConnect'];

/** A policy as `_meta.securitySchemes`, which has no type for API keys and other schemes without tokens. */
function toolSecuritySchemes(policy: Policy): ToolSecurityScheme[] {
  return policy.alternatives.flatMap((alternative): ToolSecurityScheme[] => {
    const { schemes } = alternative;
    if (schemes.length === 0) return [{ type: 'noauth' }];
    const isOfTokens = schemes.every(({ scheme }) => OF_TOKENS.includes(scheme.describe().type));
    if (!isOfTokens) return [];
    const scopes = scopesRequiredIn(alternative);
    return [scopes.length === 0 ? { type: 'oauth2' } : { type: 'oauth2', scopes }];
  });
}

import type { McpAccess } from './mcp-access.js';
import type { McpExchange } from './mcp-exchange.js';
import type { McpKind, McpTarget } from './mcp-handlers.js';
import { toolSecuritySchemes } from './tool-security-schemes.js';

/** What a list holds, under which name, and what tells its items. */
const LISTS: Readonly<Record<string, readonly [kind: McpKind, items: string, path: string]>> = {
  'tools/list': ['TOOL', 'tools', 'name'],
  'resources/list': ['RESOURCE', 'resources', 'uri'],
  'resources/templates/list': ['RESOURCE TEMPLATE', 'resourceTemplates', 'uriTemplate'],
  'prompts/list': ['PROMPT', 'prompts', 'name'],
};

/** A list without what the caller may not call; any other result as it is. */
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
    const target: McpTarget = { method: kind, path: String(item[path]) };
    if (access === undefined || !(await access.shows(target, exchange))) continue;
    items.push(kind === 'TOOL' ? described(item, access.policyOf(target)) : item);
  }
  return { ...(result as object), [name]: items };
}

/** mcp-nest says of every tool without its own decorators that it needs no authorization. */
function described(item: Record<string, unknown>, policy: ReturnType<McpAccess['policyOf']>) {
  if (!policy) return item;
  const securitySchemes = toolSecuritySchemes(policy);
  const meta = { ...(item['_meta'] as object), securitySchemes };
  return { ...item, _meta: meta };
}

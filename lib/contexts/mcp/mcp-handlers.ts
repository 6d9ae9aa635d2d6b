/** The kinds of handlers of an MCP server, as audits show them. */
export type McpKind = 'TOOL' | 'RESOURCE' | 'RESOURCE TEMPLATE' | 'PROMPT';

/** A tool, a resource or a prompt among those of its server. */
export interface McpTarget {
  readonly kind: McpKind;
  /** The name of a tool or prompt, the URI of a resource, or a URI template. */
  readonly path: string;
}

const KINDS: Readonly<Record<string, McpKind>> = {
  tool: 'TOOL',
  resource: 'RESOURCE',
  'resource-template': 'RESOURCE TEMPLATE',
  prompt: 'PROMPT',
};

/** The target of a method; `undefined` where it is not a handler of `@rekog/mcp-nest`. */
export function targetOf(method: Function): McpTarget | undefined {
  const extras = Reflect.getMetadata('microservices:pattern_extras', method) as
    { readonly mcpType?: unknown; readonly mcpName?: unknown } | undefined;
  const kind = KINDS[String(extras?.mcpType)];
  return kind && { kind, path: String(extras!.mcpName) };
}

/** The id of the server that a handler belongs to: mcp-nest registers it as the handler's transport. */
export function serverOf(method: Function): unknown {
  return Reflect.getMetadata('microservices:transport', method);
}

/** The target that a JSON-RPC message calls, if any. */
export function calledBy(message: unknown, targets: readonly McpTarget[]): McpTarget | undefined {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: unknown };
  const { name, uri } = (params ?? {}) as { name?: unknown; uri?: unknown };
  if (method === 'tools/call') return named(targets, 'TOOL', name);
  if (method === 'prompts/get') return named(targets, 'PROMPT', name);
  return method === 'resources/read' && typeof uri === 'string'
    ? (targets.find((target) => target.kind === 'RESOURCE TEMPLATE' && matches(target, uri)) ??
        targets.find((target) => target.kind === 'RESOURCE' && matches(target, uri)))
    : undefined;
}

function named(targets: readonly McpTarget[], kind: McpKind, name: unknown): McpTarget | undefined {
  return targets.find((target) => target.kind === kind && target.path === name);
}

/**
 * Whether a URI matches a template or a resource. Like mcp-nest, it ignores URI schemes. Should mcp-nest call another
 * handler all the same, that handler's guard decides.
 */
export function matches({ path }: McpTarget, uri: string): boolean {
  const [place = ''] = withoutScheme(uri).split('?');
  const parts = withoutScheme(path.replace(/\{\?[^}]+\}/g, '')).split(/(\{\w+\*?\})/);
  const pattern = parts.map((part) =>
    /^\{\w+\*\}$/.test(part)
      ? '.+'
      : /^\{\w+\}$/.test(part)
        ? '[^/]+'
        : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  );
  return new RegExp(`^${pattern.join('')}/?$`, 'i').test(place);
}

function withoutScheme(uri: string): string {
  return uri.split('://')[1] ?? uri;
}

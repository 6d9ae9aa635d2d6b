import { ConfigurationError } from '../../errors/configuration.error.js';
import { isOpen, type Policy } from '../../policies/policy.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import { matches, type McpKind, type McpTarget } from './mcp-handlers.js';

/** A handler of a server, and its policy. */
export interface McpGuarded {
  readonly target: McpTarget;
  readonly route: RouteHandler;
  readonly policy: Policy | null;
}

/**
 * Checks that mcp-nest can call each handler of a server: otherwise its requirement would never be enforced.
 *
 * @throws ConfigurationError where two handlers have the same name, or one answers all URIs of another.
 */
export function assertReachable(handlers: readonly McpGuarded[]): void {
  assertDistinct(handlers);
  // mcp-nest tries all templates before any resource, and each in the order of declaration.
  const asked = [...handlersOf(handlers, 'RESOURCE TEMPLATE'), ...handlersOf(handlers, 'RESOURCE')];
  for (const [index, handler] of asked.entries()) {
    const samples = samplesOf(handler.target);
    const before = asked.slice(0, index);
    const other = before.find((each) => samples.every((uri) => matches(each.target, uri)));
    if (other === undefined || (isOpen(handler.policy) && isOpen(other.policy))) continue;
    throw new ConfigurationError(
      `${nameOf(handler)} is never called: the ${wordOf(other)} ${other.target.path} of ${nameOf(other)} answers for it, since mcp-nest tries that one first and ignores URI schemes: give one of them another path`,
    );
  }
}

function assertDistinct(handlers: readonly McpGuarded[]): void {
  const known = new Map<string, McpGuarded>();
  for (const each of handlers) {
    const name = `${each.target.kind} ${each.target.path}`;
    const other = known.get(name);
    if (other !== undefined) {
      throw new ConfigurationError(
        `${nameOf(other)} and ${nameOf(each)} are both the ${each.target.kind.toLowerCase()} ${each.target.path} of one MCP server, so that it cannot be known which of them is called: give each a name of its own`,
      );
    }
    known.set(name, each);
  }
}

function handlersOf(handlers: readonly McpGuarded[], kind: McpKind): McpGuarded[] {
  return handlers.filter(({ target }) => target.kind === kind);
}

/** Sample URIs of a resource or a template: a target that matches them all would answer for it. */
function samplesOf({ kind, path }: McpTarget): string[] {
  if (kind === 'RESOURCE') return [path];
  return ['-', '-/-', '-/-/-'].map((rest) =>
    path
      .replaceAll(/\{\?[^}]+\}/g, '')
      .replaceAll(/\{\w+\}/g, '-')
      .replaceAll(/\{\w+\*\}/g, rest),
  );
}

function wordOf({ target }: McpGuarded): string {
  return target.kind === 'RESOURCE' ? 'resource' : 'template';
}

function nameOf({ route }: McpGuarded): string {
  return `${route.controller.name}.${route.name}`;
}

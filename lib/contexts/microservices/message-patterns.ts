import { assertAnsweredAlike } from '../../policies/answered-alike.js';
import type { Policies } from '../../policies/policies.js';
import { methodNames, type RouteHandler } from '../../policies/route-handlers.js';

/** Whether a class has handlers of messages or events. */
export function hasPatterns({ prototype }: Function): boolean {
  return methodNames(prototype as object).some((name) =>
    Reflect.hasMetadata('microservices:pattern', (prototype as never)[name]),
  );
}

/**
 * Checks the handlers of each message, of which Nest calls one alone. Of an event it calls all.
 *
 * @throws ConfigurationError where they require different things.
 */
export function assertMessagesAnsweredAlike(policies: Policies): void {
  const answering = policies
    .handlers()
    .filter(({ kind, method }) => kind === 'rpc' && method === 'RPC')
    .flatMap(byPattern);
  for (const transport of new Set(answering.map(transportOf))) {
    const together = answering.filter((each) => [undefined, transport].includes(transportOf(each)));
    assertAnsweredAlike(together, policies);
  }
}

/** A handler once for each of its patterns. As in Nest, the order of a pattern's members makes no difference. */
function byPattern(route: RouteHandler): RouteHandler[] {
  // What another reader of this type calls may have none.
  const patterns = (Reflect.getMetadata('microservices:pattern', route.handler) ?? []) as unknown[];
  return patterns.map((pattern) => ({ ...route, path: patternKey(pattern) }));
}

function patternKey(pattern: unknown): string {
  const sorted = (_name: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return typeof pattern === 'object' ? JSON.stringify(pattern, sorted) : String(pattern);
}

/** The transport that a handler is bound to; `undefined` where it serves all of them. */
function transportOf({ handler }: RouteHandler): unknown {
  return Reflect.getMetadata('microservices:transport', handler);
}

import { ForbiddenException } from '@nestjs/common';
import type { McpStrategy } from '@rekog/mcp-nest';
import { refusedCall } from '../refused-call.js';
import type { McpAccess } from './mcp-access.js';
import { currentMessage } from './mcp-exchange.js';

const METHODS = ['registerTool', 'registerResource', 'registerPrompt'] as const;

/** What `register…` takes, as far as it matters here. */
interface Definition {
  readonly handler: (...given: unknown[]) => unknown;
}

/**
 * Refuses calls of what is registered at run time, for which Nest runs no guards, where the application requires something
 * of calls that declare nothing.
 */
export function guardRegistrations(
  server: McpStrategy,
  accessOf: () => McpAccess | undefined,
): void {
  for (const method of METHODS) {
    const register = server[method].bind(server) as (definition: Definition) => void;
    const guarded = (definition: Definition) =>
      register({
        ...definition,
        handler: (...given) => {
          if (accessOf()?.opensUndeclared !== true) throw refused();
          return definition.handler(...given);
        },
      });
    server[method] = guarded as never;
  }
}

function refused(): ForbiddenException {
  const exception = new ForbiddenException();
  const message = currentMessage();
  if (message !== undefined) message.refused = refusedCall(exception, []);
  return exception;
}

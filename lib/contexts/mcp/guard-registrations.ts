import { ForbiddenException } from '@nestjs/common';
import type { McpStrategy } from '@rekog/mcp-nest';
import { refusedCall } from '../refused-call.js';
import type { McpAccess } from './mcp-access.js';
import { currentMessage } from './mcp-exchange.js';

const METHODS = ['registerTool', 'registerResource', 'registerPrompt'] as const;

/** The part that is used of what `register…` takes. */
interface Definition {
  readonly handler: (...given: unknown[]) => unknown;
}

/**
 * Refuses calls of handlers that are registered at run time, for which Nest runs no guards, unless the application
 * requires nothing of handlers that declare nothing.
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

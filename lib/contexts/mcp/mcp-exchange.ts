import { AsyncLocalStorage } from 'node:async_hooks';
import type { SecurityRequest } from '../../schemes/security-request.js';
import type { RefusedCall } from '../refused-call.js';

/** Answers one kind of JSON-RPC request, such as `tools/list`. */
export type RequestHandler = (request: unknown, sdkContext: unknown) => unknown;

/** One HTTP request to an MCP endpoint: of several in one session each is its own. */
export interface McpExchange {
  /** Express's or Fastify's. */
  readonly request: SecurityRequest;
  /** What answers the messages of this request, and of no other in the same session. */
  handlers?: ReadonlyMap<string, RequestHandler>;
}

/** One message within an exchange. */
export interface McpMessage {
  /** What the guard refused it with. */
  refused?: RefusedCall;
}

const EXCHANGES = new AsyncLocalStorage<McpExchange>();
const MESSAGES = new AsyncLocalStorage<McpMessage>();

/** The exchange that the running code belongs to. */
export function currentExchange(): McpExchange | undefined {
  return EXCHANGES.getStore();
}

/** The message that the running code answers. */
export function currentMessage(): McpMessage | undefined {
  return MESSAGES.getStore();
}

/** Runs what belongs to an exchange. */
export function inExchange<T>(exchange: McpExchange, run: () => T): T {
  return EXCHANGES.run(exchange, run);
}

/** Runs what answers a message. */
export function inMessage<T>(message: McpMessage, run: () => T): T {
  return MESSAGES.run(message, run);
}

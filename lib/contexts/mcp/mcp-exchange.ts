import { AsyncLocalStorage } from 'node:async_hooks';
import type { SecurityRequest } from '../../schemes/security-request.js';
import type { RefusedCall } from '../refused-call.js';

/** Answers one kind of JSON-RPC request, such as `tools/list`. */
export type RequestHandler = (request: unknown, sdkContext: unknown) => unknown;

/** One HTTP request to an MCP endpoint. A session has many, possibly at the same time. */
export interface McpExchange {
  /** Express's or Fastify's. */
  readonly request: SecurityRequest;
  /** The handlers that answer the messages of this request, by method. */
  handlers?: ReadonlyMap<string, RequestHandler>;
}

/** One message within an exchange. */
export interface McpMessage {
  /** The guard's refusal. */
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

/** Runs a function as part of an exchange. */
export function inExchange<T>(exchange: McpExchange, run: () => T): T {
  return EXCHANGES.run(exchange, run);
}

/** Runs a function that answers a message. */
export function inMessage<T>(message: McpMessage, run: () => T): T {
  return MESSAGES.run(message, run);
}

import { HttpException, InternalServerErrorException } from '@nestjs/common';
import type { McpStrategy } from '@rekog/mcp-nest';
import { refusedCall, type RefusedCall } from '../refused-call.js';
import { guardRegistrations } from './guard-registrations.js';
import { errorOf } from './json-rpc-error.js';
import type { McpAccess } from './mcp-access.js';
import {
  currentExchange,
  inMessage,
  type McpMessage,
  type RequestHandler,
} from './mcp-exchange.js';
import { listed } from './mcp-lists.js';

type SdkServer = Parameters<McpStrategy['bindRequestHandlers']>[0];
type SetRequestHandler = (method: string, handler: RequestHandler) => void;

/**
 * Answers each message of a server with the handlers of its own request, and filters lists by what the caller may call.
 *
 * mcp-nest binds the handlers of a session again for each request: without this, a request would be answered by the
 * handlers of one that arrived in the meantime.
 *
 * @returns A function that sets, at boot, who may call what.
 */
export function guardMessages(server: McpStrategy): (access: McpAccess) => void {
  let access: McpAccess | undefined;
  guardRegistrations(server, () => access);
  const bind = server.bindRequestHandlers.bind(server);
  server.bindRequestHandlers = (sdkServer, session, rawRequest) => {
    const bound = recorded(sdkServer, () => bind(sdkServer, session, rawRequest));
    const exchange = currentExchange();
    if (exchange !== undefined) exchange.handlers = bound;
    for (const [method, handler] of bound) {
      setterOf(sdkServer)(method, (request, sdkContext) => {
        const handlers = currentExchange()?.handlers;
        const own = handlers === undefined ? handler : handlers.get(method)!;
        return answer(access, method, () => own(request, sdkContext));
      });
    }
  };
  return (known) => {
    access = known;
  };
}

/** Collects the handlers that `bind` sets, without setting them. */
function recorded({ server }: SdkServer, bind: () => void): Map<string, RequestHandler> {
  const handlers = new Map<string, RequestHandler>();
  const record: SetRequestHandler = (method, handler) => handlers.set(method, handler);
  const own = Object.getOwnPropertyDescriptor(server, 'setRequestHandler');
  Object.defineProperty(server, 'setRequestHandler', { value: record, configurable: true });
  try {
    bind();
  } finally {
    if (own === undefined) Reflect.deleteProperty(server, 'setRequestHandler');
    else Object.defineProperty(server, 'setRequestHandler', own);
  }
  return handlers;
}

function setterOf({ server }: SdkServer): SetRequestHandler {
  return server.setRequestHandler.bind(server) as unknown as SetRequestHandler;
}

async function answer(
  access: McpAccess | undefined,
  method: string,
  run: () => unknown,
): Promise<unknown> {
  const exchange = currentExchange();
  const message: McpMessage = {};
  let result: unknown;
  try {
    result = await inMessage(message, async () => run());
  } catch (error) {
    throw refusalOf(message) ?? error;
  }
  const refusal = refusalOf(message);
  if (refusal !== undefined) throw refusal;
  try {
    return await listed(method, result, access, exchange);
  } catch (error) {
    throw failureOf(error);
  }
}

/** The guard's refusal: mcp-nest would turn the guard's exception into a tool's error. */
function refusalOf({ refused }: McpMessage): Error | undefined {
  return refused && asError(refused);
}

/** The answer where a rule threw while a list was filtered: its error was logged, and clients get no details. */
function failureOf(error: unknown): Error {
  const exception = error instanceof HttpException ? error : new InternalServerErrorException();
  return asError(refusedCall(exception, []));
}

function asError(refused: RefusedCall): Error {
  const { code, message, data } = errorOf(refused);
  return Object.assign(new Error(message), { code, data });
}

import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;
type Create = (this: unknown, instance: object, handler: Handler, ...rest: unknown[]) => unknown;

export interface Tracing {
  /** The handlers that have run, by name, in order. */
  readonly ran: string[];
  stop(): void;
}

/**
 * Wraps handlers as OpenTelemetry's instrumentation-nestjs-core does, on any major of Nest: of applications that are created
 * between this call and `stop()`, Nest routes to a wrapper, which has the handler's name and metadata and is not the handler.
 */
export function traceHandlers(): Tracing {
  const prototype = RouterExecutionContext.prototype as unknown as { create: Create };
  const { create } = prototype;
  const ran: string[] = [];
  prototype.create = function (instance, handler, ...rest) {
    return create.call(this, instance, traced(handler, ran), ...rest);
  };
  return { ran, stop: () => void (prototype.create = create) };
}

function traced(handler: Handler, ran: string[]): Handler {
  const wrapper: Handler = async function (...args) {
    ran.push(handler.name);
    return handler.apply(this, args);
  };
  Object.defineProperty(wrapper, 'name', { value: handler.name });
  for (const key of Reflect.getMetadataKeys(handler)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), wrapper);
  }
  return wrapper;
}

import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Wraps every handler as OpenTelemetry's instrumentation of Nest does: where Nest makes a route of it, by a function
 * that has its name and its metadata.
 *
 * @returns What stops it.
 */
export function traceHandlers(seen: (name: string) => void): () => void {
  const { create } = RouterExecutionContext.prototype;
  RouterExecutionContext.prototype.create = function (instance, callback, ...rest) {
    return create.call(this, instance, traced(callback as Handler, seen), ...rest);
  };
  return () => {
    RouterExecutionContext.prototype.create = create;
  };
}

function traced(handler: Handler, seen: (name: string) => void): Handler {
  const wrapped: Handler = function (...args) {
    seen(handler.name);
    return handler.apply(this, args);
  };
  Object.defineProperty(wrapped, 'name', { value: handler.name });
  for (const key of Reflect.getMetadataKeys(handler)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), wrapped);
  }
  return wrapped;
}

import type { EventEmitter } from 'node:events';
import type { ExecutionContext } from '@nestjs/common';
import { SSE_METADATA } from '@nestjs/common/constants.js';
import { functionMetadata } from '../policies/function-metadata.js';
import { methodNames } from '../policies/route-handlers.js';
import { atExpiry } from './at-expiry.js';
import type { SecurityCall } from './security-call.js';

type RawResponse = EventEmitter & { destroy(): unknown };

/** Express's response, or Fastify's reply. */
type HttpResponse = RawResponse & { readonly raw?: RawResponse };

/** Whether a controller has routes of `@Sse()`. */
export function hasEvents({ prototype }: Function): boolean {
  return methodNames(prototype as object).some((name) =>
    isSse((prototype as Record<string, Function>)[name]!),
  );
}

/**
 * Closes the connection of a route of `@Sse()` when the credentials of its request expire.
 *
 * An `EventSource` then reconnects, and gives up at the 401. An interceptor could send a last event, but Nest would no
 * longer wait for the handler, so that its errors would not be answered with their status.
 */
export function endEvents(
  _call: SecurityCall,
  expiresAt: number | undefined,
  context: ExecutionContext,
): void {
  if (expiresAt === undefined || !isSse(context.getHandler())) return;
  const response = context.getArgByIndex<HttpResponse>(1);
  const raw = response.raw ?? response;
  raw.once(
    'close',
    atExpiry(expiresAt, () => raw.destroy()),
  );
}

function isSse(handler: Function): boolean {
  return functionMetadata(SSE_METADATA, handler) !== undefined;
}

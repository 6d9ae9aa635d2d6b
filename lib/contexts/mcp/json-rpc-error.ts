import type { HttpException } from '@nestjs/common';
import { refusedCall, type RefusedCall } from '../refused-call.js';

/** JSON-RPC's "Invalid Request" and "Internal error": it has none for who may not ask. */
const INVALID_REQUEST = -32_600;
const INTERNAL_ERROR = -32_603;

/** A refused message's error, as JSON-RPC carries it. */
export function errorOf(refused: RefusedCall) {
  const code = refused.statusCode < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
  return { code, message: refused.message, data: refused };
}

/** The answer to refused messages: to the one that was sent, or to none of several in particular. */
export function jsonRpcError(
  message: unknown,
  exception: HttpException,
  challenges: readonly string[],
) {
  const { id } = (message ?? {}) as { id?: unknown };
  return {
    jsonrpc: '2.0',
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    error: errorOf(refusedCall(exception, challenges)),
  };
}

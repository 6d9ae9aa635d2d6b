import type { HttpException } from '@nestjs/common';
import { refusedCall, type RefusedCall } from '../refused-call.js';

/** JSON-RPC's "Invalid Request" and "Internal error": it has no code for a refused caller. */
const INVALID_REQUEST = -32_600;
const INTERNAL_ERROR = -32_603;

/** A refusal as a JSON-RPC error. */
export function errorOf(refused: RefusedCall) {
  const code = refused.statusCode < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
  return { code, message: refused.message, data: refused };
}

/** The answer to a refused message. To a batch, or where the message has no id, the answer's id is `null`. */
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

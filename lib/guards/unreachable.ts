/** Node's, undici's and our stores' codes for a service that cannot be reached just now. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'store_unavailable',
]);

/** How deep a chain of causes may be. */
const DEPTH = 5;

/** Whether an error, or what caused it, says that a dependency cannot be reached. */
export function isUnreachable(error: unknown, depth = DEPTH): boolean {
  if (!(error instanceof Error) || depth === 0) return false;
  const { code, name } = error as NodeJS.ErrnoException;
  if (code !== undefined && UNREACHABLE.has(code)) return true;
  if (name === 'TimeoutError' || name === 'AbortError') return true;
  return causesOf(error).some((cause) => isUnreachable(cause, depth - 1));
}

function causesOf(error: Error): unknown[] {
  return error instanceof AggregateError ? [error.cause, ...error.errors] : [error.cause];
}

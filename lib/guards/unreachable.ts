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
  const { code, cause } = error as NodeJS.ErrnoException;
  if (code !== undefined && UNREACHABLE.has(code)) return true;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return true;
  const causes = error instanceof AggregateError ? [cause, ...error.errors] : [cause];
  return causes.some((deeper) => isUnreachable(deeper, depth - 1));
}

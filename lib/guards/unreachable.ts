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

/** An error and its causes in one line, by name, code and message: what they carry besides may be secret. */
export function reasonOf(error: unknown, depth = DEPTH): string {
  if (!(error instanceof Error) || depth === 0) return '';
  const { name, message, code } = error as NodeJS.ErrnoException;
  const deeper = causesOf(error).map((cause) => reasonOf(cause, depth - 1));
  return [[name, code].filter(Boolean).join(' '), message, deeper.filter(Boolean).join('; ')]
    .filter(Boolean)
    .join(': ');
}

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

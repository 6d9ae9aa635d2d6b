/**
 * Reports that text received from a client does not follow its grammar.
 *
 * The message names what is malformed and never contains the input, so it may be logged and sent. The guard answers
 * 401.
 *
 * @example
 * ```ts
 * import { MalformedError } from 'nestjs-security';
 *
 * export function parseKey(text: string): string {
 *   if (!/^key_[0-9a-f]{32}$/.test(text)) throw new MalformedError('Malformed API key');
 *   return text;
 * }
 * ```
 *
 * @publicApi
 */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';

  constructor(message: string) {
    // Anyone may send malformed text in any amount. A stack trace would cost more than parsing it, and tell nothing.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

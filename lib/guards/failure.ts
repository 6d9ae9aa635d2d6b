import { inspect } from 'node:util';
import {
  HttpException,
  IntrinsicException,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import { isError, reasonOf } from '../errors/reason.js';
import { DeadlineExceededError } from '../protocol/deadline.js';
import { silence } from '../protocol/unsettled.js';
import { withoutSecrets } from '../schemes/redaction.js';
import { blame } from './events.js';
import { isUnreachable } from './unreachable.js';

/**
 * A scheme or a rule failed for a reason that says nothing about the credentials: 500.
 *
 * It was logged, so Nest does not log it again. It does not keep the original error, not even as its cause: that may carry
 * the request, and loggers write causes.
 */
class SchemeFailure extends IntrinsicException {
  constructor(message: string, stack: string) {
    super(message);
    const hidden = { configurable: true, writable: true };
    Object.defineProperty(this, 'name', { ...hidden, value: 'SchemeFailure' });
    Object.defineProperty(this, 'stack', {
      ...hidden,
      value: `SchemeFailure: ${message}\n${stack}`,
    });
  }

  [inspect.custom](): string | undefined {
    return this.stack;
  }
}

/**
 * What to throw for an error that says nothing about the credentials, so that it never becomes an answer of 401.
 *
 * @param name The scheme or the rule that failed, for the log.
 * @param credentials What was sent, all of it, so that no log repeats it.
 */
export function failureOf(error: unknown, name: string, credentials: unknown): unknown {
  return blame(answerTo(error, name, credentials), name, credentials);
}

function answerTo(error: unknown, name: string, credentials: unknown): unknown {
  // What was thrown may be or hold a promise that nobody awaits: its rejection must not end the process.
  silence(error);
  const known = ifReadable(() => answerOf(error));
  if (known !== undefined && known.getStatus() !== 503) return known;
  const reason = inOneLine(withoutSecrets(reasonOf(known ?? error), credentials));
  const logger = new Logger(name);
  if (known !== undefined) {
    logger.error(reason);
    return known;
  }
  const message = `${name} failed: ${reason || `it threw ${kindOf(error)}, which is no Error`}`;
  const stack = withoutSecrets(ifReadable(() => framesOf(error)) ?? '', credentials);
  logger.error(message, stack);
  return new SchemeFailure(message, stack);
}

/**
 * Reads something of an error. Its getters may throw errors of their own, which tell nothing: then the answer is
 * `undefined`.
 */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The status of an `HttpException`; `undefined` for other errors, and where its `getStatus()` throws. */
export function exceptionStatus(error: unknown): number | undefined {
  return ifReadable(() => (error instanceof HttpException ? error.getStatus() : undefined));
}

/**
 * Whether an error is the answer of a rule that refuses a call, such as a 403, or a 404 that hides what exists. Any other
 * error means that the rule failed.
 */
export function refusesCall(error: unknown): error is HttpException {
  return (exceptionStatus(error) ?? 500) < 500;
}

/** The answer that an error amounts to, if any. */
function answerOf(error: unknown): HttpException | undefined {
  if (error instanceof HttpException && error.getStatus() !== undefined) return error;
  return error instanceof DeadlineExceededError || isUnreachable(error)
    ? new ServiceUnavailableException('Service unavailable', {
        cause: error,
        // Without it, Nest 11 leaves `error` out of the body.
        description: 'Service Unavailable',
      })
    : undefined;
}

function kindOf(thrown: unknown): string {
  if (thrown === undefined || thrown === null) return String(thrown);
  return typeof thrown === 'object' ? 'an object' : `a ${typeof thrown}`;
}

/**
 * Replaces control characters, so that an error's text can neither forge a line of the log nor move the terminal's
 * cursor.
 */
function inOneLine(text: string): string {
  return text.replace(/\s*\p{Cc}+\s*/gu, ' ').trim();
}

/** The frames of an error's stack, without the message that precedes them: its lines may look like frames. */
function framesOf(error: unknown): string {
  const { stack, message } = isError(error) ? error : { stack: '', message: '' };
  if (typeof stack !== 'string') return '';
  const at = stack.indexOf(String(message));
  return stack
    .slice(at === -1 ? 0 : at + String(message).length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

import { format, inspect } from 'node:util';
import type { AuditFailure, AuditMessage } from './audit-request.js';
import { UsageError } from './usage.error.js';

/** Sends a message to the command; messages of the application itself are not passed on. */
const send = process.send?.bind(process);

/** Drops messages that the application has for its process manager, such as PM2. */
export function dropMessages(): void {
  process.send = unheard;
}

function unheard(_message: unknown, ...more: unknown[]): boolean {
  const sent = more.find((each) => typeof each === 'function');
  if (sent !== undefined) process.nextTick(sent as (error: null) => void, null);
  return true;
}

/** Tells the command what the process waits for. */
export function waiting(what: string): void {
  send?.({ kind: 'waiting', for: what } satisfies AuditMessage);
}

/** Gives up an attempt in which the application cannot start; another may do. */
export function refuse(what: string, reason: 'mode' | 'workers' = 'mode'): never {
  end({ kind: 'failed', failure: { reason, message: what } });
  throw new Error(`The application ${what}`);
}

/** Tells of what the application logs as an error, which may be anything, and after which it may end the process. */
export function logged(error: unknown): void {
  const text = error instanceof Error ? messageOf(error) : format(error);
  send?.({ kind: 'logged', error: text.split('\n', 1)[0]! } satisfies AuditMessage);
}

/** Tells why there is no audit, and ends the process. */
export function fail(error: unknown): void {
  const stack = error instanceof Error ? error.stack : undefined;
  const failure: AuditFailure = {
    reason: error instanceof UsageError ? 'usage' : 'error',
    message: messageOf(error),
    ...(stack !== undefined && { stack }),
  };
  end({ kind: 'failed', failure });
}

/**
 * An error's message. One that holds several errors, as for a host with several addresses, may have none of its own.
 */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(messageOf).join(', ');
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  return `It threw ${inspect(error)}, which is no error`;
}

let ended = false;

/** Sends the last message, the first time, and ends the process once it is sent. */
export function end(message: AuditMessage, close: () => Promise<void> = async () => {}): void {
  if (ended) return;
  ended = true;
  const exit = process.exit.bind(process);
  // The application might exit before the message is sent.
  process.exit = (() => undefined) as never;
  // Closes only after the start has had a chance to finish.
  const closed = () => new Promise(setImmediate).then(close).finally(() => exit());
  send?.(message, undefined, undefined, () => void closed().catch(() => undefined));
}

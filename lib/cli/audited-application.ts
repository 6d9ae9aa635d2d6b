import { type ChildProcess, fork } from 'node:child_process';
import type {
  AuditedApplication,
  AuditFailure,
  AuditMessage,
  AuditMode,
  AuditRequest,
} from './audit-request.js';
import { UsageError } from './usage.error.js';

/** There is no audit: the message says why, and the stack where the reason arose. */
export class AuditError extends Error {}

/** The environment variable with the request to the process that loads an application. */
export const REQUEST = 'NESTJS_SECURITY_AUDIT';

/** How long an application may take to close, once its routes are known, in milliseconds. */
const CLOSING = 2000;
/** How long a process may take to report what it waits for, in milliseconds. */
const ANSWERING = 500;

interface Asked extends Omit<AuditRequest, 'mode' | 'asWorker'> {
  /** Seconds, for all attempts. */
  readonly timeout: number;
}

/**
 * The routes of a file's application, which is loaded in a process of its own: whatever that does, this one continues.
 *
 * It is started in full first, as long as it makes no connections; otherwise in preview mode, which makes none either;
 * and with its connections only if the preview fails. Where it starts workers of `node:cluster`, it is started as one of
 * them.
 *
 * @param script The script that the process runs.
 * @throws UsageError, AuditError
 */
export async function auditApplication(
  script: string,
  { timeout, ...asked }: Asked,
): Promise<AuditedApplication> {
  const deadline = Date.now() + timeout * 1000;
  const tried: string[] = [];
  let asWorker = false;
  const attempt = (mode: AuditMode) =>
    new Attempt(script, { ...asked, mode, asWorker }, deadline, timeout).routes();
  for (const mode of ['offline', 'preview', 'online'] as const) {
    let outcome = await attempt(mode);
    if ('reason' in outcome && outcome.reason === 'workers') {
      asWorker = true;
      outcome = await attempt(mode);
    }
    if ('routes' in outcome) return outcome;
    const { reason, message } = outcome;
    if (reason === 'usage') throw new UsageError(message);
    // An error in preview mode may be caused by that mode.
    const isFinal = reason === 'late' || (reason === 'error' && mode !== 'preview');
    if (isFinal) throw auditError(outcome, tried);
    tried.push(reason === 'mode' ? message : `fails without its providers: ${message}`);
  }
  throw new AuditError(`The application cannot be started: it ${tried.join(', and ')}`);
}

type Outcome = AuditFailure | AuditedApplication;

function auditError({ message, stack }: AuditFailure, tried: readonly string[]): AuditError {
  const why =
    tried.length === 0
      ? ''
      : `\nThe application was started with its connections, since it ${tried.join(', and ')}`;
  const error = new AuditError(`${message}${why}`);
  error.stack = stack ?? error.message;
  return error;
}

/** One process that loads the application. */
class Attempt {
  private readonly child: ChildProcess;
  private waitsFor = 'its process to start';
  private lastError: string | undefined;

  constructor(
    script: string,
    request: AuditRequest,
    private readonly deadline: number,
    private readonly timeout: number,
  ) {
    const { NODE_DEBUG = '' } = process.env;
    this.child = fork(script, [], {
      env: {
        ...process.env,
        [REQUEST]: JSON.stringify(request),
        // Makes a `ConfigurationError` keep its stack.
        ...(request.verbose && { NODE_DEBUG: [NODE_DEBUG, 'nestjs-security'].join() }),
      },
      // Standard output is for the table only: the application's output goes to standard error.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
  }

  async routes(): Promise<Outcome> {
    const kill = () => this.child.kill('SIGKILL');
    process.once('exit', kill);
    const outcome = await this.outcome();
    if (!('routes' in outcome)) kill();
    await this.ended();
    process.off('exit', kill);
    return outcome;
  }

  private outcome(): Promise<Outcome> {
    return new Promise((resolve) => {
      this.onDeadline(() => resolve(this.late()));
      this.child.on('message', (message: AuditMessage) => {
        if (message.kind === 'waiting') this.waitsFor = message.for;
        else if (message.kind === 'logged') this.lastError = message.error;
        else resolve(message.kind === 'routes' ? message : message.failure);
      });
      this.child.on('error', ({ message }) => resolve({ reason: 'error', message }));
      this.child.on('close', (code, signal) => resolve(this.ownEnd(code, signal)));
    });
  }

  /** Asks the process what it waits for, but does not wait long for the answer, as it may be busy. */
  private onDeadline(late: () => void): void {
    const timer = setTimeout(
      () => {
        if (this.child.connected) this.child.send('waiting');
        setTimeout(late, ANSWERING).unref();
      },
      Math.max(0, this.deadline - Date.now()),
    );
    this.child.on('exit', () => clearTimeout(timer));
  }

  private late(): AuditFailure {
    const message = `The application did not start within ${this.timeout} s: it waits for ${this.waitsFor}`;
    return { reason: 'late', message: `${message}. Give it longer with --timeout` };
  }

  private ownEnd(code: number | null, signal: string | null): AuditFailure {
    const how = signal === null ? `exit code ${code}` : signal;
    const { lastError } = this;
    const why = lastError === undefined ? '' : `. The last error in its log: ${lastError}`;
    const message = `The application ended the process (${how}) before it could be audited: it waited for ${this.waitsFor}${why}`;
    return { reason: 'error', message };
  }

  /** Lets a process that has answered close the application, and kills it if that takes too long. */
  private async ended(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSING);
    await new Promise((resolve) => child.once('exit', resolve));
    clearTimeout(timer);
  }
}

import { type ArgumentsHost, Catch, Logger, ServiceUnavailableException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';

/** Of Node's sockets; PostgreSQL's own begin with 57P: it shuts down, or has not started yet. */
const OUTAGE =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|57P0\d)$/;
/** The driver's, which have no code. */
const LOST = /^(?:Connection terminated|timeout exceeded when trying to connect)/;

/** Answers 503 while the database cannot be reached: the request was good, and may be tried again. */
@Catch()
export class OutageFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    if (!isOutage(error)) return super.catch(error, host);
    new Logger('Database').error('The database cannot be reached', error);
    super.catch(new ServiceUnavailableException('Service unavailable'), host);
  }
}

function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && OUTAGE.test(code)) || LOST.test(error.message);
}

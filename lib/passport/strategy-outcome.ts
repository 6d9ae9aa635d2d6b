import { STATUS_CODES } from 'node:http';
import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { SecurityException, type SecurityExceptionOptions } from '../errors/security.exception.js';
import { normalizeChallenge } from '../protocol/challenge.js';
import { splitScope } from '../protocol/scope.js';
import { holdsPromise, isUnsettled } from '../protocol/unsettled.js';
import type { StrategyOutcome } from './strategy-run.js';

/** A strategy's refusal with a status other than 400 and 401, which only the strategy can explain. */
class StrategyRefusedException extends SecurityException {
  readonly code = 'refused';

  constructor(status: number, options: SecurityExceptionOptions) {
    super(status, 'Refused', STATUS_CODES[status] ?? 'Refused', options);
  }
}

/** The exception for a strategy's `fail(challenge?, status?)`, with arguments read as Passport reads them. */
export function refusalOf({
  challenge,
  status,
}: Extract<StrategyOutcome, { type: 'fail' }>): SecurityException {
  const code = [status, challenge].find(isErrorStatus) ?? 401;
  const options = { challenge: sendableChallenge(challenge), cause: challenge };
  if (code === 401) return new InvalidTokenException(undefined, options);
  if (code === 400) return new InvalidRequestException('Malformed credentials', options);
  return new StrategyRefusedException(code, options);
}

function isErrorStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599;
}

/** A strategy's challenge, parsed and serialized again; `undefined` where it is missing or malformed. */
export function sendableChallenge(challenge: unknown): string | undefined {
  if (typeof challenge !== 'string') return undefined;
  try {
    return normalizeChallenge(challenge);
  } catch {
    return undefined;
  }
}

/**
 * The scopes in a strategy's `info.scope`: a list, or one string with spaces.
 *
 * @throws TypeError where they are a promise.
 */
export function scopesOf(info: unknown): readonly string[] {
  const scope =
    typeof info === 'object' && info !== null ? (info as { scope?: unknown }).scope : undefined;
  if (isUnsettled(scope) || (Array.isArray(scope) && holdsPromise(scope))) {
    throw new TypeError("The scope in a strategy's info must not be a promise");
  }
  if (typeof scope === 'string') return splitScope(scope);
  return Array.isArray(scope) ? scope.filter((value) => typeof value === 'string') : [];
}

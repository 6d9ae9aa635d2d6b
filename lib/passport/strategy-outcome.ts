import { HttpException } from '@nestjs/common';
import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { parseChallenge } from '../protocol/challenge.js';
import type { StrategyOutcome } from '../schemes/strategy-run.js';

/** The exception for a strategy's `fail(challenge?, status?)`, with Passport's reading of its arguments. */
export function refusalOf({
  challenge,
  status,
}: Extract<StrategyOutcome, { type: 'fail' }>): HttpException {
  const code = [status, challenge].find((value) => typeof value === 'number') ?? 401;
  const options = { challenge: sendableChallenge(challenge), cause: challenge };
  if (code === 401) return new InvalidTokenException(undefined, options);
  if (code === 400) return new InvalidRequestException('Malformed credentials', options);
  return new HttpException('Refused', code, { cause: challenge });
}

/** A strategy's challenge, unless it is none or would break the header. */
export function sendableChallenge(challenge: unknown): string | undefined {
  if (typeof challenge !== 'string') return undefined;
  try {
    parseChallenge(challenge);
    return challenge;
  } catch {
    return undefined;
  }
}

/** The scopes in a strategy's `info.scope`: a list, or one string with spaces. */
export function scopesOf(info: unknown): readonly string[] {
  const scope =
    typeof info === 'object' && info !== null ? (info as { scope?: unknown }).scope : undefined;
  if (typeof scope === 'string') return scope.split(' ').filter(Boolean);
  return Array.isArray(scope) ? scope.filter((value) => typeof value === 'string') : [];
}

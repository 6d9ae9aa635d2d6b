import { describe, expect, it } from 'vitest';
import { isUnreachable } from '../../lib/guards/unreachable.js';

const withCode = (code: string) => Object.assign(new Error(code), { code });
const named = (name: string) => Object.assign(new Error('message'), { name });
const causedBy = (cause: unknown, depth = 1): Error =>
  new Error('wrapped', { cause: depth > 1 ? causedBy(cause, depth - 1) : cause });

const looping = new Error('loop');
looping.cause = looping;

describe('isUnreachable', () => {
  it.each([
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
  ])('recognises the code %s', (code) => {
    expect(isUnreachable(withCode(code))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a cause', causedBy(withCode('ECONNREFUSED'))],
    ['the cause of a cause', causedBy(withCode('ECONNREFUSED'), 4)],
    ['the TypeError of fetch', new TypeError('fetch failed', { cause: withCode('ENOTFOUND') })],
    ['one of several', new AggregateError([new Error('a'), withCode('ECONNREFUSED')])],
    ['the cause of several', new AggregateError([], 'all', { cause: withCode('ETIMEDOUT') })],
    ['several within a cause', causedBy(new AggregateError([withCode('ECONNREFUSED')]))],
    ['a TimeoutError', named('TimeoutError')],
    ['an AbortError', named('AbortError')],
    ["AbortSignal.timeout's reason", new DOMException('late', 'TimeoutError')],
  ])('recognises %s', (_case, error) => {
    expect(isUnreachable(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['any other error', new Error('ECONNREFUSED')],
    ['another code', withCode('EACCES')],
    ['a numeric code', Object.assign(new Error(), { code: 111 })],
    ['a plain object', { code: 'ECONNREFUSED' }],
    ['a text', 'ECONNREFUSED'],
    ['nothing', undefined],
    ['null', null],
    ['a cause that is no error', causedBy({ code: 'ECONNREFUSED' })],
    ['a cause that is itself', looping],
    ['a cause beyond five', causedBy(withCode('ECONNREFUSED'), 5)],
  ])('does not take %s for one', (_case, error) => {
    expect(isUnreachable(error)).toBe(false);
  });
});

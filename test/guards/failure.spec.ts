import { HttpException, Logger } from '@nestjs/common';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../lib/guards/failure.js';

const CANARY = 'canary-51c0de';

/** The error of an HTTP client, which holds the request that it made. */
function clientError(message: string): Error {
  return Object.assign(new Error(message), {
    name: 'AxiosError',
    config: { data: `token=${CANARY}`, headers: { Authorization: `Bearer ${CANARY}` } },
    response: { status: 400 },
  });
}

const quoting = (): never => {
  throw new Error(`quoted ${CANARY}`);
};
const unreadable = (error: object, name: string) =>
  Object.defineProperty(error, name, { get: quoting });

let logged: string;
beforeEach(() => {
  logged = '';
  vi.spyOn(Logger.prototype, 'error').mockImplementation((...values: unknown[]) => {
    logged += `${values.join('\n')}\n`;
  });
});
afterEach(() => vi.restoreAllMocks());

describe('failureOf', () => {
  it('logs name, message and stack of an error, and nothing that it carries', () => {
    const error = clientError('Request failed with status code 400');
    const failure = failureOf(error, 'UserToken', CANARY) as Error;
    expect(logged).toContain('UserToken failed: AxiosError: Request failed with status code 400');
    expect(logged).toContain('failure.spec');
    expect(logged).not.toContain(CANARY);
    expect(failure.cause).toBeUndefined();
    expect(Object.keys(failure)).toStrictEqual([]);
    expect(inspect(failure)).not.toContain(CANARY);
    expect(failure).not.toBeInstanceOf(HttpException);
  });

  it('leaves out of the stack what stands in a name or a path of its frames', () => {
    const error = Object.assign(new Error('no'), {
      stack: `Error: no\n    at open (/sessions/${CANARY}/file.js:1:2)`,
    });
    const failure = failureOf(error, 'UserToken', CANARY) as Error;
    expect(logged).toContain('file.js:1:2');
    expect(`${logged}${failure.stack}`).not.toContain(CANARY);
  });

  it.each<[string, string, unknown]>([
    ['a token', `no session of ${CANARY}`, CANARY],
    ['a password', `wrong password ${CANARY} of jane`, { username: 'jane', password: CANARY }],
    ['a short one', 'the pin 007 is unknown', '007'],
    ['a header of a request', `bad ${CANARY}`, { headers: { authorization: `Basic ${CANARY}` } }],
    ['a cookie of a request', `bad ${CANARY}`, { headers: { cookie: `a=b; sid=${CANARY}` } }],
    ['a field of a request', `bad ${CANARY}`, { headers: {}, body: { password: CANARY } }],
    ['a query of a request', `bad ${CANARY}`, { headers: {}, url: `/?key=${CANARY}` }],
    ['a bearer token of another call', `GET failed with Authorization: Bearer ${CANARY}`, 'x'],
    ['a password in a URL', `cannot reach https://admin:${CANARY}@db.example/`, 'x'],
  ])('leaves out of the message %s', (_case, message, credentials) => {
    const failure = failureOf(new Error(message), 'UserToken', credentials) as Error;
    for (const text of [logged, failure.message, String(failure.stack), inspect(failure)]) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain('007');
    }
  });

  it.each<[string, unknown]>([
    ['a text', CANARY],
    ['an object', { token: CANARY }],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
  ])('says only that %s is no Error', (kind, thrown) => {
    failureOf(thrown, 'UserToken', CANARY);
    expect(logged).toContain(`it threw ${kind.replace('text', 'string')}, which is no Error`);
    expect(logged).not.toContain(CANARY);
  });

  it.each<[string, () => object]>([
    ['a message', () => unreadable(new Error('a'), 'message')],
    ['a name', () => unreadable(new Error('a'), 'name')],
    ['a code', () => unreadable(new Error('a'), 'code')],
    ['a stack', () => unreadable(new Error('a'), 'stack')],
    ['a cause', () => unreadable(new Error('a'), 'cause')],
    [
      'a message of its cause',
      () => new Error('a', { cause: unreadable(new Error('b'), 'message') }),
    ],
    ['errors', () => unreadable(new AggregateError([]), 'errors')],
    ['a then', () => unreadable(new Error('a'), 'then')],
    ['a status', () => unreadable(new HttpException('a', 400), 'getStatus')],
    ['a prototype', () => new Proxy(new Error('a'), { getPrototypeOf: quoting })],
    ['anything', () => new Proxy(new Error('a'), { get: quoting })],
    [
      'a text of its message',
      () => Object.assign(new Error('a'), { message: { [Symbol.toPrimitive]: quoting } }),
    ],
  ])('neither logs an error that throws another for %s, nor fails', (_case, make) => {
    const failure = failureOf(make(), 'UserToken', 'x') as Error;
    expect(failure.name).toBe('SchemeFailure');
    expect(logged).toContain('UserToken failed: ');
    expect(`${logged}${inspect(failure)}${String(failure.stack)}`).not.toContain(CANARY);
  });

  it('logs an error whose stack is no text without one', () => {
    const failure = failureOf(Object.assign(new Error('no'), { stack: 7 }), 'UserToken', 'x');
    expect(logged).toBe('UserToken failed: Error: no\n\n');
    expect((failure as Error).stack).toBe('SchemeFailure: UserToken failed: Error: no\n');
  });

  it('answers 503 for an outage, by name, code and message', () => {
    const outage = Object.assign(clientError('connect'), { code: 'ECONNREFUSED' });
    const failure = failureOf(outage, 'UserToken', CANARY) as HttpException;
    expect(failure.getStatus()).toBe(503);
    expect(logged).toContain('AxiosError ECONNREFUSED: connect');
    expect(logged).not.toContain(CANARY);
  });
});

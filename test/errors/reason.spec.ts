import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../lib/errors/reason.js';

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', secret: 'a token' });

describe('reasonOf', () => {
  it.each<[string, unknown, string]>([
    ['an error', new TypeError('broken'), 'TypeError: broken'],
    ['an error with a code', refused, 'Error ECONNREFUSED: connect'],
    ['an error without a message', new Error(), 'Error'],
    [
      'its causes',
      new Error('failed', { cause: new TypeError('fetch', { cause: refused }) }),
      'Error: failed: TypeError: fetch: Error ECONNREFUSED: connect',
    ],
    [
      'several errors',
      new AggregateError([refused, new Error('other')], 'all'),
      'AggregateError: all: Error ECONNREFUSED: connect; Error: other',
    ],
    [
      'a cause that is no error',
      new Error('failed', { cause: { secret: 'a token' } }),
      'Error: failed',
    ],
    ['what is no error', { message: 'a token' }, ''],
    ['nothing', undefined, ''],
  ])('says of %s what it is, and nothing that it carries', (_, error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });

  it('ends where causes go in a circle', () => {
    const error = new Error('a');
    error.cause = error;
    expect(reasonOf(error)).toBe('Error: a: Error: a: Error: a: Error: a: Error: a');
  });
});

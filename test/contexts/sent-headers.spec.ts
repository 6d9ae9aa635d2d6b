import { expect, it } from 'vitest';
import { sentHeaders, sentParameters } from '../../lib/contexts/sent-headers.js';

it.each<[string, [string, unknown][], object, string[]]>([
  ['a text', [['X-Key', 'a']], { 'x-key': 'a' }, ['X-Key', 'a']],
  ['nothing', [['x-key', undefined]], {}, []],
  ['what is no text', [['x-key', 7]], { 'x-key': [] }, []],
  ['a name that is ASCII in lower case alone', [['x-\u212Aey', 'a']], {}, []],
  [
    'what is no name',
    [
      ['x key', 'a'],
      ['', 'b'],
      ['x-key ', 'c'],
    ],
    {},
    [],
  ],
  [
    'two texts',
    [
      ['a', '1'],
      ['A', '2'],
    ],
    { a: ['1', '2'] },
    ['a', '1', 'A', '2'],
  ],
  [
    'a text and what is none',
    [
      ['a', '1'],
      ['a', 7],
    ],
    { a: ['1'] },
    ['a', '1'],
  ],
  [
    'what is no text and a text',
    [
      ['a', 7],
      ['a', '1'],
    ],
    { a: ['1'] },
    ['a', '1'],
  ],
  [
    'cookies',
    [
      ['cookie', 'a=1'],
      ['cookie', 'b=2'],
    ],
    { cookie: 'a=1; b=2' },
    ['cookie', 'a=1', 'cookie', 'b=2'],
  ],
])('headers are %s', (_case, sent, headers, rawHeaders) => {
  expect({ ...sentHeaders(sent).headers }).toStrictEqual(headers);
  expect(sentHeaders(sent).rawHeaders).toStrictEqual(rawHeaders);
});

it('takes no longer for each of many values of one name', { timeout: 5_000 }, () => {
  const sent = Array.from({ length: 20_000 }, (): [string, string] => ['x-key', 'a']);
  expect(sentHeaders(sent).headers['x-key']).toHaveLength(20_000);
});

it('parameters whose names are none are left out', () => {
  const sent = { 'to\u212Aen': 'a', '': 'b', token: 'c' };
  expect(sentParameters(sent)).toStrictEqual([['token', 'c']]);
});

it.each(['a text', 7, null, undefined])('there are no parameters in %j', (sent) => {
  expect(sentParameters(sent)).toStrictEqual([]);
});

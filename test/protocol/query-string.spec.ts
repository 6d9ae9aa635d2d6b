import { describe, expect, it } from 'vitest';
import { readQueryParameter } from '../../lib/protocol/query-string.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('readQueryParameter', () => {
  it.each<[string, string, string[]]>([
    ['one value', '/?key=a', ['a']],
    ['every value, in order', '/?key=a&b=c&key=d', ['a', 'd']],
    ['an empty value', '/?key=', ['']],
    ['a key without "="', '/?key', ['']],
    ['a value with "="', '/?key=a=b', ['a=b']],
    ['a plus sign as a space', '/?key=a+b', ['a b']],
    ['an encoded plus sign', '/?key=a%2Bb', ['a+b']],
    ['UTF-8', '/?key=%C3%A9', ['é']],
    ['bytes that are not UTF-8', '/?key=%FF', ['\ufffd']],
    ['a percent sign alone', '/?key=100%', ['100%']],
    ['an encoded name', '/?%6Bey=a', ['a']],
    ['a semicolon as part of the value', '/?key=a;key=b', ['a;key=b']],
    ['a second question mark', '/?key=a?b', ['a?b']],
    ['an encoded NUL', '/?key=%00', ['\0']],
    ['a comma as part of the value', '/?key=a,b', ['a,b']],
    ['empty pieces', '/?&&key=a&', ['a']],
    ['the absolute form', 'http://example.com/?key=a', ['a']],
    ['up to the fragment', '/?key=a#&key=b', ['a']],
    ['an encoded number sign', '/?key=a%23b', ['a#b']],
  ])('reads %s', (_, url, values) => {
    expect(readQueryParameter(url, 'key')).toEqual(values);
  });

  it.each([
    ['without a query', '/key=a'],
    ['in an empty query', '/?'],
    ['in an empty url', ''],
    ['in another case', '/?KEY=a'],
    ['with brackets', '/?key[]=a&key[0]=b&key[x]=c'],
    ['inside another name', '/?user[key]=a&__proto__[key]=b&a.key=c'],
    ['in the fragment', '/#?key=a'],
    ['after the fragment', '/?a=b#?key=c'],
    ['after a second question mark', '/??key=a'],
    ['in a semicolon piece', '/?a=b;key=c'],
  ])('finds no parameter %s', (_, url) => {
    expect(readQueryParameter(url, 'key')).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('reads %s as an ordinary name', (name) => {
    expect(readQueryParameter('/?a=b', name)).toEqual([]);
    expect(readQueryParameter(`/?${name}=a`, name)).toEqual(['a']);
  });

  it('throws for no text', () => {
    expectNothingButMalformed((text) => readQueryParameter(text, 'a'));
    expectNothingButMalformed((text) => readQueryParameter(`/?a=${text}`, 'a'));
  });

  it.each(['?', '&', '=', '#', '%', '+'])('reads a mebibyte of %j', (character) => {
    expect(readQueryParameter(`/?${character.repeat(MEBIBYTE)}`, 'key')).toEqual([]);
  });
});

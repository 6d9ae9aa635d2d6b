import { describe, expect, it } from 'vitest';
import { readCookie } from '../../lib/protocol/cookie-header.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('readCookie', () => {
  it.each<[string, string, string, string[]]>([
    ['RFC 6265, section 3.1', 'SID=31d4d96e407aad42; lang=en-US', 'SID', ['31d4d96e407aad42']],
    ['a cookie that is not the first', 'SID=a; lang=en-US', 'lang', ['en-US']],
    ['every value, in order', 'key=a; other=b; key=c', 'key', ['a', 'c']],
    ['a value with "="', 'key=a=b==', 'key', ['a=b==']],
    ['an empty value', 'key=', 'key', ['']],
    ['an empty quoted value', 'key=""', 'key', ['']],
    ['a quoted value', 'key="a b"', 'key', ['a b']],
    ['a quote alone', 'key="', 'key', ['"']],
    ['a quote at one end', 'key="a', 'key', ['"a']],
    ['only the outer quotes', 'key=""a""', 'key', ['"a"']],
    ['whitespace around name and value', ' \tkey \t=\t a \t; b=c', 'key', ['a']],
    ['no space after a semicolon', 'a=b;key=c', 'key', ['c']],
    ['empty pieces', ';; ;key=a;;', 'key', ['a']],
    ['pieces without "="', 'key; b; key=a', 'key', ['a']],
    ['percent-encoding', 'key=%C3%A9%20%3B', 'key', ['é ;']],
    ['percent-encoding in quotes', 'key="%22a%22"', 'key', ['"a"']],
    ['a plus sign, which is no space', 'key=a+b', 'key', ['a+b']],
    ['bad percent-encoding as it is', 'key=%', 'key', ['%']],
    ['bad UTF-8 as it is', 'key=%C3%28', 'key', ['%C3%28']],
    ['a comma as part of the value', 'key=a, key=b', 'key', ['a, key=b']],
    ['Latin-1', 'key=\xe9', 'key', ['\xe9']],
    ['control characters', 'key=a\r\n\0b', 'key', ['a\r\n\0b']],
  ])('reads %s', (_, header, name, values) => {
    expect(readCookie(header, name)).toEqual(values);
  });

  it.each<[string, string | undefined, string]>([
    ['without a header', undefined, 'key'],
    ['in an empty header', '', 'key'],
    ['in another case', 'KEY=a; Key=b', 'key'],
    ['at the end of another name', 'mykey=a', 'key'],
    ['at the start of another name', 'keys=a', 'key'],
    ['in a value', 'a=key; b="key=c"', 'key'],
    ['without "="', 'key', 'key'],
    ['at the start of a piece without "="', 'keys', 'key'],
    ['with brackets', 'key[]=a', 'key'],
    ['percent-encoded', '%6bey=a', 'key'],
    ['after a prefix', '__Host-key=a', 'key'],
  ])('finds no cookie %s', (_, header, name) => {
    expect(readCookie(header, name)).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'reads %s as an ordinary name',
    (name) => {
      expect(readCookie('a=b', name)).toEqual([]);
      expect(readCookie(`${name}=a`, name)).toEqual(['a']);
    },
  );

  it('throws for no text', () => {
    expectNothingButMalformed((text) => readCookie(text, 'a'));
    expectNothingButMalformed((text) => readCookie(`a=${text}`, 'a'));
  });

  it.each<[string, string, string[]]>([
    ['semicolons', `${';'.repeat(MEBIBYTE)}key=a`, ['a']],
    ['"="', `key${'='.repeat(MEBIBYTE)}`, ['='.repeat(MEBIBYTE - 1)]],
    ['spaces', `key${' '.repeat(MEBIBYTE)}=a`, ['a']],
    ['names', `${'key;'.repeat(MEBIBYTE / 4)}key=a`, ['a']],
    ['percent signs', `key=${'%'.repeat(MEBIBYTE)}`, ['%'.repeat(MEBIBYTE)]],
  ])('reads a mebibyte of %s', (_, header, values) => {
    expect(readCookie(header, 'key')).toEqual(values);
  });
});

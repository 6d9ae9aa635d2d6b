import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isToken,
  parseAuthParams,
  quotedString,
  Token,
  token,
} from '../../lib/protocol/auth-params.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('parseAuthParams', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'RFC 9110, section 11.6.1',
      'realm="apps", type=1, title="Login to \\"apps\\""',
      { realm: 'apps', type: '1', title: 'Login to "apps"' },
    ],
    ['nothing', '', {}],
    ['whitespace around "="', 'a \t=\t b, c = "d"', { a: 'b', c: 'd' }],
    ['no whitespace after a comma', 'a=b,c=d', { a: 'b', c: 'd' }],
    ['whitespace before a comma', 'a="b" \t,c=d\t ', { a: 'b', c: 'd' }],
    ['empty list elements', ' , ,a=b,,\t,c=d, ,', { a: 'b', c: 'd' }],
    ['nothing but commas', ',,, ,', {}],
    ['names in any case', 'REALM=a, Nonce=b', { realm: 'a', nonce: 'b' }],
    ['commas and "=" in quotes', 'a="b=c, d=e", f=g', { a: 'b=c, d=e', f: 'g' }],
    ['quoted pairs', 'a="\\"\\\\\\b\\\t\\ "', { a: '"\\b\t ' }],
    ['an empty quoted-string', 'a=""', { a: '' }],
    ['obs-text', 'a="\x80\xe9\xff"', { a: '\x80\xe9\xff' }],
    ['escaped obs-text', 'a="\\\x80\\\xff"', { a: '\x80\xff' }],
    ['every tchar', "a=!#$%&'*+-.^_`|~09azAZ", { a: "!#$%&'*+-.^_`|~09azAZ" }],
  ])('parses %s', (_, text, params) => {
    expect(Object.fromEntries(parseAuthParams(text))).toEqual(params);
  });

  it.each(['__proto__', 'constructor', 'tostring'])('reads %s as an ordinary name', (name) => {
    const params = parseAuthParams(`${name}=a`);
    expect([...params]).toEqual([[name, 'a']]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each([
    ['a name that occurs twice', 'a=b, a=c'],
    ['a name that occurs twice in another case', 'realm=b, REALM=b'],
    ['__proto__ twice', '__proto__=a, __proto__=b'],
    ['an element without "="', 'a=b, c'],
    ['a token68', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['a value that is missing', 'a='],
    ['a value that is missing before a comma', 'a=, b=c'],
    ['a name that is missing', '="b"'],
    ['a quoted name', '"a"=b'],
    ['junk after a quoted-string', 'a="b"c'],
    ['junk after a token', 'a=b c'],
    ['two values', 'a=b=c'],
    ['a semicolon', 'a=b; c=d'],
    ['a second challenge', 'a="b", Basic realm="c"'],
    ['an unterminated quote', 'a="b'],
    ['an unterminated, empty quote', 'a="'],
    ['a quote ended by an escaped quote', 'a="b\\"'],
    ['an unfinished quoted-pair', 'a="\\'],
    ['single quotes around a space', "a='b c'"],
    ['NUL in a quoted-string', 'a="\0"'],
    ['an escaped NUL', 'a="\\\0"'],
    ['CR LF in a quoted-string', 'a="b\r\nc"'],
    ['an escaped LF', 'a="\\\n"'],
    ['DEL', 'a="\x7f"'],
    ['a line break between parameters', 'a=b,\r\n c=d'],
    ['a character beyond Latin-1', 'a="Ā"'],
    ['an escaped character beyond Latin-1', 'a="\\Ā"'],
    ['a name beyond ASCII', 'é=b'],
    ['a token beyond ASCII', 'a=é'],
    ['a non-breaking space', 'a=b,\u00a0c=d'],
  ])('refuses %s', (_, text) => {
    expect(() => parseAuthParams(text)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseAuthParams);
    expectNothingButMalformed((text) => parseAuthParams(`a="${text}"`));
    expectNothingButMalformed((text) => parseAuthParams(`a=${text}, b=c`));
  });

  it.each([
    ['an unterminated quote', `a="${'b'.repeat(MEBIBYTE)}`],
    ['escaped quotes', `a="${'\\"'.repeat(MEBIBYTE / 2)}`],
    ['backslashes', `a="${'\\'.repeat(MEBIBYTE)}`],
    ['spaces before "="', `a${' '.repeat(MEBIBYTE)}b`],
    ['a name', 'a'.repeat(MEBIBYTE)],
    ['commas', `${','.repeat(MEBIBYTE)}a`],
    ['one name', 'a=b,'.repeat(MEBIBYTE / 4)],
  ])('refuses a mebibyte of %s', (_, text) => {
    expect(() => parseAuthParams(text)).toThrow(MalformedError);
  });

  it('parses tens of thousands of parameters', () => {
    const names = Array.from({ length: 65536 }, (_, i) => `n${i}`);
    expect(parseAuthParams(names.map((name) => `${name}="a"`).join()).size).toBe(65536);
  });
});

describe('quotedString', () => {
  it.each([
    ['RFC 9110, section 11.6.1', 'Login to "apps"', '"Login to \\"apps\\""'],
    ['an empty value', '', '""'],
    ['backslashes', 'a\\b\\', '"a\\\\b\\\\"'],
    ['a tab', '\t', '"\t"'],
    ['Latin-1', '\x80é\xff', '"\x80é\xff"'],
    ['replacement patterns', "$& $1 $'", '"$& $1 $\'"'],
  ])('writes %s', (_, value, written) => {
    expect(quotedString(value)).toBe(written);
  });

  it.each(['\0', '\r', '\n', 'a\r\nSet-Cookie: b', '\x1f', '\x7f', 'Ā', '€', '\ud800', '😀'])(
    'refuses %j, which no header can carry',
    (value) => {
      expect(() => quotedString(value)).toThrow(TypeError);
      expect(() => quotedString(`a${value}b`)).toThrow(TypeError);
    },
  );

  it('is undone by parseAuthParams', () => {
    const character = fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f);
    const value = fc.string({ unit: character.map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(value, (text) => {
        expect(parseAuthParams(`a=${quotedString(text)}`).get('a')).toBe(text);
      }),
    );
  });

  it('writes a mebibyte of quotes', () => {
    expect(quotedString('"'.repeat(MEBIBYTE))).toHaveLength(2 * MEBIBYTE + 2);
  });
});

describe('token', () => {
  it.each(['true', 'SHA-512-256', "!#$%&'*+-.^_`|~"])('wraps %j', (value) => {
    expect(token(value)).toBeInstanceOf(Token);
    expect(token(value).value).toBe(value);
    expect(isToken(value)).toBe(true);
  });

  it.each(['', ' ', 'a b', 'a,b', 'a"', 'a=b', 'a\n', '\0', 'é', 'a/b', '(a)'])(
    'refuses %j',
    (value) => {
      expect(() => token(value)).toThrow(TypeError);
      expect(isToken(value)).toBe(false);
    },
  );
});

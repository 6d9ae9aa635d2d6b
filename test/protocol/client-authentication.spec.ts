import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientBasic } from '../../lib/protocol/client-authentication.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

describe('parseClientBasic', () => {
  it.each([
    [
      'RFC 6749, section 2.3.1',
      'czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
      's6BhdRkqt3',
      '7Fjfp0ZBr1KtDRbnfVdmIw',
    ],
    ['RFC 6749, section 4.1.3', 'czZCaGRSa3F0MzpnWDFmQmF0M2JW', 's6BhdRkqt3', 'gX1fBat3bV'],
    ['RFC 6749, appendix B', encode('a:+%25%26%2B%C2%A3%E2%82%AC'), 'a', ' %&+£€'],
    ['an encoded colon', encode('a%3Ab:c%3ad'), 'a:b', 'c:d'],
    ['a colon in the secret', encode('a:b:c'), 'a', 'b:c'],
    ['an empty secret', encode('a:'), 'a', ''],
    ['a plus sign as a space', encode('a+b:c+d'), 'a b', 'c d'],
    ['what is encoded twice, once', encode('a%2525:b'), 'a%25', 'b'],
    ['UTF-8 that is not encoded', encode('é:£'), 'é', '£'],
    ['the name of a property', encode('__proto__:a'), '__proto__', 'a'],
  ])('parses %s', (_, credentials, clientId, clientSecret) => {
    expect(parseClientBasic(credentials)).toEqual({ clientId, clientSecret });
  });

  it.each([
    ['nothing', ''],
    ['what is not base64', 'a:b'],
    ['no colon', encode('a')],
    ['an empty identifier', encode(':secret')],
    ['a percent sign alone', encode('a:50%')],
    ['half an encoded byte', encode('a%4:b')],
    ['what is not hexadecimal', encode('a:%zz')],
    ['encoded Latin-1', encode('a:%A3')],
    ['an encoded surrogate', encode('a:%ED%A0%80')],
    ['an encoded overlong NUL', encode('a:%C0%80')],
    ['an encoded NUL', encode('a:%00')],
    ['an encoded line break', encode('a%0D%0Ab:c')],
    ['a line break', encode('a:\r\n')],
  ])('refuses %s', (_, credentials) => {
    expect(() => parseClientBasic(credentials)).toThrow(MalformedError);
  });

  it('takes an empty pair for no client, as Swagger UI sends it', () => {
    expect(parseClientBasic(encode(':'))).toBeUndefined();
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseClientBasic);
    expectNothingButMalformed((text) => parseClientBasic(encode(`a:${text}`)));
  });

  it('undoes the encoding of a client', () => {
    const part = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));
    const formEncode = (text: string): string =>
      new URLSearchParams({ '': text }).toString().slice(1);
    fc.assert(
      fc.property(part, part, (id, clientSecret) => {
        const clientId = `a${id}`;
        const text = encode(`${formEncode(clientId)}:${formEncode(clientSecret)}`);
        expect(parseClientBasic(text)).toEqual({ clientId, clientSecret });
      }),
    );
  });

  it.each(['%', '+%'])('refuses a mebibyte of %j', (text) => {
    const credentials = encode(`a:${text.repeat(MEBIBYTE / text.length)}`);
    expect(() => parseClientBasic(credentials)).toThrow(MalformedError);
  });
});

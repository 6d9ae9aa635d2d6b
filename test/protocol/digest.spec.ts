import { describe, expect, it } from 'vitest';
import { quotedString } from '../../lib/protocol/auth-params.js';
import { parseDigestCredentials } from '../../lib/protocol/digest.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

// RFC 7616, section 3.9.1
const MUFASA = `username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", \
algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, \
cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, \
response="8ca523f5e9506fed4657c9700eebdbec", \
opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

// RFC 7616, section 3.9.2, with the values of erratum 4897
const JASON = `username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", \
realm="api@example.org", uri="/doe.json", algorithm=SHA-512-256, \
nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", nc=00000001, \
cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", qop=auth, \
response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5", \
opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", userhash=true`;

const SENT = {
  username: '"Mufasa"',
  realm: '"a"',
  uri: '"/"',
  nonce: '"b"',
  nc: '00000001',
  cnonce: '"c"',
  qop: 'auth',
  response: '"0123456789abcdef"',
};

function credentials(changes: Record<string, string | undefined> = {}): string {
  return Object.entries({ ...SENT, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

const utf8 = (text: string): string => quotedString(Buffer.from(text, 'utf8').toString('latin1'));

describe('parseDigestCredentials', () => {
  it('parses RFC 7616, section 3.9.1', () => {
    expect(parseDigestCredentials(MUFASA)).toEqual({
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      uri: '/dir/index.html',
      response: '8ca523f5e9506fed4657c9700eebdbec',
      algorithm: 'MD5',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      qop: 'auth',
      nc: '00000001',
      opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
      userhash: false,
    });
  });

  it('parses RFC 7616, section 3.9.2, with a hashed user name', () => {
    expect(parseDigestCredentials(JASON)).toMatchObject({
      username: '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b',
      algorithm: 'SHA-512-256',
      userhash: true,
    });
  });

  it('parses RFC 7616, section 3.9.2, with the extended notation', () => {
    const extended = "UTF-8''J%C3%A4s%C3%B8n%20Doe";
    const text = credentials({ username: undefined, 'username*': extended });
    expect(parseDigestCredentials(text).username).toBe('Jäsøn Doe');
  });

  it('parses what is optional as absent', () => {
    expect(parseDigestCredentials(credentials())).toEqual({
      username: 'Mufasa',
      realm: 'a',
      nonce: 'b',
      uri: '/',
      response: '0123456789abcdef',
      algorithm: 'MD5',
      cnonce: 'c',
      qop: 'auth',
      nc: '00000001',
      userhash: false,
    });
  });

  it.each([
    ['a UTF-8 user name', { username: utf8('Jäsøn Doe') }, { username: 'Jäsøn Doe' }],
    ['a user name beyond the BMP', { username: utf8('😀') }, { username: '😀' }],
    ['an escaped user name', { username: '"\\"a\\\\b\\""' }, { username: '"a\\b"' }],
    ['an empty user name', { username: '""' }, { username: '' }],
    ['commas and "=" in a uri', { uri: '"/?a=b,c=d"' }, { uri: '/?a=b,c=d' }],
    ['qop auth-int', { qop: 'auth-int' }, { qop: 'auth-int' }],
    ['a quoted qop', { qop: '"auth"' }, { qop: 'auth' }],
    ['a quoted nc', { nc: '"0000000A"' }, { nc: '0000000A' }],
    ['nc in either case', { nc: 'abcdefAB' }, { nc: 'abcdefAB' }],
    ['a response in capitals', { response: '"ABCDEF"' }, { response: 'ABCDEF' }],
    ['an algorithm as it was sent', { algorithm: 'sha-256-SESS' }, { algorithm: 'sha-256-SESS' }],
    ['userhash=false', { userhash: 'false' }, { userhash: false }],
    ['an empty opaque', { opaque: '""' }, { opaque: '' }],
    ['names in capitals', { nc: undefined, NC: '00000002' }, { nc: '00000002' }],
    ['unknown parameters', { 'auth-param': 'x', __proto__x: 'y' }, { username: 'Mufasa' }],
  ])('parses %s', (_, changes, expected) => {
    expect(parseDigestCredentials(credentials(changes))).toMatchObject(expected);
  });

  it.each(Object.keys(SENT))('refuses credentials without %s', (name) => {
    expect(() => parseDigestCredentials(credentials({ [name]: undefined }))).toThrow(
      MalformedError,
    );
  });

  it.each([
    ['nothing', ''],
    ['a token', 'abc'],
    [
      'RFC 2617, section 3.5, without qop',
      credentials({ qop: undefined, cnonce: undefined, nc: undefined }),
    ],
    ['a duplicate parameter', `${credentials()}, nonce="b"`],
    ['a duplicate in another case', `${credentials()}, NONCE="b"`],
    ['an unterminated quote', `${credentials()}, opaque="a`],
    ['a list of qop', credentials({ qop: '"auth,auth-int"' })],
    ['an unknown qop', credentials({ qop: 'none' })],
    ['qop in capitals', credentials({ qop: 'AUTH' })],
    ['an empty qop', credentials({ qop: '""' })],
    ['seven digits of nc', credentials({ nc: '0000001' })],
    ['nine digits of nc', credentials({ nc: '000000001' })],
    ['nc that is not hexadecimal', credentials({ nc: '0000000g' })],
    ['nc with a sign', credentials({ nc: '+0000001' })],
    ['an empty response', credentials({ response: '""' })],
    ['a response that is not hexadecimal', credentials({ response: '"xyz"' })],
    ['a response with a space', credentials({ response: '"ab cd"' })],
    ['userhash in capitals', credentials({ userhash: 'TRUE' })],
    ['another userhash', credentials({ userhash: '1' })],
    ['username and username*', credentials({ 'username*': "UTF-8''a" })],
    [
      'userhash with username*',
      credentials({ username: undefined, 'username*': "UTF-8''a", userhash: 'true' }),
    ],
    [
      'username* in ISO-8859-1',
      credentials({ username: undefined, 'username*': "iso-8859-1''%E4" }),
    ],
    [
      'username* with a line break',
      credentials({ username: undefined, 'username*': "UTF-8''a%0D%0Ab" }),
    ],
    ['username* with NUL', credentials({ username: undefined, 'username*': "UTF-8''%00" })],
    ['a Latin-1 user name', credentials({ username: '"J\xe4s\xf8n Doe"' })],
    ['a user name with a tab', credentials({ username: '"a\tb"' })],
    ['a user name with a C1 control character', credentials({ username: utf8('\x85') })],
    ['a character beyond Latin-1', credentials({ username: '"Ā"' })],
  ])('refuses %s', (_, text) => {
    expect(() => parseDigestCredentials(text)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseDigestCredentials);
    for (const name of [...Object.keys(SENT), 'username*', 'userhash', 'opaque']) {
      expectNothingButMalformed((text) => parseDigestCredentials(credentials({ [name]: text })));
    }
  });

  it.each([
    ['digits of nc', credentials({ nc: '0'.repeat(MEBIBYTE) })],
    ['almost hexadecimal response', credentials({ response: `"${'a'.repeat(MEBIBYTE)}g"` })],
    ['escapes in the user name', credentials({ username: `"${'\\"'.repeat(MEBIBYTE / 2)}` })],
  ])('refuses a mebibyte of %s', (_, text) => {
    expect(() => parseDigestCredentials(text)).toThrow(MalformedError);
  });
});

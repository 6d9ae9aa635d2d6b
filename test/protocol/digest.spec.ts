import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotedString } from '../../lib/protocol/auth-params.js';
import {
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  digestHa1,
  digestHash,
  digestResponse,
  type DigestResponseInput,
  digestUserhash,
  parseDigestCredentials,
  parseExtValue,
} from '../../lib/protocol/digest.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

const SHA_256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const SHA_512_256 = '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23';
const MD5 = '900150983cd24fb0d6963f7d28e17f72';

describe('digestHash', () => {
  it.each([
    ['SHA-256', SHA_256],
    ['SHA-256-sess', SHA_256],
    ['SHA-512-256', SHA_512_256],
    ['SHA-512-256-sess', SHA_512_256],
    ['MD5', MD5],
    ['MD5-sess', MD5],
  ] as const)('hashes "abc" with %s', (algorithm, expected) => {
    expect(digestHash(algorithm, 'abc')).toBe(expected);
    expect(digestHash(algorithm, Buffer.from('abc'))).toBe(expected);
  });

  it('hashes text as UTF-8', () => {
    expect(digestHash('MD5', 'ä')).toBe(digestHash('MD5', Buffer.from([0xc3, 0xa4])));
  });
});

describe('DIGEST_ALGORITHMS', () => {
  it('lists every algorithm of RFC 7616, section 6.1', () => {
    expect(DIGEST_ALGORITHMS).toEqual([
      'SHA-256',
      'SHA-256-sess',
      'SHA-512-256',
      'SHA-512-256-sess',
      'MD5',
      'MD5-sess',
    ]);
  });
});

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

const NO_BODY = new Uint8Array();

// RFC 7616, section 3.9.1
const mufasa = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
};
const mufasaSends = {
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  qop: 'auth',
  uri: '/dir/index.html',
} as const;

// RFC 7616, section 3.9.2
const jason = { username: 'Jäsøn Doe', realm: 'api@example.org', password: 'Secret, or not?' };
const jasonSends = {
  nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
  nc: '00000001',
  cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
  qop: 'auth',
  uri: '/doe.json',
} as const;

type Changes = Partial<Omit<DigestResponseInput, 'algorithm' | 'ha1'>>;

function responseOfMufasa(algorithm: DigestAlgorithm, changes: Changes = {}): string {
  return digestResponse({
    algorithm,
    ha1: digestHa1(algorithm, mufasa),
    credentials: mufasaSends,
    method: 'GET',
    body: NO_BODY,
    ...changes,
  });
}

describe('digestHa1', () => {
  it('hashes the password of RFC 7616, section 3.9.1', () => {
    const expected = '7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232';
    expect(digestHa1('SHA-256', mufasa)).toBe(expected);
    expect(digestHa1('SHA-256-sess', mufasa)).toBe(expected);
  });
});

describe('digestUserhash', () => {
  it('hashes the user name of RFC 7616, section 3.9.2, as erratum 4897 has it', () => {
    expect(digestUserhash('SHA-512-256', jason)).toBe(
      '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b',
    );
  });
});

describe('digestResponse', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('computes that of RFC 7616, section 3.9.1, with %s', (algorithm, expected) => {
    expect(responseOfMufasa(algorithm)).toBe(expected);
  });

  it('computes that of RFC 7616, section 3.9.2, as erratum 4897 has it', () => {
    const ha1 = digestHa1('SHA-512-256', jason);
    const input = { ha1, credentials: jasonSends, method: 'GET', body: NO_BODY };
    expect(digestResponse({ algorithm: 'SHA-512-256', ...input })).toBe(
      '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5',
    );
  });

  it('computes that of RFC 2617, section 3.5', () => {
    const ha1 = digestHa1('MD5', {
      username: 'Mufasa',
      realm: 'testrealm@host.com',
      password: 'Circle Of Life',
    });
    const credentials = {
      ...mufasaSends,
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      cnonce: '0a4f113b',
    };
    const input = { ha1, credentials, method: 'GET', body: NO_BODY };
    expect(digestResponse({ algorithm: 'MD5', ...input })).toBe('6629fae49393a05397450978507c4ef1');
  });

  it.each([
    ['MD5-sess', 'e783283f46242139c486a698fec7211d'],
    ['SHA-256-sess', '2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7'],
  ] as const)('mixes the nonces into the key with %s', (algorithm, expected) => {
    expect(responseOfMufasa(algorithm)).toBe(expected);
  });

  it.each([
    [
      'an empty body',
      'GET',
      '',
      '8bdf6f15638e260831e905028de5450562816d093c9bfc5c13d3a46adcdde940',
    ],
    ['a body', 'POST', 'hello', 'c98b95dbdb463c4483e324bced57d591946a6f84098142757b1333c52c47d62e'],
  ])('protects %s with auth-int', (_, method, body, expected) => {
    const credentials = { ...mufasaSends, qop: 'auth-int' } as const;
    const changes = { credentials, method, body: Buffer.from(body) };
    expect(responseOfMufasa('SHA-256', changes)).toBe(expected);
  });

  it('leaves the body out with auth', () => {
    const body = Buffer.from('hello');
    expect(responseOfMufasa('SHA-256', { body })).toBe(responseOfMufasa('SHA-256'));
  });

  it.each([
    ['\xC3\xA4', 'd694f284fc3ae8790b7cf08e102cf83a'],
    ['\xE4', 'c57d4bfe7ef0c3e566ec0e5de9c57a9c'],
  ])('hashes header text byte by byte: %j', (cnonce, expected) => {
    const credentials = { ...mufasaSends, cnonce };
    expect(responseOfMufasa('MD5', { credentials })).toBe(expected);
  });
});

describe('parseExtValue', () => {
  it.each([
    ['RFC 8187, section 3.2.3', "UTF-8''%c2%a3%20and%20%e2%82%ac%20rates", '£ and € rates'],
    ['RFC 7616, section 3.9.2', "UTF-8''J%C3%A4s%C3%B8n%20Doe", 'Jäsøn Doe'],
    ['a language', "utf-8'en-GB'a", 'a'],
    ['an empty value', "UTF-8''", ''],
    ['every attr-char', "UTF-8''!#$&+-.^_`|~09azAZ", '!#$&+-.^_`|~09azAZ'],
    ['a code point beyond the BMP', "UTF-8''%F0%9F%98%80", '😀'],
  ])('parses %s', (_, text, value) => {
    expect(parseExtValue(text)).toBe(value);
  });

  it.each([
    ['ISO-8859-1', "iso-8859-1'en'%A3%20rates"],
    ['no charset', "''a"],
    ['no apostrophes', 'a'],
    ['one apostrophe', "UTF-8'a"],
    ['three apostrophes', "UTF-8''a'b"],
    ['a language of other characters', "UTF-8'e n'a"],
    ['a space', "UTF-8''a b"],
    ['an asterisk', "UTF-8''*"],
    ['Latin-1', "UTF-8''é"],
    ['a percent sign alone', "UTF-8''%"],
    ['half an encoded byte', "UTF-8''%C"],
    ['what is not hexadecimal', "UTF-8''%GG"],
    ['half a character', "UTF-8''%C3"],
    ['an overlong NUL', "UTF-8''%C0%80"],
    ['a surrogate', "UTF-8''%ED%A0%80"],
    ['a trailing line feed', "UTF-8''a\n"],
    ['a mebibyte of apostrophes', `UTF-8'${"'".repeat(MEBIBYTE)}`],
    ['a mebibyte of percent signs', `UTF-8''${'%'.repeat(MEBIBYTE)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseExtValue(text)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseExtValue);
    expectNothingButMalformed((text) => parseExtValue(`UTF-8''${text}`));
  });

  it('undoes percent-encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodeURIComponent(text).replace(
          /[*'()]/g,
          (character) => `%${character.charCodeAt(0).toString(16)}`,
        );
        expect(parseExtValue(`UTF-8''${encoded}`)).toBe(text);
      }),
    );
  });
});

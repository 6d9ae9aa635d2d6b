import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { token } from '../../lib/protocol/auth-params.js';
import {
  normalizeChallenge,
  serializeChallenge,
  type ChallengeParams,
  withResourceMetadata,
  withScope,
} from '../../lib/protocol/challenge.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { readChallenge } from '../support/read-challenge.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('serializeChallenge', () => {
  it.each<[string, string, ChallengeParams | undefined, string]>([
    ['a scheme alone', 'Bearer', undefined, 'Bearer'],
    ['no parameters', 'Bearer', {}, 'Bearer'],
    ['only undefined parameters', 'Bearer', { realm: undefined }, 'Bearer'],
    [
      'RFC 6750, section 3',
      'Bearer',
      {
        realm: 'example',
        error: 'invalid_token',
        error_description: 'The access token expired',
      },
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
    ],
    [
      'RFC 7617, section 2.1',
      'Basic',
      { realm: 'foo', charset: 'UTF-8' },
      'Basic realm="foo", charset="UTF-8"',
    ],
    [
      'RFC 7616, section 3.9.1',
      'Digest',
      {
        realm: 'http-auth@example.org',
        qop: 'auth, auth-int',
        algorithm: token('SHA-256'),
        nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
        opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
      },
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    ],
    [
      'an undefined parameter between others',
      'A',
      { b: 'c', d: undefined, e: 'f' },
      'A b="c", e="f"',
    ],
    ['an empty value', 'A', { realm: '' }, 'A realm=""'],
    ['quotes and backslashes', 'A', { realm: 'a"b\\' }, 'A realm="a\\"b\\\\"'],
    ['an attempted second challenge', 'A', { realm: 'a", B b="c' }, 'A realm="a\\", B b=\\"c"'],
  ])('writes %s', (_, scheme, params, written) => {
    expect(serializeChallenge(scheme, params)).toBe(written);
  });

  it.each(['', 'a b', 'Bearer realm="a"', 'A,B', 'é', 'A\r\nB: c'])(
    'refuses the scheme %j',
    (scheme) => {
      expect(() => serializeChallenge(scheme)).toThrow(TypeError);
    },
  );

  it.each(['', 'a b', 'a=b', 'a,b', 'é', 'a\n'])('refuses the name %j', (name) => {
    expect(() => serializeChallenge('Bearer', { [name]: 'a' })).toThrow(TypeError);
  });

  it.each(['a\r\nSet-Cookie: b=c', 'a\0', '\u007f', 'Łódź'])('refuses the value %j', (value) => {
    expect(() => serializeChallenge('Bearer', { realm: value })).toThrow(TypeError);
  });

  it('writes what a client reads again', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_*-]{0,9}$/);
    const value = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,20}$/);
    const bare = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,9}$/);
    const params = fc.dictionary(name, fc.oneof(value, bare.map(token)));
    fc.assert(
      fc.property(bare, params, (scheme, written) => {
        const read = readChallenge(serializeChallenge(scheme, written));
        const values = Object.entries(written).map(([key, v]) => [
          key,
          typeof v === 'string' ? v : v.value,
        ]);
        expect(read.scheme).toBe(scheme);
        expect([...read.params]).toEqual(values);
      }),
    );
  });
});

describe('withResourceMetadata', () => {
  const url = 'https://api.example/.well-known/oauth-protected-resource';

  it.each([
    ['Bearer', `Bearer resource_metadata="${url}"`],
    ['bearer', `bearer resource_metadata="${url}"`],
    ['Bearer realm="a"', `Bearer realm="a", resource_metadata="${url}"`],
    ['DPoP algs="ES256"', `DPoP algs="ES256", resource_metadata="${url}"`],
    ['Basic realm="Bearer"', 'Basic realm="Bearer"'],
    ['APIKey', 'APIKey'],
    ['BearerX', 'BearerX'],
    ['', ''],
  ])('makes %j %j', (challenge, expected) => {
    expect(withResourceMetadata(challenge, url)).toBe(expected);
  });
});

describe('normalizeChallenge', () => {
  it.each([
    ['a scheme alone', ' Negotiate ', 'Negotiate'],
    ['a token68', 'Negotiate   YII=', 'Negotiate YII='],
    ['what is bare and what is quoted', 'Digest algorithm=MD5, qop="auth"', undefined],
    ['surplus whitespace and commas', 'Own  Realm = "a" ,, b=c,', 'Own realm="a", b=c'],
    ['needless and needed escapes', 'Own realm="\\a\\"\\\\"', 'Own realm="a\\"\\\\"'],
    ['an inherited name', 'Own __proto__="a"', undefined],
    [
      'RFC 9110, section 11.6.1',
      'Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      undefined,
    ],
    ['a scheme and a name in any case', 'bEARER Realm=a', 'bEARER realm=a'],
  ])('writes %s', (_, value, written) => {
    expect(normalizeChallenge(value)).toBe(written ?? value);
  });

  it.each([
    ['nothing', ''],
    ['only whitespace', ' \t'],
    ['two challenges', 'Basic realm="a", Bearer realm="b"'],
    ['a mebibyte of challenges', 'Basic, '.repeat(MEBIBYTE / 7)],
    ['parameters without a scheme', 'realm="a"'],
    ['a scheme ended by a tab', 'Bearer\trealm="a"'],
    ['an unquoted space', 'Own realm=a b'],
    ['an open quote', 'Own realm="a'],
    ['a line break', 'Own realm="a"\r\nSet-Cookie: a=b'],
    ['a letter that no header carries', 'Own realm="€"'],
    ['a duplicate parameter', 'Own realm="a", REALM="b"'],
  ])('refuses %s', (_, value) => {
    expect(() => normalizeChallenge(value)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError, and changes nothing the second time', () => {
    expectNothingButMalformed(normalizeChallenge);
    expectNothingButMalformed((text) => normalizeChallenge(`Own ${text}`));
    const text = fc.stringMatching(/^Own [a-z=", \\]{0,30}$/);
    fc.assert(
      fc.property(text, (value) => {
        let written: string;
        try {
          written = normalizeChallenge(value);
        } catch {
          return;
        }
        expect(normalizeChallenge(written)).toBe(written);
      }),
    );
  });
});

describe('withScope', () => {
  it.each([
    ['Bearer', ['me', 'items'], 'Bearer scope="me items"'],
    ['bearer realm="a"', ['me'], 'bearer realm="a", scope="me"'],
    ['DPoP algs="ES256"', ['me'], 'DPoP algs="ES256", scope="me"'],
    ['Bearer scope="own"', ['me'], 'Bearer scope="own"'],
    ['Bearer', [], 'Bearer'],
    ['Bearer', ['a"b'], 'Bearer'],
    ['Basic realm="a"', ['me'], 'Basic realm="a"'],
    ['APIKey', ['me'], 'APIKey'],
  ])('makes %s with %j', (challenge, scopes, written) => {
    expect(withScope(challenge, scopes)).toBe(written);
  });
});

it.each([
  ['a scheme', () => serializeChallenge('a b')],
  ['a name', () => serializeChallenge('a', { 'b c': 'd' })],
  ['a value', () => serializeChallenge('a', { b: '\r\n' })],
  ['a token', () => token('a b')],
])('says of %s what it may hold', (_, serialize) => {
  expect(serialize).toThrow(/^(An?|The|Not) .*(RFC 9110|Latin-1)/);
});

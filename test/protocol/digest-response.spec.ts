import { describe, expect, it } from 'vitest';
import type { DigestAlgorithm } from '../../lib/protocol/digest-algorithm.js';
import {
  digestHa1,
  digestResponse,
  type DigestResponseInput,
  digestUserhash,
} from '../../lib/protocol/digest-response.js';

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

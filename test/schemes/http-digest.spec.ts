import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import type { HTTPDigestCredentials } from '../../lib/protocol/digest.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { authorized, requestWith } from '../support/security-request.js';

const findUser = () => null;

// RFC 7616, section 3.9.1
const example = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  uri: '/dir/index.html',
  response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  algorithm: 'SHA-256',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  qop: 'auth',
  nc: '00000001',
  opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
};

const header = (params: Record<string, string | undefined>) =>
  `Digest ${Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;

describe('HTTPDigest', () => {
  const scheme = new HTTPDigest({ findUser });

  it('accepts the example of RFC 7616, section 3.9.1', () => {
    expect(scheme.extract(authorized(header(example)))).toStrictEqual({
      ...example,
      userhash: false,
    });
  });

  it.each(['digest', 'DIGEST'])('accepts the scheme as %s', (name) => {
    const value = header(example).replace('Digest', name);
    expect(scheme.extract(authorized(value))).toMatchObject({ username: 'Mufasa' });
  });

  it.each([
    ['no header', requestWith()],
    ['an empty header', authorized('')],
    ['another scheme', authorized('Basic YTpi')],
    ['a longer scheme', authorized(header(example).replace('Digest', 'XDigest'))],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it.each([
    ['the scheme alone', 'Digest'],
    ['a token68', 'Digest YTpi'],
    ['an unclosed quote', 'Digest username="a'],
    ['a parameter twice', `${header(example)}, nc="00000002"`],
    ['a short nc', header({ ...example, nc: '1' })],
    ['a response that is not hexadecimal', header({ ...example, response: 'xyz' })],
    ['an unknown qop', header({ ...example, qop: 'none' })],
    ['an unknown userhash', header({ ...example, userhash: 'maybe' })],
    ['a user name of control characters', header({ ...example, username: '\x01' })],
    ['a user name that is not UTF-8', header({ ...example, username: '\xFF' })],
  ])('refuses %s', (_case, value) => {
    expect(() => scheme.extract(authorized(value))).toThrow(MalformedError);
  });

  it.each(['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'qop', 'nc'])(
    'refuses credentials without %s',
    (name) => {
      const value = header({ ...example, [name]: undefined });
      expect(() => scheme.extract(authorized(value))).toThrow(MalformedError);
    },
  );

  it('refuses two lines', () => {
    expect(() => scheme.extract(authorized(header(example), 'Basic YTpi'))).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });

  it('describes itself', () => {
    expect(new HTTPDigest({ findUser, description: 'Old.' }).describe()).toStrictEqual({
      type: 'http',
      scheme: 'digest',
      description: 'Old.',
    });
  });

  it('challenges with everything RFC 7616 asks for', () => {
    expect(scheme.challenge()).toMatch(
      /^Digest realm="Restricted", qop="auth", algorithm=SHA-256, nonce="[\w-]{51}", opaque="[\w-]{22}", charset=UTF-8$/,
    );
  });

  it('challenges with another nonce each time', () => {
    expect(scheme.challenge()).not.toBe(scheme.challenge());
  });

  it.each([
    ['a line break', 'a\r\nb'],
    ['an emoji', '🔒'],
    ['Latin-1', 'Café'],
    ['nothing', ''],
  ])('throws when its realm holds %s', (_case, realm) => {
    expect(() => new HTTPDigest({ findUser, realm })).toThrow(
      new ConfigurationError('HTTPDigest: realm must be visible ASCII characters and spaces'),
    );
  });

  it('throws when nothing verifies the digest', () => {
    expect(() => new HTTPDigest()).toThrow(
      new ConfigurationError(
        'HTTPDigest must define findUser(), with whose answer it verifies digests, or validate(), which then verifies them itself; one of the two',
      ),
    );
  });

  it('lets a subclass verify the digest itself', async () => {
    class Staff extends HTTPDigest<string> {
      override validate({ username }: HTTPDigestCredentials) {
        return { user: username };
      }
    }
    const scheme = new Staff();

    expect(scheme.validate({ username: 'ada' } as HTTPDigestCredentials)).toEqual({ user: 'ada' });
  });

  it('throws when a subclass verifies the digest itself and finds users as well', () => {
    class Staff extends HTTPDigest<string> {
      override async validate() {
        return Promise.resolve({ user: 'staff' });
      }
    }
    expect(() => new Staff({ findUser })).toThrow(ConfigurationError);
  });
});

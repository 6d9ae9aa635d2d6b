import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';

const findUser = () => null;

describe('HTTPDigest, constructed,', () => {
  it('challenges with what it is configured to', () => {
    const scheme = new HTTPDigest({
      findUser,
      realm: 'a "b"',
      algorithms: ['SHA-512-256-sess', 'MD5'],
      qop: ['auth', 'auth-int'],
      userhash: true,
    });
    expect(scheme.realm).toBe('a "b"');
    expect(scheme.challenge()).toMatch(
      /^Digest realm="a \\"b\\"", qop="auth, auth-int", algorithm=SHA-512-256-sess, nonce="[\w-]{51}", opaque="[\w-]{22}", charset=UTF-8, userhash=true$/,
    );
  });

  it.each([[[]], [['sha-256']], [['SHA-256', 'SHA-1']]])(
    'throws when its algorithms are %j',
    (algorithms) => {
      expect(() => new HTTPDigest({ findUser, algorithms: algorithms as 'MD5'[] })).toThrow(
        new ConfigurationError(
          'HTTPDigest: algorithms must hold at least one of SHA-256, SHA-256-sess, SHA-512-256, SHA-512-256-sess, MD5, MD5-sess',
        ),
      );
    },
  );

  it('keeps its algorithms when the caller changes the list', () => {
    const algorithms: ('SHA-256' | 'MD5')[] = ['SHA-256'];
    const scheme = new HTTPDigest({ findUser, algorithms });
    algorithms[0] = 'MD5';
    expect(scheme.challenge()).toContain('algorithm=SHA-256');
  });

  it.each([[[]], [['none']], [['auth', '']]])('throws when its qop is %j', (qop) => {
    expect(() => new HTTPDigest({ findUser, qop: qop as 'auth'[] })).toThrow(
      new ConfigurationError('HTTPDigest: qop must hold at least one of auth, auth-int'),
    );
  });

  it.each([0, -1, NaN, Infinity])('throws when its nonceLifetime is %d', (nonceLifetime) => {
    expect(() => new HTTPDigest({ findUser, nonceLifetime })).toThrow(
      new ConfigurationError('HTTPDigest: nonceLifetime must be a positive number of seconds'),
    );
  });

  it.each(['', 'a'.repeat(31), new Uint8Array(31)])('throws for a short nonceSecret', (short) => {
    expect(() => new HTTPDigest({ findUser, nonceSecret: short })).toThrow(
      new ConfigurationError('HTTPDigest: nonceSecret must be at least 32 bytes'),
    );
  });

  it.each(['a'.repeat(32), 'ä'.repeat(16), new Uint8Array(32)])(
    'accepts a nonceSecret of 32 bytes',
    (nonceSecret) => {
      expect(new HTTPDigest({ findUser, nonceSecret }).schemeName).toBe('HTTPDigest');
    },
  );

  it('throws when its findUser is no function', () => {
    expect(() => new HTTPDigest({ findUser: {} as () => null })).toThrow(ConfigurationError);
  });

  it('throws when it is given the option validate', () => {
    const options = { findUser, validate: () => ({ user: 'anybody' }) };
    expect(() => new HTTPDigest(options)).toThrow(ConfigurationError);
  });

  it('throws when it finds users in two ways', () => {
    class Staff extends HTTPDigest<string> {
      protected override findUser() {
        return { user: 'staff', password: 'secret' };
      }
    }
    expect(new Staff().schemeName).toBe('Staff');
    expect(() => new Staff({ findUser })).toThrow(
      new ConfigurationError(
        'Staff defines findUser() and is given the option findUser: keep one of them',
      ),
    );
  });

  it('throws when a subclass would skip the verification', () => {
    class Staff extends HTTPDigest<string> {
      override async validate() {
        return { user: 'anybody' };
      }
    }
    expect(() => new Staff({ findUser })).toThrow(
      new ConfigurationError(
        'Staff must define findUser(), with whose answer it verifies digests, or validate(), which then verifies them itself; one of the two',
      ),
    );
  });
});

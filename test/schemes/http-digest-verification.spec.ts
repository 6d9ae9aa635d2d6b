import { beforeEach, describe, expect, it } from 'vitest';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { DIGEST_ALGORITHMS } from '../../lib/protocol/digest.js';
import {
  attempt,
  findMufasa,
  foreignNonce,
  schemeWith,
  USER,
  verify,
} from './http-digest-attempt.js';
import { digestAnswer, type DigestClient, paramsOf } from './http-digest-client.js';

beforeEach(() => void findMufasa.mockClear());
describe('HTTPDigest, verifying,', () => {
  it.each(DIGEST_ALGORITHMS)('T59 147 accepts the right password with %s', async (algorithm) => {
    const scheme = schemeWith({ algorithms: [algorithm] });
    expect(paramsOf(scheme.challenge())).toMatchObject({ algorithm });
    expect(await attempt(scheme)).toStrictEqual(USER);
  });

  it('T59 147 challenges without stale, even after a failure', () => {
    expect(schemeWith().challenge()).not.toContain('stale');
    expect(schemeWith().challenge(new InvalidTokenException())).not.toContain('stale');
  });

  it('hands on neither the password nor its hash', async () => {
    expect(await attempt(schemeWith())).not.toHaveProperty('password');
  });

  it('accepts a response in capitals', async () => {
    const scheme = schemeWith();
    const answer = digestAnswer(scheme.challenge());
    const capitals = answer.replace(/response="\w+"/, (text) =>
      text.toUpperCase().replace('RESPONSE', 'response'),
    );
    expect(await verify(scheme, capitals)).toStrictEqual(USER);
  });

  it.each<[string, DigestClient]>([
    ['a wrong password', { password: 'Circle of life' }],
    ['an empty password', { password: '' }],
    ['an unknown user', { username: 'Scar' }],
    ['the name of another user', { sent: { username: 'Scar' } }],
    ['another cnonce than the hashed one', { sent: { cnonce: 'other' } }],
    ['another nc than the hashed one', { sent: { nc: '00000002' } }],
    ['nc=00000000', { nc: 0 }],
    ['another method', { method: 'POST' }],
    ['a cut response', { sent: { response: 'a' } }],
  ])('T59 149 refuses %s', async (_, client) => {
    expect(await attempt(schemeWith(), client)).toBeNull();
  });

  it.each<[string, DigestClient]>([
    ['T59 149: another realm', { sent: { realm: 'other' } }],
    ['T59 152: an empty user name', { username: '' }],
    ['T59 152: an unknown algorithm', { sent: { algorithm: 'SHA-1' } }],
    ['T59 17: MD5 that was not asked for', { algorithm: 'MD5' }],
    ['T59 17: no algorithm, which means MD5', { algorithm: 'MD5', sent: { algorithm: undefined } }],
    ['T59 17: a -sess that was not asked for', { algorithm: 'SHA-256-sess' }],
    ['T59 17: auth-int that was not asked for', { qop: 'auth-int' }],
    ['a userhash that was not asked for', { userhash: true }],
    ['another opaque', { sent: { opaque: 'other' } }],
    ['no opaque', { sent: { opaque: undefined } }],
    ['T59 148: an empty nonce', { sent: { nonce: '' } }],
    ['T59 148: a nonce that is not base64', { sent: { nonce: '!'.repeat(51) } }],
    ['T59 148: a nonce signed with another key', { sent: { nonce: foreignNonce() } }],
  ])('refuses, before it looks for a user, %s', async (_, client) => {
    expect(await attempt(schemeWith(), client)).toBeNull();
    expect(findMufasa).not.toHaveBeenCalled();
  });

  it('T59 17: finds nothing in XDigest', async () => {
    const scheme = schemeWith();
    expect(await verify(scheme, `X${digestAnswer(scheme.challenge())}`)).toBeUndefined();
  });

  it.each<[string, DigestClient]>([
    ['T59 152: an unknown qop', { qop: 'none' }],
    ['T59 17: no qop, as in RFC 2069', { sent: { qop: undefined } }],
    ['T59 149: an nc of seven digits', { nc: '0000001' }],
  ])('refuses as malformed: %s', async (_, client) => {
    await expect(attempt(schemeWith(), client)).rejects.toThrow(MalformedError);
  });

  it('T59 150 refuses an entry without "=", and takes commas and "=" inside quotes', async () => {
    const scheme = schemeWith();
    const malformed = `${digestAnswer(scheme.challenge())}, surplus`;
    await expect(verify(scheme, malformed)).rejects.toThrow(MalformedError);
    const uri = '/?a=b,c="d"'.replaceAll('"', '%22');
    expect(await attempt(scheme, { uri }, { url: uri })).toStrictEqual(USER);
  });

  it('takes the name of an algorithm in any case', async () => {
    expect(await attempt(schemeWith(), { algorithm: 'sha-256' })).toStrictEqual(USER);
  });

  it('accepts every configured algorithm, and asks for the first', async () => {
    const scheme = schemeWith({ algorithms: ['SHA-256', 'MD5'] });
    expect(paramsOf(scheme.challenge())).toMatchObject({ algorithm: 'SHA-256' });
    expect(await attempt(scheme, { algorithm: 'MD5' })).toStrictEqual(USER);
    expect(await attempt(scheme, { algorithm: 'SHA-512-256' })).toBeNull();
  });

  describe('the request target', () => {
    it.each([
      ['/other', '/'],
      ['/?b', '/?a'],
      ['/', '/?a'],
      ['/A', '/a'],
      ['/%61', '/a'],
      ['http://localhost/', '/'],
    ])('T59 152 answers 400 to the uri %s at %s', async (uri, url) => {
      const refused = attempt(schemeWith(), { uri }, { url });
      await expect(refused).rejects.toThrow(
        new InvalidRequestException('The uri of the Digest credentials is not the request target'),
      );
      expect(findMufasa).not.toHaveBeenCalled();
    });

    it('is what it was before a router changed it', async () => {
      const mounted = { originalUrl: '/api/cats', url: '/cats' };
      expect(await attempt(schemeWith(), { uri: '/api/cats' }, mounted)).toStrictEqual(USER);
      await expect(attempt(schemeWith(), { uri: '/cats' }, mounted)).rejects.toThrow(
        InvalidRequestException,
      );
    });

    it('is refused as 401, not 400, with a nonce that is not ours', async () => {
      const client = { uri: '/other', sent: { nonce: foreignNonce() } };
      expect(await attempt(schemeWith(), client)).toBeNull();
    });
  });
});

import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { authorized, requestWith } from '../support/security-request.js';
import { failures } from './failures.js';

const encode = (userPass: string | number[]) => Buffer.from(userPass as string).toString('base64');

describe('HTTPBasic', () => {
  const scheme = new HTTPBasic();

  it('accepts the example of RFC 7617, section 2', () => {
    expect(scheme.extract(authorized('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='))).toStrictEqual({
      username: 'Aladdin',
      password: 'open sesame',
    });
  });

  it('accepts the example of RFC 7617, section 2.1', () => {
    expect(scheme.extract(authorized('Basic dGVzdDoxMjPCow=='))).toStrictEqual({
      username: 'test',
      password: '123£',
    });
  });

  it.each([
    ['a colon in the password', 'john:a:b', { username: 'john', password: 'a:b' }],
    ['an empty password', 'john:', { username: 'john', password: '' }],
    ['an empty user name', ':secret', { username: '', password: 'secret' }],
    ['neither', ':', { username: '', password: '' }],
    ['a password of spaces', 'john:  ', { username: 'john', password: '  ' }],
    ['an emoji', 'john:🔑', { username: 'john', password: '🔑' }],
  ])('accepts %s', (_case, userPass, expected) => {
    expect(scheme.extract(authorized(`Basic ${encode(userPass)}`))).toStrictEqual(expected);
  });

  it.each(['basic', 'BASIC', 'BaSiC'])('accepts the scheme as %s', (name) => {
    expect(scheme.extract(authorized(`${name} ${encode('a:b')}`))).toStrictEqual({
      username: 'a',
      password: 'b',
    });
  });

  it.each([
    ['no header', requestWith()],
    ['an empty header', authorized('')],
    ['a blank header', authorized(' \t ')],
    ['another scheme', authorized('Bearer abc')],
    ['a longer scheme', authorized(`Basics ${encode('a:b')}`)],
    ['a tab after the scheme', authorized(`Basic\t${encode('a:b')}`)],
    ['no space after the scheme', authorized(`Basic${encode('a:b')}`)],
    ['Proxy-Authorization', requestWith(['Proxy-Authorization', `Basic ${encode('a:b')}`])],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it.each([
    ['the scheme alone', 'Basic'],
    ['the scheme and spaces', 'Basic   '],
    ['no colon', `Basic ${encode('john')}`],
    ['what is not base64', 'Basic ***'],
    ['the URL-safe alphabet', 'Basic YTo_Pz8='],
    ['missing padding', 'Basic YTpiYw'],
    ['surplus padding', 'Basic YTpi='],
    ['a space within', 'Basic YTp iYw=='],
    ['non-zero trailing bits', 'Basic YTpiYx=='],
    ['bytes that are not UTF-8', `Basic ${encode([0x61, 0x3a, 0xff])}`],
    ['ISO-8859-1', `Basic ${encode([0x61, 0x3a, 0xe9])}`],
    ['a control character', `Basic ${encode('a:b\u0007')}`],
    ['a NUL', `Basic ${encode('a\0:b')}`],
    ['a line break', `Basic ${encode('a\r\n:b')}`],
    ['auth-params', 'Basic user="a", password="b"'],
    ['two credentials', `Basic ${encode('a:b')}, ${encode('c:d')}`],
  ])('refuses %s', (_case, value) => {
    expect(() => scheme.extract(authorized(value))).toThrow(MalformedError);
  });

  it('refuses two lines', () => {
    expect(() => scheme.extract(authorized(`Basic ${encode('a:b')}`, 'Basic x'))).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });

  it('describes itself', () => {
    expect(scheme.describe()).toStrictEqual({ type: 'http', scheme: 'basic' });
  });

  it('describes itself with a description', () => {
    expect(new HTTPBasic({ description: 'Staff.' }).describe()).toStrictEqual({
      type: 'http',
      scheme: 'basic',
      description: 'Staff.',
    });
  });

  it.each(failures)('challenges in the same words after %s', (failure) => {
    const challenger: { challenge(failure?: unknown): string } = scheme;
    expect(challenger.challenge(failure)).toBe('Basic realm="Restricted", charset="UTF-8"');
  });

  it.each([
    ['a realm', { realm: 'Operations' }, 'Basic realm="Operations", charset="UTF-8"'],
    ['an empty realm', { realm: '' }, 'Basic realm="", charset="UTF-8"'],
    ['a quote', { realm: 'the "house"' }, 'Basic realm="the \\"house\\"", charset="UTF-8"'],
    ['a backslash', { realm: 'a\\b' }, 'Basic realm="a\\\\b", charset="UTF-8"'],
    ['Latin-1', { realm: 'Café' }, 'Basic realm="Café", charset="UTF-8"'],
    ['no charset', { charset: null }, 'Basic realm="Restricted"'],
  ])('challenges with %s', (_case, options, expected) => {
    expect(new HTTPBasic(options).challenge()).toBe(expected);
  });

  it.each([
    ['a line break', 'a\r\nb'],
    ['a NUL', 'a\0b'],
    ['DEL', 'a\x7Fb'],
    ['what is beyond Latin-1', 'Łódź'],
    ['an emoji', '🔒'],
  ])('throws when its realm holds %s', (_case, realm) => {
    expect(() => new HTTPBasic({ realm })).toThrow(
      new ConfigurationError('HTTPBasic: realm holds characters that a header cannot carry'),
    );
  });
});

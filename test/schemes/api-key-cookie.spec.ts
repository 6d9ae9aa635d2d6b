import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { APIKeyCookie } from '../../lib/schemes/api-key-cookie.js';
import { APIKeyHeader } from '../../lib/schemes/api-key-header.js';
import { APIKeyQuery } from '../../lib/schemes/api-key-query.js';
import { requestFor, requestWith } from '../support/security-request.js';

describe('APIKeyCookie', () => {
  const scheme = new APIKeyCookie({ name: 'key' });

  it.each([
    ['a plain value', 'key=abc', 'abc'],
    ['a value among others', 'a=1; key=abc; b=2', 'abc'],
    ['a value without spaces around', 'a=1;key=abc;b=2', 'abc'],
    ['a quoted value', 'key="abc"', 'abc'],
    ['a percent-encoded value', 'key=a%20b', 'a b'],
    ['a value with a broken escape as it is', 'key=a%2', 'a%2'],
    ['a value with an equals sign', 'key=a=b', 'a=b'],
    ['a plus sign as it is', 'key=a+b', 'a+b'],
  ])('accepts %s', (_case, cookie, expected) => {
    expect(scheme.extract(requestWith(['Cookie', cookie]))).toBe(expected);
  });

  it('accepts a value in the second of two lines', () => {
    expect(scheme.extract(requestWith(['Cookie', 'a=1'], ['Cookie', 'key=abc']))).toBe('abc');
  });

  it.each([
    ['no cookie', requestWith()],
    ['another cookie', requestWith(['Cookie', 'keys=abc'])],
    ['another case', requestWith(['Cookie', 'KEY=abc'])],
    ['an empty value', requestWith(['Cookie', 'key='])],
    ['an empty quoted value', requestWith(['Cookie', 'key=""'])],
    ['a name without a value', requestWith(['Cookie', 'key'])],
    ['array syntax', requestWith(['Cookie', 'key[]=abc'])],
    ['an encoded name', requestWith(['Cookie', 'k%65y=abc'])],
    ['a value that mentions it', requestWith(['Cookie', 'a=key=abc'])],
    ['a header of that name', requestWith(['key', 'abc'])],
    ['a query parameter of that name', requestFor('/?key=abc')],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it('finds nothing where cookie middleware put something', () => {
    expect(
      scheme.extract({ ...requestFor('/'), cookies: { key: 'abc' } } as never),
    ).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'finds nothing off the prototype for the name %s',
    (name) => {
      expect(new APIKeyCookie({ name }).extract(requestWith(['Cookie', 'a=1']))).toBeUndefined();
    },
  );

  it.each(['__proto__', 'constructor'])('accepts a cookie called %s', (name) => {
    const request = requestWith(['Cookie', `${name}=abc`]);
    expect(new APIKeyCookie({ name }).extract(request)).toBe('abc');
  });

  it.each([
    ['two different values', requestWith(['Cookie', 'key=a; key=b'])],
    ['two equal values', requestWith(['Cookie', 'key=a; key=a'])],
    ['an empty value and another', requestWith(['Cookie', 'key=; key=b'])],
    ['two lines', requestWith(['Cookie', 'key=a'], ['Cookie', 'key=b'])],
  ])('refuses %s', (_case, request) => {
    expect(() => scheme.extract(request)).toThrow(
      new InvalidRequestException('The cookie parameter key was sent more than once'),
    );
  });

  it('describes itself', () => {
    expect(scheme.describe()).toStrictEqual({ type: 'apiKey', in: 'cookie', name: 'key' });
  });

  it.each([
    ['empty', ''],
    ['with a semicolon', 'a;b'],
    ['with an equals sign', 'a=b'],
    ['with a space', 'a b'],
  ])('throws when its name is %s', (_case, name) => {
    expect(() => new APIKeyCookie({ name })).toThrow(
      new ConfigurationError('APIKeyCookie: name must be an RFC 9110 token, such as "X-API-Key"'),
    );
  });
});

describe.each([
  ['APIKeyHeader', new APIKeyHeader({ name: 'key' })],
  ['APIKeyQuery', new APIKeyQuery({ name: 'key' })],
  ['APIKeyCookie', new APIKeyCookie({ name: 'key' })],
])('%s', (_name, scheme) => {
  it('challenges with APIKey', () => {
    expect(scheme.challenge()).toBe('APIKey');
  });

  it('declares no scopes', () => {
    expect(scheme.scopes).toStrictEqual({});
  });
});

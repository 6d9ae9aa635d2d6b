import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { APIKeyQuery } from '../../lib/schemes/api-key-query.js';
import { requestFor, requestWith } from '../support/security-request.js';

describe('APIKeyQuery', () => {
  const scheme = new APIKeyQuery({ name: 'key' });

  it.each([
    ['a plain key', '/?key=abc', 'abc'],
    ['a plus sign as a space', '/?key=a+b', 'a b'],
    ['percent-encoded UTF-8', '/?key=caf%C3%A9', 'café'],
    ['bytes that are not UTF-8', '/?key=%FF', '\uFFFD'],
    ['a semicolon as part of the value', '/?key=a;b', 'a;b'],
    ['an equals sign as part of the value', '/?key=a=b', 'a=b'],
    ['a percent-encoded name', '/?k%65y=abc', 'abc'],
    ['a key among others', '/items?a=1&key=abc&b=2', 'abc'],
    ['a key before a fragment', '/?key=abc#key=def', 'abc'],
    ['a key in an absolute target', 'http://evil.example/?key=abc', 'abc'],
  ])('accepts %s', (_case, url, expected) => {
    expect(scheme.extract(requestFor(url))).toBe(expected);
  });

  it.each([
    ['no query', '/'],
    ['an empty query', '/?'],
    ['an empty value', '/?key='],
    ['no value', '/?key'],
    ['another case', '/?KEY=abc'],
    ['array syntax', '/?key[]=abc'],
    ['encoded array syntax', '/?key%5B%5D=abc'],
    ['index syntax', '/?key[0]=abc'],
    ['object syntax', '/?key[x]=abc'],
    ['prototype syntax', '/?__proto__[key]=abc'],
    ['constructor syntax', '/?constructor[prototype][key]=abc'],
    ['a longer name', '/?keys=abc'],
    ['a semicolon as a separator', '/?a=1;key=abc'],
    ['a fragment', '/#?key=abc'],
  ])('finds nothing in %s', (_case, url) => {
    expect(scheme.extract(requestFor(url))).toBeUndefined();
  });

  it('finds nothing where a query parser put something', () => {
    const request = { ...requestFor('/'), query: { key: 'abc' } };
    expect(scheme.extract(request)).toBeUndefined();
  });

  it('finds nothing in a header of that name', () => {
    expect(scheme.extract(requestWith(['key', 'abc']))).toBeUndefined();
  });

  it('finds nothing in a request without a target', () => {
    expect(scheme.extract({ headers: {} })).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'finds nothing off the prototype for the name %s',
    (name) => {
      expect(new APIKeyQuery({ name }).extract(requestFor('/?a=1'))).toBeUndefined();
    },
  );

  it.each(['__proto__', 'constructor', 'key[]', 'a b', 'ключ'])(
    'accepts a key called %s',
    (name) => {
      const url = `/?${encodeURIComponent(name)}=abc`;
      expect(new APIKeyQuery({ name }).extract(requestFor(url))).toBe('abc');
    },
  );

  it.each([
    ['two different values', '/?key=a&key=b'],
    ['two equal values', '/?key=a&key=a'],
    ['an empty value and another', '/?key=&key=b'],
    ['a value and a bare name', '/?key=a&key'],
    ['two spellings of the name', '/?key=a&k%65y=b'],
  ])('refuses %s', (_case, url) => {
    expect(() => scheme.extract(requestFor(url))).toThrow(
      new InvalidRequestException('The query parameter key was sent more than once'),
    );
  });

  it('describes itself', () => {
    const described = new APIKeyQuery({ name: 'key', description: 'A key.' });
    expect(described.describe()).toStrictEqual({
      type: 'apiKey',
      in: 'query',
      name: 'key',
      description: 'A key.',
    });
  });

  it.each([
    ['empty', ''],
    ['missing', undefined as unknown as string],
  ])('throws when its name is %s', (_case, name) => {
    expect(() => new APIKeyQuery({ name })).toThrow(
      new ConfigurationError('APIKeyQuery: name must be the name of a query parameter'),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { requestFor, requestWith } from '../support/security-request.js';

describe('APIKeyHeader', () => {
  const scheme = new APIKeyHeader({ name: 'X-API-Key' });

  it.each([
    ['a plain key', 'abc', 'abc'],
    ['a key with a comma', 'a, b', 'a, b'],
    ['a key with inner spaces', 'a  b', 'a  b'],
    ['a key in quotes', '"abc"', '"abc"'],
    ['a key with a percent sign', 'a%20b', 'a%20b'],
    ['a key in Latin-1', 'caf\xE9', 'caf\xE9'],
  ])('accepts %s as it is', (_case, value, expected) => {
    expect(scheme.extract(requestWith(['X-API-Key', value]))).toBe(expected);
  });

  it.each(['x-api-key', 'X-API-KEY', 'x-Api-Key'])('accepts the header name %s', (name) => {
    expect(scheme.extract(requestWith([name, 'abc']))).toBe('abc');
  });

  it.each([
    ['no header', requestWith()],
    ['an empty header', requestWith(['X-API-Key', ''])],
    ['another header', requestWith(['X-API-Key-2', 'abc'])],
    ['a query parameter of that name', requestFor('/?X-API-Key=abc')],
    ['a cookie of that name', requestWith(['Cookie', 'X-API-Key=abc'])],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it.each([
    ['two different lines', requestWith(['X-API-Key', 'a'], ['X-API-Key', 'b'])],
    ['two equal lines', requestWith(['X-API-Key', 'a'], ['x-api-key', 'a'])],
    ['an empty line and another', requestWith(['X-API-Key', ''], ['X-API-Key', 'b'])],
    ['a list of values', { headers: { 'x-api-key': ['a', 'b'] } }],
    [
      "Fastify's request with two lines",
      {
        headers: { 'x-api-key': 'a, b' },
        raw: { rawHeaders: ['X-Api-Key', 'a', 'X-API-Key', 'b'] },
      },
    ],
  ])('refuses %s', (_case, request) => {
    expect(() => scheme.extract(request)).toThrow(
      new InvalidRequestException('The x-api-key header was sent more than once'),
    );
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])(
    'finds nothing off the prototype for the header %s',
    (name) => {
      expect(new APIKeyHeader({ name }).extract(requestWith())).toBeUndefined();
    },
  );

  it('describes itself', () => {
    expect(scheme.describe()).toStrictEqual({ type: 'apiKey', in: 'header', name: 'X-API-Key' });
  });

  it('describes itself with a description', () => {
    const described = new APIKeyHeader({ name: 'X-API-Key', description: 'Ask *us*.' });
    expect(described.describe()).toStrictEqual({
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
      description: 'Ask *us*.',
    });
  });

  it('is called after its class', () => {
    expect(scheme.schemeName).toBe('APIKeyHeader');
  });

  it.each([
    ['empty', ''],
    ['with a space', 'X API Key'],
    ['with a colon', 'X-API-Key:'],
    ['with a line break', 'X-API-Key\r\nEvil'],
    ['not ASCII', 'X-Clé'],
    ['missing', undefined as unknown as string],
  ])('throws when its name is %s', (_case, name) => {
    expect(() => new APIKeyHeader({ name })).toThrow(
      new ConfigurationError('APIKeyHeader: name must be an RFC 9110 token, such as "X-API-Key"'),
    );
  });
});

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

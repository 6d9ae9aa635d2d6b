import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { APIKeyHeader } from '../../lib/schemes/api-key-header.js';
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

import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import { authorized, requestWith } from '../support/security-request.js';
import { failures } from './failures.js';

describe('HTTPScheme', () => {
  const scheme = new HTTPScheme({ schemeName: 'Kerberos', scheme: 'Negotiate' });

  it.each([
    ['one value', 'Negotiate YII=', { scheme: 'Negotiate', credentials: 'YII=' }],
    ['the scheme in another case', 'NEGOTIATE a', { scheme: 'NEGOTIATE', credentials: 'a' }],
    ['auth-params', 'negotiate a="b", c=d', { scheme: 'negotiate', credentials: 'a="b", c=d' }],
    ['several spaces', 'Negotiate   a  b ', { scheme: 'Negotiate', credentials: 'a  b' }],
  ])('accepts %s', (_case, value, expected) => {
    expect(scheme.extract(authorized(value))).toStrictEqual(expected);
  });

  it.each([
    ['no header', requestWith()],
    ['an empty header', authorized('')],
    ['another scheme', authorized('Basic YTpi')],
    ['a longer scheme', authorized('Negotiate2 a')],
    ['a tab after the scheme', authorized('Negotiate\ta')],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it.each(['Negotiate', 'negotiate', 'Negotiate  \t'])(
    'takes the scheme alone for malformed: %j',
    (value) => {
      expect(() => scheme.extract(authorized(value))).toThrow(MalformedError);
    },
  );

  it('refuses two lines', () => {
    expect(() => scheme.extract(authorized('Negotiate a', 'Negotiate b'))).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });

  it('compares only the case of ASCII letters', () => {
    const kerberos = new HTTPScheme({ scheme: 'Kerberos' });
    expect(kerberos.extract(authorized('\u212Aerberos a'))).toBeUndefined();
  });

  it('describes itself', () => {
    const described = new HTTPScheme({ scheme: 'Negotiate', description: 'Kerberos 5.' });
    expect(described.describe()).toStrictEqual({
      type: 'http',
      scheme: 'Negotiate',
      description: 'Kerberos 5.',
    });
  });

  it.each(failures)('challenges with the scheme as configured after %s', (failure) => {
    expect(new HTTPScheme({ scheme: 'nEgotiate' }).challenge(failure)).toBe('nEgotiate');
  });

  it.each([
    ['empty', ''],
    ['with a space', 'a b'],
    ['with a line break', 'a\r\nb'],
    ['with a quote', 'a"b'],
    ['not ASCII', 'é'],
    ['missing', undefined as unknown as string],
  ])('throws when its scheme is %s', (_case, name) => {
    expect(() => new HTTPScheme({ schemeName: 'Kerberos', scheme: name })).toThrow(
      new ConfigurationError('Kerberos: scheme must be an RFC 9110 token, such as "X-API-Key"'),
    );
  });
});

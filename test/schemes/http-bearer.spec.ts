import { describe, expect, it } from 'vitest';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { authorized, formRequest, requestFor, requestWith } from '../support/security-request.js';
import { malformedBearer, notBearer, wellFormedTokens } from './bearer-tokens.js';

describe('HTTPBearer', () => {
  const scheme = new HTTPBearer();

  it.each(wellFormedTokens)('accepts the token %s', (token) => {
    expect(scheme.extract(authorized(`Bearer ${token}`))).toStrictEqual({
      scheme: 'Bearer',
      credentials: token,
    });
  });

  it.each(['bearer', 'BEARER', 'bEaReR'])('accepts the scheme as %s, and keeps it', (name) => {
    expect(scheme.extract(authorized(`${name} abc`))).toStrictEqual({
      scheme: name,
      credentials: 'abc',
    });
  });

  it.each([
    ['several spaces', 'Bearer    abc'],
    ['a space and a tab', 'Bearer \tabc'],
    ['trailing whitespace', 'Bearer abc \t'],
    ['leading whitespace', ' \tBearer abc'],
  ])('accepts %s', (_case, value) => {
    expect(scheme.extract(authorized(value))).toStrictEqual({
      scheme: 'Bearer',
      credentials: 'abc',
    });
  });

  it('finds nothing without a header', () => {
    expect(scheme.extract(requestWith())).toBeUndefined();
  });

  it.each(notBearer)('finds nothing in %s', (_case, value) => {
    expect(scheme.extract(authorized(value))).toBeUndefined();
  });

  it('finds nothing in a query', () => {
    expect(scheme.extract(requestFor('/?access_token=abc'))).toBeUndefined();
  });

  it('finds nothing in a form', () => {
    expect(scheme.extract(formRequest({ access_token: 'abc' }))).toBeUndefined();
  });

  it('accepts the header beside a query and a form that it does not read', () => {
    const request = {
      ...formRequest({ access_token: ['b', 'c'] }),
      ...authorized('Bearer abc'),
      url: '/?access_token=b&access_token=c',
    };
    expect(scheme.extract(request)).toStrictEqual({ scheme: 'Bearer', credentials: 'abc' });
  });

  it.each(malformedBearer)('refuses %s', (_case, value) => {
    expect(() => scheme.extract(authorized(value))).toThrow(MalformedError);
  });

  it.each([
    ['two different lines', ['Bearer a', 'Bearer b']],
    ['two equal lines', ['Bearer a', 'Bearer a']],
    ['lines of two schemes', ['Bearer a', 'Basic YTpi']],
    ['a malformed line and another', ['Bearer', 'Bearer a']],
    ['an empty line and another', ['', 'Bearer a']],
  ])('refuses %s', (_case, values) => {
    expect(() => scheme.extract(authorized(...values))).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });

  it('describes itself', () => {
    expect(scheme.describe()).toStrictEqual({ type: 'http', scheme: 'bearer' });
  });

  it('describes itself with a format and a description', () => {
    const described = new HTTPBearer({ bearerFormat: 'JWT', description: 'A token.' });
    expect(described.describe()).toStrictEqual({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'A token.',
    });
  });
});

import { HttpException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';

describe('OAuth2Exception', () => {
  it.each([
    ['invalid_request', 400],
    ['invalid_client', 401],
    ['invalid_grant', 400],
    ['unauthorized_client', 400],
    ['unsupported_grant_type', 400],
    ['invalid_scope', 400],
    ['authorization_pending', 400],
  ])('sends %s with status %i', (error, status) => {
    const exception = new OAuth2Exception(error);
    expect(exception).toBeInstanceOf(HttpException);
    expect(exception.getStatus()).toBe(status);
    expect(exception.getResponse()).toEqual({ error });
    expect(exception.code).toBe(error);
    expect(exception.message).toBe(error);
    expect(exception.name).toBe('OAuth2Exception');
  });

  it('sends a description and a URI when given', () => {
    const exception = new OAuth2Exception('invalid_grant', 'Incorrect password', {
      uri: 'https://example.com/errors#grant',
    });
    expect(exception.getResponse()).toEqual({
      error: 'invalid_grant',
      error_description: 'Incorrect password',
      error_uri: 'https://example.com/errors#grant',
    });
    expect(exception.message).toBe('Incorrect password');
  });

  it('takes another status, and keeps a cause it does not send', () => {
    const cause = new Error('connection refused by 10.0.0.7');
    const exception = new OAuth2Exception('temporarily_unavailable', undefined, {
      status: 503,
      cause,
    });
    expect(exception.getStatus()).toBe(503);
    expect(exception.cause).toBe(cause);
    expect(exception.getResponse()).toEqual({ error: 'temporarily_unavailable' });
  });

  it.each([
    ['No user "bob\\x"', 'No user  bob x '],
    ['line\r\nbreak\tand\0more\x7f', 'line  break and more '],
    ['José 😀 \ud800', 'Jos     '],
    ['', ''],
    [' !#[]~', ' !#[]~'],
  ])('replaces what a description cannot hold by spaces: %j', (description, sent) => {
    expect(new OAuth2Exception('invalid_grant', description).getResponse()).toEqual({
      error: 'invalid_grant',
      error_description: sent,
    });
  });

  it.each(['', 'a"b', 'a\\b', 'é', 'a\nb', 'a\x7f'])('throws when its code is %j', (error) => {
    expect(() => new OAuth2Exception(error)).toThrow(TypeError);
  });

  it.each(['', 'a b', 'https://example.com/"', 'https://exämple.com', 'a\nb'])(
    'throws when its URI is %j',
    (uri) => {
      expect(() => new OAuth2Exception('invalid_grant', undefined, { uri })).toThrow(TypeError);
    },
  );
});

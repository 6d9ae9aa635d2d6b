import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import type { OAuthFlows } from '../../lib/schemes/security-scheme-object.js';
import { authorized, requestWith } from '../support/security-request.js';

const authorizationUrl = 'https://login.example/authorize';
const tokenUrl = '/token';
const flows: OAuthFlows = {
  implicit: { authorizationUrl, scopes: { read: 'Read.' } },
  password: { tokenUrl, refreshUrl: 'refresh', scopes: { write: 'Write.' } },
  clientCredentials: { tokenUrl, scopes: {} },
  authorizationCode: { authorizationUrl, tokenUrl, scopes: { read: 'Read.' } },
  deviceAuthorization: { deviceAuthorizationUrl: '/device', tokenUrl, scopes: {} },
};
const withFlow = (flow: object) => new OAuth2({ flows: { password: flow as never } });

describe('OAuth2', () => {
  const scheme = new OAuth2({ flows });

  it.each([
    ['a bearer token', 'Bearer abc'],
    ['another scheme', 'Basic YTpi'],
    ['a scheme alone', 'Bearer'],
    ['a token alone', 'abc'],
    ['what no grammar allows', 'an "odd", value'],
    ['a value within no-break spaces', '\xA0Bearer abc\xA0'],
  ])('accepts %s as it is', (_case, value) => {
    expect(scheme.extract(authorized(value))).toBe(value);
  });

  it.each([
    ['no header', requestWith()],
    ['an empty header', authorized('')],
    ['a blank header', authorized(' \t ')],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it('refuses two lines', () => {
    expect(() => scheme.extract(authorized('Bearer a', 'Bearer b'))).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });

  it('describes every flow', () => {
    expect(new OAuth2({ flows, description: 'Many flows.' }).describe()).toStrictEqual({
      type: 'oauth2',
      flows,
      description: 'Many flows.',
    });
  });

  it('declares the scopes of all its flows', () => {
    expect(scheme.scopes).toStrictEqual({ read: 'Read.', write: 'Write.' });
  });

  it.each([
    ['no flow', {}],
    ['no flows at all', undefined as never],
  ])('throws when it has %s', (_case, none) => {
    expect(() => new OAuth2({ flows: none })).toThrow(
      new ConfigurationError('OAuth2: flows must hold at least one flow'),
    );
  });

  it.each([
    'https://login.example/token',
    'http://localhost:8080/token?a=b',
    '//login.example/token',
    '/token',
    'token',
    './token',
    '../token',
    '?token',
  ])('accepts the URL %s', (url) => {
    expect(() => withFlow({ tokenUrl: url, scopes: {} })).not.toThrow();
  });

  it.each([
    ['empty', ''],
    ['missing', undefined],
    ['with a space', '/to ken'],
    ['with a line break', '/to\nken'],
    ['with a tab in its scheme', 'java\tscript:alert(1)'],
    ['with a backslash', '\\\\evil.example\\token'],
    ['without a host', 'https://'],
    ['with a bad port', 'https://login.example:99999/'],
    ['no text', 1],
  ])('throws when a URL is %s', (_case, url) => {
    expect(() => withFlow({ tokenUrl: url, scopes: {} })).toThrow(
      new ConfigurationError(
        'OAuth2: password.tokenUrl must be a URL, absolute or relative to the server',
      ),
    );
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'mailto:a@b.example',
    'ftp://a.example/',
  ])('throws when a URL is %s', (url) => {
    expect(() => withFlow({ tokenUrl: url, scopes: {} })).toThrow(
      new ConfigurationError('OAuth2: password.tokenUrl must be an http or https URL'),
    );
  });

  it.each([
    ['implicit', 'authorizationUrl'],
    ['password', 'tokenUrl'],
    ['password', 'refreshUrl'],
    ['clientCredentials', 'tokenUrl'],
    ['authorizationCode', 'authorizationUrl'],
    ['authorizationCode', 'tokenUrl'],
    ['deviceAuthorization', 'deviceAuthorizationUrl'],
  ] as const)('throws when %s.%s is no URL', (flow, member) => {
    const broken = { ...flows, [flow]: { ...flows[flow], [member]: 'javascript:alert(1)' } };
    expect(() => new OAuth2({ flows: broken })).toThrow(
      new ConfigurationError(`OAuth2: ${flow}.${member} must be an http or https URL`),
    );
  });

  it.each(['', ' ', 'a b', 'a"b', 'a\\b', 'a\nb', 'é', 'a\x7F'])(
    'throws when it declares the scope %j',
    (scope) => {
      expect(() => withFlow({ tokenUrl, scopes: { [scope]: 'It.' } })).toThrow(
        new ConfigurationError(
          `OAuth2: password.scopes: ${JSON.stringify(scope)} is not a scope: no spaces, quotes or backslashes (RFC 6749 3.3)`,
        ),
      );
    },
  );

  it.each(['a', 'items:read', 'items:*', 'https://api.example/read', "!#$%&'()", '[]^_`{|}~'])(
    'accepts the scope %s',
    (scope) => {
      expect(withFlow({ tokenUrl, scopes: { [scope]: 'It.' } }).scopes).toStrictEqual({
        [scope]: 'It.',
      });
    },
  );

  it.each([
    ['the URLs', { scopes: {} }],
    ['the scopes', { tokenUrl }],
  ])('throws when a flow lacks %s', (_case, flow) => {
    expect(() => withFlow(flow)).toThrow(ConfigurationError);
  });
});

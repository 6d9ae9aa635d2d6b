import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import type { SecurityRequest } from '../../lib/schemes/security-request.js';
import { authorized, formRequest, requestFor, requestWith } from '../support/security-request.js';
import { malformedBearer, notBearer, wellFormedTokens } from './bearer-tokens.js';

const tokenUrl = 'token';
const authorizationUrl = 'https://login.example/authorize';

const absent: [kind: string, request: SecurityRequest][] = [
  ['no header', requestWith()],
  ...notBearer.map(([kind, value]): [string, SecurityRequest] => [kind, authorized(value)]),
  ['a query', requestFor('/?access_token=abc')],
  ['a form', formRequest({ access_token: 'abc' })],
];

describe.each([
  ['OAuth2PasswordBearer', new OAuth2PasswordBearer({ tokenUrl })],
  [
    'OAuth2AuthorizationCodeBearer',
    new OAuth2AuthorizationCodeBearer({ tokenUrl, authorizationUrl }),
  ],
  ['OAuth2ClientCredentialsBearer', new OAuth2ClientCredentialsBearer({ tokenUrl })],
  ['OpenIdConnect', new OpenIdConnect({ openIdConnectUrl: 'openid' })],
])('%s', (name, scheme) => {
  it.each(wellFormedTokens)('accepts the token %s', (token) => {
    expect(scheme.extract(authorized(`Bearer ${token}`))).toBe(token);
  });

  it.each(['bearer', 'BEARER', 'bEaReR'])('accepts the scheme as %s', (spelling) => {
    expect(scheme.extract(authorized(`${spelling} \t abc \t`))).toBe('abc');
  });

  it.each(absent)('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it.each(malformedBearer)('refuses %s', (_case, value) => {
    expect(() => scheme.extract(authorized(value))).toThrow(MalformedError);
  });

  it.each([
    ['two lines', ['Bearer a', 'Bearer b']],
    ['lines of two schemes', ['Bearer a', 'Basic YTpi']],
  ])('refuses %s', (_case, values) => {
    expect(() => scheme.extract(authorized(...values))).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });

  it('is called after its class', () => {
    expect(scheme.schemeName).toBe(name);
  });
});

const scopes = { me: 'Your profile.' };

describe('describe()', () => {
  it.each([
    [
      'OAuth2PasswordBearer',
      new OAuth2PasswordBearer({ tokenUrl, refreshUrl: 'refresh', scopes, description: 'It.' }),
      { password: { tokenUrl, refreshUrl: 'refresh', scopes } },
    ],
    [
      'OAuth2AuthorizationCodeBearer',
      new OAuth2AuthorizationCodeBearer({
        tokenUrl,
        authorizationUrl,
        refreshUrl: 'refresh',
        scopes,
        description: 'It.',
      }),
      { authorizationCode: { authorizationUrl, tokenUrl, refreshUrl: 'refresh', scopes } },
    ],
    [
      'OAuth2ClientCredentialsBearer',
      new OAuth2ClientCredentialsBearer({
        tokenUrl,
        refreshUrl: 'refresh',
        scopes,
        description: 'It.',
      }),
      { clientCredentials: { tokenUrl, refreshUrl: 'refresh', scopes } },
    ],
  ])('describes %s with everything', (_name, scheme, flows) => {
    expect(scheme.describe()).toStrictEqual({ type: 'oauth2', flows, description: 'It.' });
  });

  it('describes a flow without scopes with an empty list', () => {
    expect(new OAuth2PasswordBearer({ tokenUrl }).describe()).toStrictEqual({
      type: 'oauth2',
      flows: { password: { tokenUrl, scopes: {} } },
    });
  });

  it('describes OpenIdConnect', () => {
    const openIdConnectUrl = 'https://login.example/.well-known/openid-configuration';
    expect(new OpenIdConnect({ openIdConnectUrl }).describe()).toStrictEqual({
      type: 'openIdConnect',
      openIdConnectUrl,
    });
  });

  it('describes OpenIdConnect with a description', () => {
    const scheme = new OpenIdConnect({ openIdConnectUrl: '/openid', description: 'Staff.' });
    expect(scheme.describe()).toStrictEqual({
      type: 'openIdConnect',
      openIdConnectUrl: '/openid',
      description: 'Staff.',
    });
  });
});

describe('construction', () => {
  const url = 'javascript:alert(1)';

  it.each([
    ['password.tokenUrl', () => new OAuth2PasswordBearer({ schemeName: 'S', tokenUrl: url })],
    [
      'password.refreshUrl',
      () => new OAuth2PasswordBearer({ schemeName: 'S', tokenUrl, refreshUrl: url }),
    ],
    [
      'authorizationCode.authorizationUrl',
      () => new OAuth2AuthorizationCodeBearer({ schemeName: 'S', tokenUrl, authorizationUrl: url }),
    ],
    [
      'clientCredentials.tokenUrl',
      () => new OAuth2ClientCredentialsBearer({ schemeName: 'S', tokenUrl: url }),
    ],
    ['openIdConnectUrl', () => new OpenIdConnect({ schemeName: 'S', openIdConnectUrl: url })],
  ])('throws when %s is no web address', (option, create) => {
    expect(create).toThrow(new ConfigurationError(`S: ${option} must be an http or https URL`));
  });

  it.each([
    ['password.tokenUrl', () => new OAuth2PasswordBearer({} as never)],
    [
      'authorizationCode.authorizationUrl',
      () => new OAuth2AuthorizationCodeBearer({ tokenUrl } as never),
    ],
    ['openIdConnectUrl', () => new OpenIdConnect({} as never)],
  ])('throws when %s is missing', (option, create) => {
    expect(create).toThrow(`: ${option} must be a URL, absolute or relative to the server`);
  });

  it('throws when a scope is none', () => {
    expect(() => new OAuth2PasswordBearer({ tokenUrl, scopes: { 'a b': 'Two.' } })).toThrow(
      new ConfigurationError(
        'OAuth2PasswordBearer: password.scopes: "a b" is not a scope: no spaces, quotes or backslashes (RFC 6749 3.3)',
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InsufficientScopeException } from '../../lib/errors/insufficient-scope.exception.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../../lib/errors/not-authenticated.exception.js';
import { parseChallenge } from '../../lib/protocol/challenge.js';
import { bearerChallenge } from '../../lib/schemes/bearer-scheme.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import { OAuth2AuthorizationCodeBearer } from '../../lib/schemes/oauth2-authorization-code-bearer.js';
import { OAuth2ClientCredentialsBearer } from '../../lib/schemes/oauth2-client-credentials-bearer.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-password-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import { requestFor } from '../support/security-request.js';
import { failures } from './failures.js';

interface Options {
  realm?: string;
  bearerMethods?: [];
}

const tokenUrl = 'token';
const authorizationUrl = 'authorize';
const family: [string, (options?: Options) => HTTPBearer | OAuth2 | OpenIdConnect][] = [
  ['HTTPBearer', (options) => new HTTPBearer(options)],
  [
    'OAuth2',
    (options) => new OAuth2({ ...options, flows: { password: { tokenUrl, scopes: {} } } }),
  ],
  ['OAuth2PasswordBearer', (options) => new OAuth2PasswordBearer({ ...options, tokenUrl })],
  [
    'OAuth2AuthorizationCodeBearer',
    (options) => new OAuth2AuthorizationCodeBearer({ ...options, tokenUrl, authorizationUrl }),
  ],
  [
    'OAuth2ClientCredentialsBearer',
    (options) => new OAuth2ClientCredentialsBearer({ ...options, tokenUrl }),
  ],
  ['OpenIdConnect', (options) => new OpenIdConnect({ ...options, openIdConnectUrl: 'openid' })],
];

const expected = [
  'Bearer',
  'Bearer',
  'Bearer error="invalid_token"',
  'Bearer error="invalid_token", error_description="The access token expired"',
  'Bearer error="invalid_request"',
  'Bearer error="insufficient_scope", scope="me items"',
];

describe.each(family)('%s', (name, create) => {
  it.each(failures.map((failure, index) => [failure, expected[index]!] as const))(
    'challenges after %s',
    (failure, challenge) => {
      expect(create().challenge(failure)).toBe(challenge);
    },
  );

  it.each(failures.map((failure, index) => [failure, expected[index]!] as const))(
    'challenges with its realm first after %s',
    (failure, challenge) => {
      const params = challenge.slice('Bearer '.length);
      expect(create({ realm: 'a "b" \\ c' }).challenge(failure)).toBe(
        `Bearer realm="a \\"b\\" \\\\ c"${params && `, ${params}`}`,
      );
    },
  );

  it.each([
    ['a line break', 'a\r\nb'],
    ['DEL', 'a\x7Fb'],
    ['an emoji', '🔒'],
  ])('throws when its realm holds %s', (_case, realm) => {
    expect(() => create({ realm })).toThrow(
      new ConfigurationError(`${name}: realm holds characters that a header cannot carry`),
    );
  });

  it('names the required scopes to who has yet to bring a token, and to nobody else', () => {
    const scheme = create({ realm: 'a' });
    const request = requestFor('/');
    const asking = (...scopes: string[]) => ({ scopes, scopeStr: scopes.join(' '), request });
    const [me, items] = [asking('me', 'items'), asking('items')];
    for (const failure of [undefined, new NotAuthenticatedException()]) {
      expect(scheme.challenge(failure, me)).toBe('Bearer realm="a", scope="me items"');
      expect(scheme.challenge(failure, items)).toBe('Bearer realm="a", scope="items"');
      expect(scheme.challenge(failure, asking())).toBe('Bearer realm="a"');
    }
    expect(scheme.challenge(new InvalidTokenException(), me)).toBe(
      'Bearer realm="a", error="invalid_token"',
    );
    expect(scheme.challenge(new InsufficientScopeException(me.scopes), items)).toBe(
      'Bearer realm="a", error="insufficient_scope", scope="me items"',
    );
    expect(scheme.challenge(undefined, me)).toBe('Bearer realm="a", scope="me items"');
  });

  it('throws when it may read a token nowhere', () => {
    expect(() => create({ bearerMethods: [] })).toThrow(
      new ConfigurationError(`${name}: bearerMethods must name at least one method`),
    );
  });
});

describe('bearerChallenge', () => {
  it.each([
    ['a quote', 'not "yours"'],
    ['a backslash', 'a\\b'],
    ['a line break', 'a\r\nSet-Cookie: a=b'],
    ['an emoji', 'expired 🔒'],
    ['Latin-1', 'expiré'],
    ['DEL', 'a\x7F'],
    ['a tab', 'a\tb'],
    ['nothing', ''],
  ])('leaves out a description that holds %s', (_case, description) => {
    expect(bearerChallenge(undefined, new InvalidTokenException(description))).toBe(
      'Bearer error="invalid_token"',
    );
  });

  it('sends every character that a description may hold', () => {
    const description = "!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~ ";
    const challenge = bearerChallenge('r', new InvalidTokenException(description));
    expect(parseChallenge(challenge).params.get('error_description')).toBe(description);
  });
});

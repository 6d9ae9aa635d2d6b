import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InsufficientScopeException } from '../../lib/errors/insufficient-scope.exception.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../../lib/errors/not-authenticated.exception.js';
import { SecurityException } from '../../lib/errors/security.exception.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { bearerChallenge, type BearerMethod } from '../../lib/schemes/bearer-scheme.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import type { SecurityRequest } from '../../lib/schemes/security-request.js';
import { readChallenge } from '../support/read-challenge.js';
import { authorized, formRequest, requestFor, requestWith } from '../support/security-request.js';
import { failures } from './failures.js';

const reading = (...bearerMethods: BearerMethod[]) =>
  new OAuth2PasswordBearer({ tokenUrl: 'token', bearerMethods });

const form = (body: unknown, more: Partial<SecurityRequest> = {}): SecurityRequest => ({
  ...formRequest(body),
  ...more,
});

const all = reading('header', 'query', 'body');
const everywhere = (header: string, url: string, body: unknown) => {
  const { headers, ...request } = form(body, { url });
  return { ...request, headers: { ...headers, authorization: header } };
};

const atTwoPlaces = new InvalidRequestException('The access token was sent in more than one place');
const twice = new InvalidRequestException('The parameter access_token was sent more than once');

describe('bearerMethods: query', () => {
  const scheme = reading('query');

  it('accepts a token in the query', () => {
    expect(scheme.extract(requestFor('/?access_token=abc'))).toBe('abc');
  });

  it.each([
    ['a header', authorized('Bearer abc')],
    ['a form', form({ access_token: 'abc' })],
    ['array syntax', requestFor('/?access_token[]=abc')],
    ['object syntax', requestFor('/?access_token[x]=abc')],
    ['prototype syntax', requestFor('/?__proto__[access_token]=abc')],
    ['no query', requestFor('/')],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it('refuses two values', () => {
    expect(() => scheme.extract(requestFor('/?access_token=a&access_token=a'))).toThrow(twice);
  });

  it.each([
    ['an empty value', '/?access_token='],
    ['no value', '/?access_token'],
    ['a space', '/?access_token=a+b'],
  ])('refuses %s', (_case, url) => {
    expect(() => scheme.extract(requestFor(url))).toThrow(MalformedError);
  });
});

describe('bearerMethods: body', () => {
  const scheme = reading('body');

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('accepts a token in the form of a %s', (method) => {
    expect(scheme.extract(form({ access_token: 'abc' }, { method }))).toBe('abc');
  });

  it('accepts a form with a charset', () => {
    const request = formRequest(
      { access_token: 'abc' },
      'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
    );
    expect(scheme.extract(request)).toBe('abc');
  });

  it.each(['GET', 'HEAD'])('finds nothing in the form of a %s', (method) => {
    expect(scheme.extract(form({ access_token: 'abc' }, { method }))).toBeUndefined();
  });

  it.each([
    ['JSON', formRequest({ access_token: 'abc' }, 'application/json')],
    ['multipart', formRequest({ access_token: 'abc' }, 'multipart/form-data; boundary=b')],
    ['a body without a type', { ...requestWith(), method: 'POST', body: { access_token: 'abc' } }],
    ['a header', authorized('Bearer abc')],
    ['a query', form({}, { url: '/?access_token=abc' })],
    ['no body', form(undefined)],
    ['an empty body', form(null)],
    ['a text', form('access_token=abc')],
    ['a list', form(['access_token'])],
    ['a prototype', form(Object.create({ access_token: 'abc' }))],
    ['array syntax', form({ 'access_token[]': 'abc' })],
  ])('finds nothing in %s', (_case, request) => {
    expect(scheme.extract(request)).toBeUndefined();
  });

  it.each([
    ['two values', ['a', 'b']],
    ['array syntax that a parser made a list of', ['a']],
    ['object syntax', { x: 'a' }],
    ['a number', 1],
    ['a nested list', [['a']]],
  ])('refuses %s', (_case, value) => {
    expect(() => scheme.extract(form({ access_token: value }))).toThrow(twice);
  });

  it.each([
    ['an empty value', ''],
    ['a space', 'a b'],
  ])('refuses %s', (_case, value) => {
    expect(() => scheme.extract(form({ access_token: value }))).toThrow(MalformedError);
  });
});

describe('bearerMethods: all of them', () => {
  it.each([
    ['the header', authorized('Bearer abc')],
    ['the query', requestFor('/?access_token=abc')],
    ['the form', form({ access_token: 'abc' })],
    ['the query beside another scheme', { ...authorized('Basic YTpi'), url: '/?access_token=abc' }],
  ])('accepts a token in %s', (_case, request) => {
    expect(all.extract(request)).toBe('abc');
  });

  it.each([
    ['header and query', everywhere('Bearer a', '/?access_token=a', {})],
    ['header and form', everywhere('Bearer a', '/', { access_token: 'a' })],
    ['query and form', form({ access_token: 'a' }, { url: '/?access_token=a' })],
    ['all three', everywhere('Bearer a', '/?access_token=a', { access_token: 'a' })],
  ])('refuses a token in %s', (_case, request) => {
    expect(() => all.extract(request)).toThrow(atTwoPlaces);
  });

  it('refuses two header lines', () => {
    expect(() => all.extract(authorized('Bearer a', 'Bearer a'))).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });

  it('refuses a malformed header', () => {
    expect(() => all.extract(authorized('Bearer'))).toThrow(MalformedError);
  });

  it('finds nothing in a request without a token', () => {
    expect(all.extract(requestFor('/'))).toBeUndefined();
  });
});

describe('bearerMethods of the other bearer schemes', () => {
  const bearerMethods = ['query'] as const;
  const request = requestFor('/?access_token=abc');

  it('serves HTTPBearer, with the scheme in its own spelling', () => {
    expect(new HTTPBearer({ bearerMethods }).extract(request)).toStrictEqual({
      scheme: 'Bearer',
      credentials: 'abc',
    });
    expect(new HTTPBearer({ bearerMethods }).extract(requestFor('/'))).toBeUndefined();
  });

  it("keeps the client's spelling from a header", () => {
    const scheme = new HTTPBearer({ bearerMethods: ['header', 'query'] });
    expect(scheme.extract(authorized('bEARER abc'))).toStrictEqual({
      scheme: 'bEARER',
      credentials: 'abc',
    });
  });

  it('serves OpenIdConnect', () => {
    const scheme = new OpenIdConnect({ openIdConnectUrl: 'openid', bearerMethods });
    expect(scheme.extract(request)).toBe('abc');
  });
});

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

  it('challenges with the code of each failure, though a class of them has several', () => {
    class Refused extends SecurityException {
      constructor(readonly code: string) {
        super(401, 'Refused', 'Unauthorized');
      }
    }
    const scheme = create();
    expect(scheme.challenge(new Refused('invalid_token'))).toBe('Bearer error="invalid_token"');
    expect(scheme.challenge(new Refused('invalid_request'))).toBe('Bearer error="invalid_request"');
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
    expect(readChallenge(challenge).params.get('error_description')).toBe(description);
  });
});

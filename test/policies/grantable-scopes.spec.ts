import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { assertGrantable, grantersOf } from '../../lib/policies/grantable-scopes.js';
import type { RegisteredScheme } from '../../lib/policies/scheme-registry.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import type { SecurityScheme } from '../../lib/schemes/security-scheme.js';

const validate = () => null;
const registered = (scheme: SecurityScheme): RegisteredScheme => ({
  scheme,
  references: new Set(),
});
const token = (schemeName: string, ...scopes: string[]) =>
  registered(
    new OAuth2PasswordBearer({
      schemeName,
      tokenUrl: 'token',
      scopes: Object.fromEntries(scopes.map((scope) => [scope, 'It.'])),
      validate,
    }),
  );

const declaring = token('Token', 'me', 'items');
const open = token('Open');
const key = registered(new APIKeyHeader({ schemeName: 'Key', name: 'key', validate }));
const openId = registered(new OpenIdConnect({ openIdConnectUrl: 'openid', validate }));
const unchecked = registered(new APIKeyHeader({ schemeName: 'Unchecked', name: 'key' }));
const uncheckedToken = registered(
  new OAuth2PasswordBearer({ tokenUrl: 'token', scopes: { me: 'It.' } }),
);

describe('assertGrantable', () => {
  it.each([
    ['a declared scope', ['me'], [[declaring]]],
    ['a scope of a flow that declares none', ['any'], [[open]]],
    ['a scope of a key', ['any'], [[key]]],
    ['a scope of openIdConnect', ['any'], [[openId]]],
    ['a scope that one of two schemes declares', ['me'], [[unchecked, declaring]]],
    ['scopes of different schemes of one alternative', ['me', 'a'], [[declaring, token('A', 'a')]]],
    ['a scope that every alternative can grant', ['me'], [[declaring], [key], [openId]]],
    ['no scopes, beside anonymous', [], [[declaring], []]],
  ])('accepts %s', (_case, scopes, alternatives) => {
    expect(() => assertGrantable(scopes, alternatives)).not.toThrow();
  });

  it.each([
    [
      'an unknown scope',
      ['itmes'],
      [[declaring]],
      "requires the unknown scope itmes: Token declares me, items. Correct it, or add it to the scheme's scopes",
    ],
    [
      'a scope of another case',
      ['ME'],
      [[declaring]],
      "requires the unknown scope ME: Token declares me, items. Correct it, or add it to the scheme's scopes",
    ],
    [
      'a name of the prototype',
      ['constructor'],
      [[declaring]],
      "requires the unknown scope constructor: Token declares me, items. Correct it, or add it to the scheme's scopes",
    ],
    [
      'a scope that only the first alternative declares',
      ['me'],
      [[declaring], [token('Other', 'a')]],
      "requires the unknown scope me: Other declares a. Correct it, or add it to the scheme's scopes",
    ],
    [
      'a scope that no scheme of an alternative declares',
      ['b'],
      [[declaring, token('Other', 'a')]],
      "requires the unknown scope b: Token and Other declares me, items, a. Correct it, or add it to the scheme's scopes",
    ],
    [
      'a scope of a scheme that checks nothing',
      ['me'],
      [[unchecked]],
      'requires the scope me, which Unchecked cannot grant: define validate() and return the granted scopes',
    ],
    [
      'a declared scope of a scheme that checks nothing',
      ['me'],
      [[uncheckedToken]],
      'requires the scope me, which OAuth2PasswordBearer cannot grant: define validate() and return the granted scopes',
    ],
    [
      'a scope of schemes that check nothing',
      ['me'],
      [[unchecked, uncheckedToken]],
      'requires the scope me, which OAuth2PasswordBearer cannot grant: define validate() and return the granted scopes',
    ],
    [
      'a scope that only a scheme without validate declares',
      ['me'],
      [[uncheckedToken, key]],
      'requires the scope me, which OAuth2PasswordBearer cannot grant: define validate() and return the granted scopes',
    ],
    [
      'a scope of an anonymous alternative',
      ['me'],
      [[declaring], []],
      'requires the scope me but lets anonymous requests in: remove optional() or the scope',
    ],
    [
      'two scopes in one',
      ['me items'],
      [[declaring]],
      'requires "me items", which is not a scope (RFC 6749 3.3)',
    ],
    ['an empty scope', [''], [[key]], 'requires "", which is not a scope (RFC 6749 3.3)'],
    [
      'a quoted scope',
      ['"me"'],
      [[key]],
      'requires "\\"me\\"", which is not a scope (RFC 6749 3.3)',
    ],
    ['an emoji', ['🔑'], [[key]], 'requires "🔑", which is not a scope (RFC 6749 3.3)'],
  ])('throws when it is given %s', (_case, scopes, alternatives, message) => {
    expect(() => assertGrantable(scopes, alternatives)).toThrow(new ConfigurationError(message));
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
  ])('throws when a scope is %s', (_case, scope) => {
    expect(() => assertGrantable([scope as never], [[key]])).toThrow(ConfigurationError);
  });
});

describe('grantersOf', () => {
  const other = token('Other', 'me');

  it('asks each of those that declare a scope, and any of those that declare none', () => {
    expect(grantersOf('me', [declaring, other, key]).every).toBe(true);
    expect(grantersOf('a', [declaring, key, open]).every).toBe(false);
  });

  it.each<[string, string, RegisteredScheme[], RegisteredScheme[]]>([
    ['of a declared scope: the scheme that declares it', 'me', [declaring], [declaring]],
    ['beside others: only the scheme that declares it', 'me', [key, declaring, open], [declaring]],
    ['that several declare: each of them', 'me', [declaring, other, key], [declaring, other]],
    ['that none declares: those that declare none', 'a', [declaring, key, open], [key, open]],
    ['that none declares: none without validate', 'a', [unchecked, key], [key]],
    ['of a name of the prototype', 'toString', [declaring], []],
    [
      'that a scheme without validate declares: only that',
      'me',
      [uncheckedToken, key],
      [uncheckedToken],
    ],
  ])('tells who must grant a scope %s', (_case, scope, alternative, expected) => {
    expect(grantersOf(scope, alternative).schemes).toStrictEqual(expected);
  });
});

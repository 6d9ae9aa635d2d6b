import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import type { SecurityScheme, SecuritySchemeOptions } from '../../lib/schemes/security-scheme.js';

type Create = (options: SecuritySchemeOptions<unknown, string>) => SecurityScheme;

const accept = () => ({ user: 'john' });
const tokenUrl = 'token';

const schemes: [string, Create][] = [
  ['APIKeyHeader', (options) => new APIKeyHeader({ name: 'key', ...options })],
  ['APIKeyQuery', (options) => new APIKeyQuery({ name: 'key', ...options })],
  ['APIKeyCookie', (options) => new APIKeyCookie({ name: 'key', ...options })],
  ['HTTPBasic', (options) => new HTTPBasic(options)],
  ['HTTPBearer', (options) => new HTTPBearer(options)],
  ['HTTPScheme', (options) => new HTTPScheme({ scheme: 'Negotiate', ...options })],
  [
    'OAuth2',
    (options) => new OAuth2({ flows: { password: { tokenUrl, scopes: {} } }, ...options }),
  ],
  ['OAuth2PasswordBearer', (options) => new OAuth2PasswordBearer({ tokenUrl, ...options })],
  [
    'OAuth2AuthorizationCodeBearer',
    (options) =>
      new OAuth2AuthorizationCodeBearer({ tokenUrl, authorizationUrl: 'authorize', ...options }),
  ],
  [
    'OAuth2ClientCredentialsBearer',
    (options) => new OAuth2ClientCredentialsBearer({ tokenUrl, ...options }),
  ],
  ['OpenIdConnect', (options) => new OpenIdConnect({ openIdConnectUrl: 'openid', ...options })],
];

describe.each(schemes)('%s', (name, create) => {
  it('is called after its class', () => {
    expect(create({}).schemeName).toBe(name);
  });

  it.each(['Staff', 'a.b-c_1', '0'])('accepts the schemeName %s', (schemeName) => {
    expect(create({ schemeName }).schemeName).toBe(schemeName);
  });

  it.each(['', 'a b', 'a/b', 'é', 'a\n', '{a}'])('throws when it is called %j', (schemeName) => {
    expect(() => create({ schemeName })).toThrow(
      new ConfigurationError(
        `"${schemeName}" cannot be a schemeName: use letters, digits, ".", "_" and "-" only`,
      ),
    );
  });

  it('asks for credentials by default', () => {
    expect(create({}).autoError).toBe(true);
  });

  it('asks for no credentials with autoError: false', () => {
    expect(create({ autoError: false }).autoError).toBe(false);
  });

  it('keeps the validate it is given', () => {
    const validate = () => ({ user: 'jane' });
    expect(create({ validate }).validate).toBe(validate);
  });

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'validate is undefined, so that whatever is sent would be accepted'],
    ['null', null, 'validate must be a function'],
    ['a text', 'validate', 'validate must be a function'],
  ])('throws when it is given a validate that is %s', (_case, validate, message) => {
    const options = { schemeName: 'Lost', validate: validate as never };
    expect(() => create(options)).toThrow(ConfigurationError);
    expect(() => create(options)).toThrow(`Lost: ${message}`);
  });

  it('is given none where it says that none is meant', () => {
    const options = { validate: undefined as never, unvalidated: true };
    expect(create(options).validate).toBeUndefined();
  });

  it('describes itself with a description', () => {
    expect(create({ description: 'For **staff**.' }).describe()).toMatchObject({
      description: 'For **staff**.',
    });
  });

  it('describes itself without one', () => {
    expect(create({}).describe()).not.toHaveProperty('description');
  });
});

describe('SecurityScheme', () => {
  class Staff extends HTTPBearer<string> {
    override validate() {
      return { user: 'staff' };
    }
  }

  it('is called after the subclass', () => {
    expect(new Staff().schemeName).toBe('Staff');
  });

  it('throws when it has validate twice', () => {
    expect(() => new Staff({ validate: accept })).toThrow(
      new ConfigurationError(
        'Staff defines validate() and is given the option validate: keep one of them',
      ),
    );
  });

  it('keeps the validate of its class where the option is undefined', () => {
    expect(new Staff({ validate: undefined as never }).validate).toBe(Staff.prototype.validate);
  });

  // Bundlers use $ in the names that they give.
  it.each(['', '$', 'a$'])('throws when its class is called %j', (className) => {
    const Class = class extends HTTPBearer {};
    Object.defineProperty(Class, 'name', { value: className });
    expect(() => new Class()).toThrow(
      new ConfigurationError(
        `A scheme cannot be documented by the name of its class, "${className}": set schemeName. If a bundler minified the names of classes, it can keep them (esbuild: keepNames, terser: keep_classnames, rolldown: keepNames)`,
      ),
    );
    expect(new Class({ schemeName: 'Staff' }).schemeName).toBe('Staff');
  });

  it('has no validate unless one is given', () => {
    expect(new HTTPBearer().validate).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { PassportScheme } from '../../lib/passport/passport.scheme.js';
import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { forgottenValidate } from '../../lib/schemes/forgotten-validate.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import { MutualTLS } from '../../lib/schemes/mutual-tls.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import { SecurityScheme } from '../../lib/schemes/security-scheme.js';

const tokenUrl = 'token';
const flows = { password: { tokenUrl, scopes: {} } };
const openIdConnectUrl = 'https://login.example/.well-known/openid-configuration';
const strategy = { authenticate: () => undefined };

class Key extends APIKeyHeader {
  constructor() {
    super({ name: 'X-API-Key' });
  }
}

class Own extends SecurityScheme<string> {
  describe = () => ({ type: 'http', scheme: 'own' }) as const;
  extract = () => undefined;
  challenge = () => 'Own';
}

const fix =
  'so that it accepts whatever is sent: define validate(), or pass unvalidated: true where that is meant';

describe('forgottenValidate', () => {
  it.each<[string, SecurityScheme]>([
    ['APIKeyCookie', new APIKeyCookie({ name: 'a' })],
    ['APIKeyHeader', new APIKeyHeader({ name: 'a' })],
    ['APIKeyQuery', new APIKeyQuery({ name: 'a' })],
    ['HTTPBasic', new HTTPBasic()],
    ['HTTPBearer', new HTTPBearer()],
    ['HTTPScheme', new HTTPScheme({ scheme: 'Negotiate' })],
    ['MutualTLS', new MutualTLS()],
    ['OAuth2', new OAuth2({ flows })],
    [
      'OAuth2AuthorizationCodeBearer',
      new OAuth2AuthorizationCodeBearer({ tokenUrl, authorizationUrl: 'authorize' }),
    ],
    ['OAuth2ClientCredentialsBearer', new OAuth2ClientCredentialsBearer({ tokenUrl })],
    ['OAuth2PasswordBearer', new OAuth2PasswordBearer({ tokenUrl })],
    ['OpenIdConnect', new OpenIdConnect({ openIdConnectUrl })],
  ])('takes an instance of %s for what it is', (_, scheme) => {
    expect(scheme.validate).toBeUndefined();
    expect(forgottenValidate(scheme)).toBeUndefined();
  });

  it.each<[string, SecurityScheme]>([
    [
      'a class of its own',
      new (class A extends Key {
        override validate() {
          return null;
        }
      })(),
    ],
    [
      'a class that extends such a class',
      new (class Outer extends class Inner extends Key {
        override validate() {
          return null;
        }
      } {})(),
    ],
    ['an option', new (class Keys extends APIKeyHeader {})({ name: 'a', validate: () => null })],
    ['HTTPDigest', new (class A extends HTTPDigest {})({ findUser: () => null })],
    [
      'PassportScheme',
      new (class A extends PassportScheme {})({
        strategy,
        securityScheme: { type: 'http', scheme: 'bearer' },
      }),
    ],
  ])('finds validate in %s', (_, scheme) => {
    expect(forgottenValidate(scheme)).toBeUndefined();
  });

  it.each<[string, SecurityScheme]>([
    ['by an option', new (class A extends HTTPBearer {})({ unvalidated: true })],
    [
      'by a field',
      new (class A extends Own {
        override readonly unvalidated = true;
      })(),
    ],
  ])('believes a class that says %s that it has none', (_, scheme) => {
    expect(forgottenValidate(scheme)).toBeUndefined();
  });

  it.each<[string, SecurityScheme, string]>([
    ['a class', new Key(), `Key extends APIKeyHeader without validate(), ${fix}`],
    [
      'a class without a constructor',
      new (class Token extends HTTPBearer {})(),
      `Token extends HTTPBearer without validate(), ${fix}`,
    ],
    [
      'a class of a class',
      new (class Outer extends Key {})(),
      `Outer extends APIKeyHeader without validate(), ${fix}`,
    ],
    ['a scheme of its own', new Own(), `Own extends SecurityScheme without validate(), ${fix}`],
    [
      'a misspelt method',
      new (class Misspelt extends Key {
        valdiate() {
          return null;
        }
      })(),
      `Misspelt extends APIKeyHeader without validate() (it has valdiate()), ${fix}`,
    ],
    [
      'another name, inherited',
      new (class Outer extends class Inner extends Key {
        authenticate() {
          return null;
        }
      } {})(),
      `Outer extends APIKeyHeader without validate() (it has authenticate()), ${fix}`,
    ],
    [
      'a misspelt field',
      new (class Field extends Key {
        verify = () => null;
      })(),
      `Field extends APIKeyHeader without validate() (it has verify()), ${fix}`,
    ],
    [
      'a class without a name',
      new (class extends HTTPBearer {})({ schemeName: 'Named' }),
      `Named extends HTTPBearer without validate(), ${fix}`,
    ],
  ])('names %s', (_, scheme, problem) => {
    expect(forgottenValidate(scheme)).toBe(problem);
  });

  it('is not asked of a scheme that both has validate and says that it has none', () => {
    expect(() => new HTTPBearer({ unvalidated: true, validate: () => null })).toThrow(
      new ConfigurationError(
        'HTTPBearer has validate() and is given the option unvalidated: keep one of them',
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import {
  AuthorizationCodeForm,
  OAuth2AuthorizationCodeRequestForm,
} from '../../lib/token-endpoint/authorization-code-form.js';
import {
  ClientCredentialsForm,
  OAuth2ClientCredentialsRequestForm,
} from '../../lib/token-endpoint/client-credentials-form.js';
import {
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
  PasswordForm,
} from '../../lib/token-endpoint/password-form.js';
import {
  OAuth2RefreshTokenRequestForm,
  RefreshTokenForm,
} from '../../lib/token-endpoint/refresh-token-form.js';
import { OAuth2RequestForm } from '../../lib/token-endpoint/request-form.js';
import { tokenFormOf } from '../../lib/token-endpoint/token-form.decorator.js';
import { GRANTS, TokenRequest } from '../../lib/token-endpoint/token-request.js';

class TenantForm extends OAuth2PasswordRequestForm {}
class StrictTenantForm extends OAuth2PasswordRequestFormStrict {}

class Base {
  lenient(@PasswordForm() form: OAuth2PasswordRequestForm): unknown {
    return form;
  }

  overridden(@PasswordForm() form: OAuth2PasswordRequestForm): unknown {
    return form;
  }

  none(): void {}
}

class Derived extends Base {
  override overridden(@PasswordForm({ strict: true }) form: OAuth2PasswordRequestForm): unknown {
    return form;
  }
}

class Grants {
  client(@ClientCredentialsForm() form: object): unknown {
    return form;
  }

  code(@AuthorizationCodeForm() form: object): unknown {
    return form;
  }

  refresh(@RefreshTokenForm() form: object): unknown {
    return form;
  }

  any(@TokenRequest() form: object): unknown {
    return form;
  }

  some(@TokenRequest({ grants: ['refresh_token', 'password', 'refresh_token'] }) form: object) {
    return form;
  }

  mixed(@TokenRequest({ grants: ['refresh_token', TenantForm] }) form: object) {
    return form;
  }

  extended(_other: string, @PasswordForm() form: TenantForm) {
    return form;
  }

  strict(@PasswordForm() form: StrictTenantForm) {
    return form;
  }

  piped(@PasswordForm() user: Base) {
    return user;
  }

  whatever(@RefreshTokenForm() form: OAuth2RequestForm) {
    return form;
  }

  single(@TokenRequest({ grants: ['password'] }) form: StrictTenantForm) {
    return form;
  }
}

describe('The form of a handler', () => {
  it.each([
    ['its own', Base.prototype, 'lenient', [OAuth2PasswordRequestForm]],
    ['an inherited one', Derived.prototype, 'lenient', [OAuth2PasswordRequestForm]],
    ['the overriding one', Derived.prototype, 'overridden', [OAuth2PasswordRequestFormStrict]],
    ['the overridden one, unchanged', Base.prototype, 'overridden', [OAuth2PasswordRequestForm]],
    ['none', Base.prototype, 'none', undefined],
  ])('is %s', (_case, prototype, key, expected) => {
    expect(tokenFormOf(prototype, key)?.forms).toEqual(expected);
  });

  it.each([
    ['client', [OAuth2ClientCredentialsRequestForm]],
    ['code', [OAuth2AuthorizationCodeRequestForm]],
    ['refresh', [OAuth2RefreshTokenRequestForm]],
    ['any', GRANTS],
    ['some', [OAuth2RefreshTokenRequestForm, OAuth2PasswordRequestFormStrict]],
    ['mixed', [OAuth2RefreshTokenRequestForm, TenantForm]],
  ] as const)('is that of the decorator: %s', (handler, forms) => {
    expect(tokenFormOf(Grants.prototype, handler)?.forms).toEqual(forms);
  });

  it.each([
    ['extends it', 'extended', TenantForm],
    ['extends it, and is strict', 'strict', StrictTenantForm],
    ['extends the only one of several', 'single', StrictTenantForm],
    ['is the base of all forms', 'whatever', OAuth2RefreshTokenRequestForm],
    ['is none, as a pipe may deliver', 'piped', OAuth2PasswordRequestForm],
  ] as const)('is the declared type, where that %s', (_case, handler, Form) => {
    expect(tokenFormOf(Grants.prototype, handler)?.forms).toEqual([Form]);
  });

  it("throws on a parameter that is no handler's", () => {
    expect(() => RefreshTokenForm()(Grants, undefined, 0)).toThrow(
      new ConfigurationError('@RefreshTokenForm() belongs to a parameter of a handler'),
    );
  });

  it('leaves the types of other parameters to Nest, and hides its own from its pipes', () => {
    expect(Reflect.getMetadata('design:paramtypes', Grants.prototype, 'extended')).toEqual([
      String,
      Object,
    ]);
  });

  it.each([
    ['that of another grant', RefreshTokenForm(), 'OAuth2RefreshTokenRequestForm'],
    ['one that is not strict', PasswordForm({ strict: true }), 'OAuth2PasswordRequestFormStrict'],
    [
      'one of several',
      TokenRequest({ grants: ['refresh_token', 'password'] }),
      'OAuth2RefreshTokenRequestForm',
    ],
  ])('throws where the declared type is none of its own: %s', (_case, decorator, read) => {
    class Handlers {
      token(form: TenantForm): unknown {
        return form;
      }
    }
    Reflect.defineMetadata('design:paramtypes', [TenantForm], Handlers.prototype, 'token');
    expect(() => decorator(Handlers.prototype, 'token', 0)).toThrow(
      expect.objectContaining({
        name: ConfigurationError.name,
        message: expect.stringMatching(
          new RegExp(
            `^Handlers\\.token: @\\w+\\(\\) reads ${read}, which TenantForm does not extend$`,
          ),
        ),
      }),
    );
    expect(tokenFormOf(Handlers.prototype, 'token')).toBeUndefined();
  });
});

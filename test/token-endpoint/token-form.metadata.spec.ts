import { describe, expect, it } from 'vitest';
import { AuthorizationCodeForm } from '../../lib/decorators/authorization-code-form.decorator.js';
import { ClientCredentialsForm } from '../../lib/decorators/client-credentials-form.decorator.js';
import { PasswordForm } from '../../lib/decorators/password-form.decorator.js';
import { RefreshTokenForm } from '../../lib/decorators/refresh-token-form.decorator.js';
import { TokenRequest } from '../../lib/decorators/token-request.decorator.js';
import type { OAuth2PasswordRequestForm } from '../../lib/token-endpoint/password-form.js';
import { tokenFormOf } from '../../lib/token-endpoint/token-form.metadata.js';

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

describe('tokenFormOf', () => {
  it.each([
    ['its own', Base.prototype, 'lenient', { grant: 'password', strict: false }],
    ['an inherited one', Derived.prototype, 'lenient', { grant: 'password', strict: false }],
    ['the overriding one', Derived.prototype, 'overridden', { grant: 'password', strict: true }],
    [
      'the overridden one, unchanged',
      Base.prototype,
      'overridden',
      { grant: 'password', strict: false },
    ],
    ['none', Base.prototype, 'none', undefined],
  ])('finds %s', (_case, prototype, key, expected) => {
    expect(tokenFormOf(prototype, key)).toEqual(expected);
  });
});

class Grants {
  client_credentials(@ClientCredentialsForm() form: object): unknown {
    return form;
  }

  authorization_code(@AuthorizationCodeForm() form: object): unknown {
    return form;
  }

  refresh_token(@RefreshTokenForm() form: object): unknown {
    return form;
  }

  any(@TokenRequest() form: object): unknown {
    return form;
  }

  some(@TokenRequest({ grants: ['refresh_token', 'password', 'refresh_token'] }) form: object) {
    return form;
  }
}

describe('The metadata of a form', () => {
  it.each([
    ['client_credentials', 'client_credentials'],
    ['authorization_code', 'authorization_code'],
    ['refresh_token', 'refresh_token'],
    ['any', ['authorization_code', 'client_credentials', 'password', 'refresh_token']],
    ['some', ['refresh_token', 'password']],
  ] as const)('tells the grants of %s, which need their grant_type', (handler, grant) => {
    expect(tokenFormOf(Grants.prototype, handler)).toEqual({ grant, strict: true });
  });
});

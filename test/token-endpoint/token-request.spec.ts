import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { OAuth2PasswordRequestForm } from '../../lib/token-endpoint/password-form.js';
import { OAuth2RequestForm } from '../../lib/token-endpoint/request-form.js';
import { TokenRequest, type TokenRequestOptions } from '../../lib/token-endpoint/token-request.js';

class WithoutGrant extends OAuth2RequestForm {}

describe('TokenRequest', () => {
  const noForm = 'holds what is no class of forms with a `grant` of its own';
  it.each<[string, unknown[], string]>([
    ['no grant', [], 'is empty'],
    ['an unknown grant', ['password', 'implicit'], "names 'implicit', which has no form"],
    ['a property of every object', ['toString'], "names 'toString', which has no form"],
    ['a grant twice', ['password', OAuth2PasswordRequestForm], "has two forms of 'password'"],
    ['a form without a grant', [WithoutGrant], noForm],
    ['a class that is no form', [Map], noForm],
    ['undefined', [undefined], noForm],
  ])('throws if it lists %s', (_case, grants, problem) => {
    expect(() => TokenRequest({ grants: grants as TokenRequestOptions['grants'] })).toThrow(
      new ConfigurationError(
        `@TokenRequest({ grants }) ${problem}: name some of ` +
          'authorization_code, client_credentials, password, refresh_token',
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { PasswordForm } from '../../lib/decorators/password-form.decorator.js';
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

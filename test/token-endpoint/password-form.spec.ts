import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
} from '../../lib/token-endpoint/password-form.js';

const fields = {
  username: 'johndoe',
  password: 'A3ddj3w',
  scopes: ['me'],
  clientId: 's6BhdRkqt3',
  clientSecret: '7Fjfp0ZBr1KtDRbnfVdmIw',
};

describe.each([
  { Form: OAuth2PasswordRequestForm, grantType: null },
  { Form: OAuth2PasswordRequestFormStrict, grantType: 'password' },
])('$Form.name', ({ Form, grantType }) => {
  it('has plain fields', () => {
    expect({ ...new Form(fields) }).toEqual({ grantType, ...fields });
  });

  it('needs a user name and a password only', () => {
    expect({ ...new Form({ username: 'a', password: 'b' }) }).toEqual({
      grantType,
      username: 'a',
      password: 'b',
      scopes: [],
      clientId: null,
      clientSecret: null,
    });
  });

  it('does not give its secrets away in JSON', () => {
    expect(JSON.parse(JSON.stringify({ form: new Form(fields) }))).toEqual({
      form: { grantType, ...fields, password: '[redacted]', clientSecret: '[redacted]' },
    });
  });

  it.each([
    ['inspected', (form: object) => inspect(form)],
    ['inspected with hidden fields', (form: object) => inspect(form, { showHidden: true })],
    ['inspected within another object', (form: object) => inspect({ body: { form } })],
    ['made a string', (form: object) => String(form)],
  ])('does not give its secrets away %s', (_way, show) => {
    const shown = show(new Form(fields));
    expect(shown).not.toContain(fields.password);
    expect(shown).not.toContain(fields.clientSecret);
  });

  it('shows its name and its other fields when inspected', () => {
    const shown = inspect(new Form({ username: 'johndoe', password: 'A3ddj3w' }), {
      breakLength: Infinity,
    });
    expect(shown).toBe(
      `${Form.name} { grantType: ${inspect(grantType)}, username: 'johndoe', ` +
        `password: '[redacted]', scopes: [], clientId: null, clientSecret: null }`,
    );
  });
});

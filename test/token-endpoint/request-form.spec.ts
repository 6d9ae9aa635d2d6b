import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { OAuth2AuthorizationCodeRequestForm } from '../../lib/token-endpoint/authorization-code-form.js';
import { OAuth2ClientCredentialsRequestForm } from '../../lib/token-endpoint/client-credentials-form.js';
import { fieldsOf, propertyOf } from '../../lib/token-endpoint/grant.js';
import { OAuth2PasswordRequestForm } from '../../lib/token-endpoint/password-form.js';
import { OAuth2RefreshTokenRequestForm } from '../../lib/token-endpoint/refresh-token-form.js';
import { GRANTS } from '../../lib/token-endpoint/token-request.js';

const REDACTED = '[redacted]';
const client = { clientId: 's6BhdRkqt3', clientSecret: 'gX1fBat3bV' };
const code = 'SplxlOBeZQQYbYS6WxSbIA';
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const refreshToken = 'tGzv3JOkF0XG5Qx2TlKWIA';

const forms = [
  {
    name: 'OAuth2ClientCredentialsRequestForm',
    form: new OAuth2ClientCredentialsRequestForm({ ...client, scopes: ['me'] }),
    fields: { grantType: 'client_credentials', scopes: ['me'], ...client },
    shown: { clientSecret: REDACTED },
    smallest: new OAuth2ClientCredentialsRequestForm(client),
    defaults: { scopes: [] },
  },
  {
    name: 'OAuth2AuthorizationCodeRequestForm',
    form: new OAuth2AuthorizationCodeRequestForm({
      code,
      codeVerifier,
      redirectUri: 'app:/cb',
      ...client,
    }),
    fields: {
      grantType: 'authorization_code',
      code,
      redirectUri: 'app:/cb',
      codeVerifier,
      ...client,
    },
    shown: { code: REDACTED, codeVerifier: REDACTED, clientSecret: REDACTED },
    smallest: new OAuth2AuthorizationCodeRequestForm({ code, clientId: client.clientId }),
    defaults: { redirectUri: null, codeVerifier: null, clientSecret: null },
  },
  {
    name: 'OAuth2RefreshTokenRequestForm',
    form: new OAuth2RefreshTokenRequestForm({ refreshToken, scopes: ['me'], ...client }),
    fields: { grantType: 'refresh_token', refreshToken, scopes: ['me'], ...client },
    shown: { refreshToken: REDACTED, clientSecret: REDACTED },
    smallest: new OAuth2RefreshTokenRequestForm({ refreshToken }),
    defaults: { scopes: [], clientId: null, clientSecret: null },
  },
];
const secrets = [code, codeVerifier, refreshToken, client.clientSecret];

describe.each(forms)('$name', ({ name, form, fields, shown, smallest, defaults }) => {
  it('has plain fields', () => {
    expect({ ...form }).toEqual(fields);
  });

  it('needs its required fields only', () => {
    expect({ ...smallest }).toEqual({ ...fields, ...defaults });
  });

  it('does not give its secrets away in JSON', () => {
    expect(JSON.parse(JSON.stringify({ form }))).toEqual({ form: { ...fields, ...shown } });
  });

  it('shows a secret that it does not have as null', () => {
    const absent = Object.entries(defaults).filter(([, value]) => value === null);
    expect(smallest.toJSON()).toMatchObject(Object.fromEntries(absent));
  });

  it.each([
    ['inspected', (form: object) => inspect(form)],
    ['inspected with hidden fields', (form: object) => inspect(form, { showHidden: true })],
    ['inspected within another object', (form: object) => inspect({ body: { form } })],
    ['made a string', (form: object) => String(form)],
  ])('does not give its secrets away %s', (_way, show) => {
    for (const secret of secrets) expect(show(form)).not.toContain(secret);
  });

  it('shows its name and its other fields when inspected', () => {
    expect(inspect(form)).toMatch(new RegExp(`^${name} \\{`));
    expect(inspect(form)).toContain(client.clientId);
  });
});

class OtpForm extends OAuth2PasswordRequestForm {
  readonly otp?: string;
}

describe.each([...GRANTS, OAuth2PasswordRequestForm, OtpForm])(
  '$name, filled by its table',
  (Form) => {
    const fields = Object.entries(fieldsOf(Form.grant));
    const values = Object.fromEntries(
      fields.map(([name]) => [propertyOf(name), `canary of ${name}`]),
    );
    const form = Object.assign(new Form(values as never), values);

    it.each(fields)('shows %s unless that is secret', (name, { secret = false }) => {
      const shown = secret ? REDACTED : `canary of ${name}`;
      expect(form.toJSON()).toHaveProperty(propertyOf(name), shown);
      for (const text of [
        JSON.stringify([form]),
        inspect({ form }, { depth: 9, showHidden: true }),
      ]) {
        expect(text.includes(`canary of ${name}`)).toBe(!secret);
      }
    });

    it('has every secret that OAuth knows by its name in the table', () => {
      const secrets = fields.filter(([, { secret }]) => secret).map(([name]) => name);
      const named = fields
        .map(([name]) => name)
        .filter((name) => /secret|password|token$|code/.test(name));
      expect(secrets).toEqual(named);
    });
  },
);

describe('A form with a field that its table does not have', () => {
  it('does not show it, since nobody says that it is no secret', () => {
    const form = Object.assign(new OtpForm({ username: 'john', password: 'p' }), { otp: '123456' });
    expect(form.toJSON()).toMatchObject({ username: 'john', otp: REDACTED });
    expect(inspect(form)).not.toContain('123456');
  });
});

import { IsIn, IsOptional, IsString, Matches, registerDecorator } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { readTokenForm } from '../../lib/token-endpoint/form-reader.js';
import { fieldsOf } from '../../lib/token-endpoint/grant.js';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';
import {
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
} from '../../lib/token-endpoint/password-form.js';
import type { OAuth2FormClass } from '../../lib/token-endpoint/request-form.js';
import { GRANTS } from '../../lib/token-endpoint/token-request.js';

const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const read = (forms: readonly OAuth2FormClass[], body: unknown) =>
  readTokenForm({ headers, body }, forms, '@TokenRequest()');

async function refusal(forms: readonly OAuth2FormClass[], body: unknown): Promise<unknown> {
  try {
    return await read(forms, body);
  } catch (error) {
    if (error instanceof OAuth2Exception) return [error.code, error.message];
    throw error;
  }
}

const client = { client_id: 'a', client_secret: 'b' };
const examples: Record<string, string> = {
  code: 'SplxlOBeZQQYbYS6WxSbIA',
  username: 'johndoe',
  password: 'A3ddj3w',
  refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
};
const grants = GRANTS.map((Form) => {
  const required = Object.entries(fieldsOf(Form.grant))
    .filter(([, field]) => field.required)
    .map(([name]) => name);
  const valid: Record<string, unknown> = Object.fromEntries(
    required.map((name) => [name, examples[name]]),
  );
  const { grantType } = Form.grant;
  return { Form, grantType, required, valid: { ...valid, grant_type: grantType } };
});

describe.each(grants)('The form of $grantType', ({ Form, grantType, required, valid }) => {
  it('is read, with every property that its table has', async () => {
    const form = await read([Form], { ...valid, ...client });
    expect(form).toBeInstanceOf(Form);
    expect(form).toMatchObject({ grantType, clientId: 'a', clientSecret: 'b' });
    expect(Object.keys(form)).toEqual(
      Object.keys(fieldsOf(Form.grant)).map((name) =>
        name === 'scope' ? 'scopes' : name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
      ),
    );
  });

  it.each(grants.filter((other) => other.Form !== Form))(
    'is not that of $grantType',
    async (other) => {
      expect(await refusal([Form], { ...other.valid, ...client })).toEqual([
        'unsupported_grant_type',
        `The grant_type is not ${grantType}`,
      ]);
    },
  );

  it('is refused without any of its required fields', async () => {
    expect(await refusal([Form], { ...client, scope: 'me' })).toEqual([
      'invalid_request',
      `Missing: ${required.join(', ')}`,
    ]);
  });

  it.each(['', undefined])('is refused with required fields that are %j', async (empty) => {
    const body = Object.fromEntries(required.map((name) => [name, empty]));
    expect(await refusal([Form], body)).toEqual([
      'invalid_request',
      `Missing: ${required.join(', ')}`,
    ]);
  });

  it.each([
    ['an array', ['a', 'a']],
    ['an array of one', ['a']],
    ['an object', { a: 'b' }],
    ['a number', 1],
    ['a boolean', true],
    ['null', null],
    ['bytes', Buffer.from('a')],
  ])('is refused with fields that are %s, before anything else', async (_case, value) => {
    const names = Object.keys(fieldsOf(Form.grant));
    const body = Object.fromEntries(names.map((name) => [name, value]));
    expect(await refusal([Form], body)).toEqual([
      'invalid_request',
      `Expected a single value: ${names.join(', ')}`,
    ]);
  });

  it.each<[string, unknown]>([
    ['a body inherits', Object.create({ ...valid, ...client })],
    [
      'stands under the keys of prototypes',
      JSON.parse('{"__proto__":{"grant_type":"x","code":"x"},"constructor":{"grant_type":"x"}}'),
    ],
    ['is text', 'grant_type=password'],
    ['is bytes', Buffer.from('grant_type=password')],
    ['is absent', undefined],
    ['is null', null],
  ])('has nothing that %s', async (_case, body) => {
    expect(await refusal([Form], body)).toEqual([
      'invalid_request',
      `Missing: ${required.join(', ')}`,
    ]);
  });

  it('is read from a body without a prototype', async () => {
    const body: unknown = Object.assign(Object.create(null), valid, client);
    expect(await read([Form], body)).toMatchObject({ grantType });
  });
});

describe('The form of the password grant', () => {
  const valid = { username: 'johndoe', password: 'A3ddj3w' };
  const unsupported = ['unsupported_grant_type', 'The grant_type is not password'];

  it.each<[string, unknown, unknown]>([
    ['another grant', { ...valid, grant_type: 'client_credentials' }, unsupported],
    ['another grant, with fields missing', { grant_type: 'refresh_token' }, unsupported],
    ['another case', { ...valid, grant_type: 'Password' }, unsupported],
    ['a space behind', { ...valid, grant_type: 'password ' }, unsupported],
    [
      'repeated fields, before anything else',
      { grant_type: 'x', username: ['a', 'b'], scope: ['a', 'b'] },
      ['invalid_request', 'Expected a single value: username, scope'],
    ],
    [
      'a malformed scope',
      { ...valid, grant_type: 'password', scope: 'a"b' },
      ['invalid_scope', 'Malformed scope'],
    ],
  ])('is refused with %s, strict or not', async (_case, body, expected) => {
    expect(await refusal([OAuth2PasswordRequestForm], body)).toEqual(expected);
    expect(await refusal([OAuth2PasswordRequestFormStrict], body)).toEqual(expected);
  });

  it.each([valid, { ...valid, grant_type: '' }])(
    'may lack its grant_type unless strict: %j',
    async (body) => {
      expect(await read([OAuth2PasswordRequestForm], body)).toMatchObject({ grantType: null });
      expect(await refusal([OAuth2PasswordRequestFormStrict], body)).toEqual([
        'invalid_request',
        'Missing: grant_type',
      ]);
    },
  );
});

describe('Which of several grants a form is', () => {
  const unsupported = (...names: string[]) => [
    'unsupported_grant_type',
    `The grant_type is none of ${names.join(', ')}`,
  ];
  const all = unsupported('authorization_code', 'client_credentials', 'password', 'refresh_token');

  it.each(grants)('finds $grantType', async ({ Form, valid }) => {
    expect(await read(GRANTS, { ...valid, ...client })).toBeInstanceOf(Form);
  });

  it.each<[string, unknown, unknown]>([
    ['no grant_type', {}, ['invalid_request', 'Missing: grant_type']],
    ['no body', undefined, ['invalid_request', 'Missing: grant_type']],
    ['an empty one', { grant_type: '' }, ['invalid_request', 'Missing: grant_type']],
    [
      'two of them',
      { grant_type: ['password', 'password'] },
      ['invalid_request', 'Expected a single value: grant_type'],
    ],
    ['an unknown one', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }, all],
    ['another case', { grant_type: 'Password' }, all],
    ['a space behind', { grant_type: 'password ' }, all],
    ['a property of every object', { grant_type: 'toString' }, all],
    ['a prototype', { grant_type: '__proto__' }, all],
  ])('refuses %s', async (_case, body, expected) => {
    expect(await refusal(GRANTS, body)).toEqual(expected);
  });

  it('refuses a grant that is not listed', async () => {
    const [code, , , refresh] = GRANTS;
    expect(await refusal([code, refresh], { grant_type: 'password' })).toEqual(
      unsupported('authorization_code', 'refresh_token'),
    );
  });
});

function IsNotTaken(): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isNotTaken',
      target: target.constructor,
      propertyName: propertyName as string,
      options: { message: 'Taken' },
      async: true,
      validator: { validate: async (value) => value !== 'taken' },
    });
}

class TenantForm extends OAuth2PasswordRequestForm {
  @Matches(/^[a-z]+$/, { message: 'Malformed tenant', context: { error: 'invalid_target' } })
  readonly tenant!: string;

  @IsOptional()
  @IsNotTaken()
  readonly deviceName?: string;

  @IsOptional()
  @IsIn(['https://a.example', 'https://b.example'], { each: true, message: 'Unknown resource' })
  readonly resource: string[] = ['https://a.example'];

  readonly undecorated?: string;
}

class NarrowForm extends TenantForm {
  @IsIn(['app'], { message: 'Unknown client' })
  declare readonly clientId: string;

  @IsIn(['me'], { each: true, message: 'Unknown scope', context: { error: 'invalid_scope' } })
  declare readonly scopes: string[];

  @IsString()
  otp: string;

  constructor(fields: ConstructorParameters<typeof TenantForm>[0] & { otp: string }) {
    super(fields);
    this.otp = fields.otp.trim();
  }
}

describe('A form with decorated fields of its own', () => {
  const valid = { username: 'a', password: 'b', tenant: 'acme' };

  it('is read and validated like its base', async () => {
    const form = await read([TenantForm], { ...valid, device_name: 'phone', undecorated: 'x' });
    expect(form).toBeInstanceOf(TenantForm);
    expect({ ...form }).toEqual({
      grantType: null,
      username: 'a',
      password: 'b',
      scopes: [],
      clientId: null,
      clientSecret: null,
      tenant: 'acme',
      deviceName: 'phone',
      resource: ['https://a.example'],
      undecorated: undefined,
    });
  });

  it.each<[string, object, unknown]>([
    ['none', { tenant: undefined }, ['invalid_request', 'Missing: tenant']],
    ['an empty one', { tenant: '' }, ['invalid_request', 'Missing: tenant']],
    ['one that is refused', { tenant: 'A' }, ['invalid_target', 'Malformed tenant']],
    ['two', { tenant: ['a', 'b'] }, ['invalid_request', 'Expected a single value: tenant']],
    ['an object', { tenant: { a: 'b' } }, ['invalid_request', 'Expected a single value: tenant']],
    [
      'two of an optional one',
      { device_name: ['a', 'b'] },
      ['invalid_request', 'Expected a single value: device_name'],
    ],
    ['one that is refused later', { device_name: 'taken' }, ['invalid_request', 'Taken']],
    [
      'one too many',
      { resource: ['https://a.example', 'x'] },
      ['invalid_request', 'Unknown resource'],
    ],
    [
      'one that is no text',
      { resource: ['https://a.example', { a: 'b' }] },
      ['invalid_request', 'Expected a single value: resource'],
    ],
    ['none of its base', { password: '' }, ['invalid_request', 'Missing: password']],
    [
      'another grant',
      { grant_type: 'x' },
      ['unsupported_grant_type', 'The grant_type is not password'],
    ],
  ])('is refused with %s', async (_case, fields, expected) => {
    expect(await refusal([TenantForm], { ...valid, ...fields })).toEqual(expected);
  });

  it.each<[unknown, string[]]>([
    ['https://b.example', ['https://b.example']],
    [
      ['https://a.example', 'https://b.example'],
      ['https://a.example', 'https://b.example'],
    ],
    [['', 'https://b.example', ''], ['https://b.example']],
    [['', ''], ['https://a.example']],
  ])('takes several values where its decorators say each: %j', async (resource, expected) => {
    expect(await read([TenantForm], { ...valid, resource })).toMatchObject({ resource: expected });
  });

  it('reads no property of its base by the name of the property', async () => {
    const body = { ...valid, clientId: 'x', grantType: 'y', deviceName: 'z', scopes: ['w'] };
    expect(await read([TenantForm], body)).toMatchObject({
      clientId: null,
      grantType: null,
      scopes: [],
    });
    expect(await read([TenantForm], body)).not.toHaveProperty('deviceName', 'z');
  });

  it('may narrow what its base has, and be constructed in its own way', async () => {
    const body = { ...valid, client_id: 'app', scope: 'me', otp: ' 1 ' };
    expect(await read([NarrowForm], body)).toMatchObject({
      clientId: 'app',
      scopes: ['me'],
      tenant: 'acme',
    });
    expect(await refusal([NarrowForm], { ...body, client_id: 'x' })).toEqual([
      'invalid_request',
      'Unknown client',
    ]);
    expect(await refusal([NarrowForm], { ...body, client_id: '' })).toEqual([
      'invalid_request',
      'Missing: client_id',
    ]);
    expect(await refusal([NarrowForm], { ...body, scope: 'me you' })).toEqual([
      'invalid_scope',
      'Unknown scope',
    ]);
    expect(await refusal([NarrowForm], { ...body, otp: ['1'] })).toEqual([
      'invalid_request',
      'Expected a single value: otp',
    ]);
  });

  it('changes nothing of its base', async () => {
    await read([TenantForm], valid);
    expect({
      ...(await read([OAuth2PasswordRequestForm], { ...valid, tenant: ['a', 'b'] })),
    }).not.toHaveProperty('tenant');
  });
});

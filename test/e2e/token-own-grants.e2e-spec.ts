import { inspect } from 'node:util';
import { Controller, Post } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { AuthModule } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import {
  type OAuth2Grant,
  OAuth2PasswordRequestForm,
  OAuth2RefreshTokenRequestForm,
  OAuth2RequestForm,
  PasswordForm,
  TokenEndpoint,
  TokenRequest,
} from 'nestjs-security/token-endpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  basic,
  invalidRequest,
  invalidScope,
  post,
  refused,
  sent,
} from '../token-endpoint/answers.js';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const CODE = 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS'; // RFC 8628, section 3.4

/** RFC 8628, section 3.4: all that a grant takes. */
class DeviceCodeForm extends OAuth2RequestForm {
  static override readonly grant: OAuth2Grant = {
    grantType: DEVICE,
    fields: {
      device_code: {
        required: true,
        secret: true,
        pattern: /^[\w-]{20,100}$/,
        description: 'What the device was given.',
      },
      scope: {},
    },
    client: 'named',
  };
  declare readonly deviceCode: string;
  declare readonly scopes: string[];
}

class TenantForm extends OAuth2PasswordRequestForm {
  @Matches(/^[a-z]+$/, { message: 'Malformed tenant' })
  readonly tenant!: string;

  @IsOptional()
  @Matches(/^\d{6}$/, { message: 'Malformed one-time password' })
  readonly oneTimePassword?: string;
}

@Controller()
class Tokens {
  @TokenEndpoint('device')
  device(@TokenRequest({ grants: [DeviceCodeForm] }) form: DeviceCodeForm): object {
    return { ...form, shown: `${JSON.stringify(form)}${inspect(form)}` };
  }

  @TokenEndpoint('any')
  any(
    @TokenRequest({ grants: ['refresh_token', DeviceCodeForm, TenantForm] })
    form: OAuth2RefreshTokenRequestForm | DeviceCodeForm | TenantForm,
  ): object {
    return { form: form.constructor.name };
  }

  @TokenEndpoint('tenant')
  tenant(@PasswordForm() form: TenantForm): object {
    return { ...form, shown: `${JSON.stringify(form)}${inspect(form)}` };
  }

  @Post('plain')
  plain(@TokenRequest({ grants: [DeviceCodeForm] }) form: DeviceCodeForm): object {
    return { ...form };
  }
}

const FORM = `grant_type=${encodeURIComponent(DEVICE)}&device_code=${CODE}&client_id=1406020730`;
const TENANT = 'username=john&password=hunter2&tenant=acme';

describe.each(adapters)('A grant of the application’s own on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [] })],
      controllers: [Tokens],
    });
  });
  afterAll(() => running.app.close());
  const send = (path: string, body: string, headers?: Record<string, string>) =>
    post(`${running.url}/${path}`, body, headers);

  it('is read by its table, and shows no secret', async () => {
    const answer = await send('device', `${FORM}&scope=a+b`);
    expect(answer).toMatchObject({
      status: 200,
      cacheControl: 'no-store',
      body: {
        grantType: DEVICE,
        deviceCode: CODE,
        scopes: ['a', 'b'],
        clientId: '1406020730',
        clientSecret: null,
        shown: expect.not.stringContaining(CODE),
      },
    });
    expect(answer).toMatchObject({ body: { shown: expect.stringContaining('1406020730') } });
  });

  it.each<[string, string, object]>([
    ['nothing', '', invalidRequest('Missing: grant_type, device_code')],
    ['no code', FORM.replace(CODE, ''), invalidRequest('Missing: device_code')],
    ['a malformed code', FORM.replace(CODE, 'short'), invalidRequest('Malformed device_code')],
    ['two codes', `${FORM}&device_code=x`, invalidRequest('Expected a single value: device_code')],
    ['no client', FORM.replace(/&client_id.*/, ''), invalidRequest('Missing: client_id')],
    ['a malformed scope', `${FORM}&scope=%22`, invalidScope],
    [
      'another grant',
      'grant_type=password&username=a&password=b',
      refused('unsupported_grant_type', `The grant_type is not ${DEVICE}`),
    ],
  ])('is refused with %s', async (_case, body, expected) => {
    expect(await send('device', body)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['DeviceCodeForm', FORM],
    ['OAuth2RefreshTokenRequestForm', 'grant_type=refresh_token&refresh_token=a'],
    ['TenantForm', `grant_type=password&${TENANT}`],
  ])('is taken among others: %s', async (form, body) => {
    expect(await send('any', body)).toEqual(sent(200, { form }));
  });

  it('is named where none of the others is', async () => {
    expect(await send('any', 'grant_type=client_credentials')).toEqual(
      refused(
        'unsupported_grant_type',
        `The grant_type is none of refresh_token, ${DEVICE}, password`,
      ),
    );
  });

  it('is documented by its table, at a token endpoint and elsewhere', () => {
    const { paths } = createDocument(running.app, new DocumentBuilder().build());
    const schema = {
      type: 'object',
      required: ['grant_type', 'device_code'],
      properties: {
        grant_type: { type: 'string', enum: [DEVICE] },
        device_code: {
          type: 'string',
          format: 'password',
          description: 'What the device was given.',
          pattern: '^[\\w-]{20,100}$',
        },
        scope: { type: 'string' },
        client_id: expect.objectContaining({ type: 'string' }),
        client_secret: { type: 'string', format: 'password' },
      },
    };
    const body = {
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema } },
    };
    expect(paths['/device']!.post!.requestBody).toEqual(body);
    expect(paths['/plain']!.post!.requestBody).toEqual(body);
    expect(Object.keys(paths['/device']!.post!.responses)).toEqual(['200', '400', '401']);
    expect(Object.keys(paths['/plain']!.post!.responses)).toEqual(['201']);
  });

  it('may be a subclass of the library’s, with decorated fields', async () => {
    const fields = {
      grantType: null,
      username: 'john',
      password: 'hunter2',
      scopes: [],
      clientId: 'a',
      clientSecret: 'b',
      tenant: 'acme',
      oneTimePassword: '123456',
    };
    const authorization = basic('a:b');
    const answer = await send('tenant', `${TENANT}&one_time_password=123456`, { authorization });
    expect(answer).toMatchObject({ status: 200, body: fields });
    expect(answer).toMatchObject({ body: { shown: expect.not.stringMatching(/hunter2|123456/) } });
  });

  it.each<[string, string, object]>([
    ['no field of its own', TENANT.replace('tenant', 'x'), invalidRequest('Missing: tenant')],
    ['a bad one', TENANT.replace('acme', 'ACME'), invalidRequest('Malformed tenant')],
    [
      'a bad optional one',
      `${TENANT}&one_time_password=x`,
      invalidRequest('Malformed one-time password'),
    ],
    ['two', `${TENANT}&tenant=b`, invalidRequest('Expected a single value: tenant')],
    ['no password', TENANT.replace('hunter2', ''), invalidRequest('Missing: password')],
  ])('refuses a subclass with %s', async (_case, body, expected) => {
    expect(await send('tenant', body)).toEqual(expected);
  });
});

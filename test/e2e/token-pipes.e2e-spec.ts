import {
  type ArgumentMetadata,
  Controller,
  Injectable,
  type PipeTransform,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';
import { IsIn } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
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
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { TokenRequest } from '../../lib/token-endpoint/token-request.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { invalidRequest, post, sent } from '../token-endpoint/answers.js';

class TenantForm extends OAuth2PasswordRequestForm {
  @IsIn(['acme'], { message: 'Unknown tenant' })
  readonly tenant!: string;
}

const seen: unknown[] = [];

@Injectable()
class Seen implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    seen.push(metatype);
    return value;
  }
}

@Controller()
class Tokens {
  @TokenEndpoint('password')
  password(@PasswordForm({}, Seen) form: OAuth2PasswordRequestForm): object {
    return this.answer(form);
  }
  @TokenEndpoint('strict')
  strict(@PasswordForm({ strict: true }) form: OAuth2PasswordRequestFormStrict): object {
    return this.answer(form);
  }
  @TokenEndpoint('code')
  code(@AuthorizationCodeForm() form: OAuth2AuthorizationCodeRequestForm): object {
    return this.answer(form);
  }
  @TokenEndpoint('client')
  client(@ClientCredentialsForm() form: OAuth2ClientCredentialsRequestForm): object {
    return this.answer(form);
  }
  @TokenEndpoint('refresh')
  refresh(@RefreshTokenForm() form: OAuth2RefreshTokenRequestForm): object {
    return this.answer(form);
  }
  @TokenEndpoint('one')
  one(@TokenRequest({ grants: [TenantForm] }) form: TenantForm): object {
    return this.answer(form);
  }
  @TokenEndpoint('tenant')
  tenant(@PasswordForm() form: TenantForm): object {
    return this.answer(form);
  }

  private answer(form: object): object {
    return { form: form.constructor.name, ...form };
  }
}

const client = { clientId: 'a', clientSecret: 'b' };
const CLIENT = 'client_id=a&client_secret=b';
const password = { username: 'john', password: 'p', scopes: ['x', 'y'], ...client };
const PASSWORD = `username=john&password=p&scope=x+y&${CLIENT}`;
const forms: [string, string, object][] = [
  ['password', PASSWORD, { form: 'OAuth2PasswordRequestForm', grantType: null, ...password }],
  [
    'strict',
    `grant_type=password&${PASSWORD}`,
    { form: 'OAuth2PasswordRequestFormStrict', grantType: 'password', ...password },
  ],
  [
    'code',
    `grant_type=authorization_code&code=c&${CLIENT}`,
    {
      form: 'OAuth2AuthorizationCodeRequestForm',
      grantType: 'authorization_code',
      code: 'c',
      redirectUri: null,
      codeVerifier: null,
      ...client,
    },
  ],
  [
    'client',
    `grant_type=client_credentials&scope=x&${CLIENT}`,
    {
      form: 'OAuth2ClientCredentialsRequestForm',
      grantType: 'client_credentials',
      scopes: ['x'],
      ...client,
    },
  ],
  [
    'refresh',
    `grant_type=refresh_token&refresh_token=r&${CLIENT}`,
    {
      form: 'OAuth2RefreshTokenRequestForm',
      grantType: 'refresh_token',
      refreshToken: 'r',
      scopes: [],
      ...client,
    },
  ],
  ...['one', 'tenant'].map((path): [string, string, object] => [
    path,
    `${PASSWORD}&tenant=acme`,
    { form: 'TenantForm', grantType: null, ...password, tenant: 'acme' },
  ]),
];

const all = { validateCustomDecorators: true };
const pipes: ValidationPipeOptions[] = [
  {},
  all,
  { ...all, whitelist: true },
  { ...all, whitelist: true, transform: true },
  { ...all, whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true },
  { ...all, transform: true, transformOptions: { enableImplicitConversion: true } },
  { ...all, transform: true, transformOptions: { excludeExtraneousValues: true } },
  { ...all, expectedType: undefined!, skipMissingProperties: true, stopAtFirstError: true },
];

describe.each(adapters)('A form behind a global ValidationPipe on $name', (adapter) => {
  describe.each(pipes)('with %j', (options) => {
    let running: RunningApp;
    beforeAll(async () => {
      running = await createApp(
        adapter,
        { imports: [AuthModule.forRoot({ schemes: [] })], controllers: [Tokens] },
        (app) => app.useGlobalPipes(new ValidationPipe(options)),
      );
    });
    afterAll(() => running.app.close());

    it.each(forms)('is the same: /%s', async (path, body, expected) => {
      expect(await post(`${running.url}/${path}`, body)).toEqual(sent(200, expected));
    });

    it('is still validated by its own class', async () => {
      expect(await post(`${running.url}/tenant`, `${PASSWORD}&tenant=x`)).toEqual(
        invalidRequest('Unknown tenant'),
      );
    });
  });

  it('has no type to pipes, which would take it apart', () => {
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([Object]));
  });
});

import {
  Controller,
  Get,
  type INestApplication,
  Post,
  type Type,
  UseGuards,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import { auditAsText } from '../../lib/audit/audit-table.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AuthModuleOptions } from '../../lib/auth.options.js';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import type { SecurityScheme } from '../../lib/schemes/security-scheme.js';
import { bootLines, recordedBoot } from './recorded-boot.js';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key' });

@Controller('mixed')
class Mixed {
  @Get('a') @Security(key) a() {}
  @Get('b') @Security(optional(key)) b() {}
  @Get('c') @Public() c() {}
  @Get(['d', 'e']) d() {}
  @Post('d') f() {}
}

class AdminGuard {
  canActivate() {
    return false;
  }
}

class ClassGuard extends AdminGuard {}

@Controller('guarded')
@UseGuards(ClassGuard)
class OtherGuards {
  @Get('own') @UseGuards(AdminGuard, new ClassGuard()) own() {}
  @Get('of') of() {}
  @Get('declared') @Security(key) declared() {}
}

@Controller('closed')
@Security(key)
class Closed {
  @Get() read() {}
  @Post() write() {}
}

@Controller()
class Tokens {
  @TokenEndpoint('token') token() {}
}

const boot = (
  schemes: SecurityScheme[],
  controllers: Type[],
  options: AuthModuleOptions = {},
  configure?: (app: INestApplication) => unknown,
) => bootLines({ imports: [AuthModule.forRoot({ schemes, ...options })], controllers }, configure);

const OPEN =
  'warn: Open, because nothing is declared: Mixed.d, Mixed.f. Add @Security(...) or @Public(), or set undeclared in AuthModule.forRoot()';

describe('the boot summary', () => {
  it('warns of what the always option alone protects', async () => {
    const lines = await boot([key], [Mixed], { always: key });
    expect(lines).toContain(
      'warn: Protected by the always option alone, because nothing is declared: Mixed.d, Mixed.f. Add @Security(...) or @Public(), or set undeclared in AuthModule.forRoot()',
    );
    expect(lines.join()).not.toContain('Open,');
    expect((await boot([key], [Mixed], { always: key, undeclared: 'allow' })).join()).not.toContain(
      'Under nothing but',
    );
  });

  it('counts every kind, and warns once of all that is open', async () => {
    expect(await boot([key], [Mixed, Closed])).toStrictEqual([
      'log: 7 handlers: 3 protected, 1 optional, 1 public, 2 undeclared',
      OPEN,
    ]);
  });

  it('names the other guards of what declares nothing', async () => {
    const open = (rest: string) =>
      `warn: Open${rest}. Add @Security(...) or @Public(), or set undeclared in AuthModule.forRoot()`;
    expect(await boot([key], [OtherGuards])).toContain(
      open(
        ', because nothing is declared: OtherGuards.own (except for ClassGuard and AdminGuard), OtherGuards.of (except for ClassGuard)',
      ),
    );
    const lines = await boot([key], [Mixed], {}, (app) => app.useGlobalGuards(new AdminGuard()));
    expect(lines).toContain(
      open(', except for the global AdminGuard, because nothing is declared: Mixed.d, Mixed.f'),
    );
  });

  it('warns of a throttler that counts no refused call, until it runs before', async () => {
    class ThrottlerGuard extends AdminGuard {}
    class OwnThrottler extends ThrottlerGuard {}
    const late = (name: string) =>
      `warn: ${name} runs after SecurityGuard, so that it counts no call that is refused: name it in guardsBefore of AuthModule.forRoot()`;
    const throttled = (options: AuthModuleOptions) =>
      boot([key], [Closed], options, (app) =>
        app.useGlobalGuards(new ThrottlerGuard(), new OwnThrottler(), new AdminGuard()),
      );
    expect((await throttled({})).slice(1)).toStrictEqual([
      late('ThrottlerGuard'),
      late('OwnThrottler'),
    ]);
    const lines = await throttled({ guardsBefore: [ThrottlerGuard, OwnThrottler] });
    expect(lines.slice(1)).toStrictEqual([]);
    // Which stands for what extends it, too.
    const byBase = await throttled({ guardsBefore: [ThrottlerGuard] });
    expect(byBase.slice(1)).toStrictEqual([]);
  });

  it('lets a route document what another guard asks for', async () => {
    @Controller('elsewhere')
    @UseGuards(ClassGuard)
    @ApiSecurity('bearer')
    class Elsewhere {
      @Get() read() {}
    }
    const lines = await boot([key], [Elsewhere], { undeclared: 'allow' });
    expect(lines).toStrictEqual(['log: 1 handler: 1 undeclared']);
  });

  it('names the guards in the audit', async () => {
    const imports = [AuthModule.forRoot({ schemes: [key] })];
    const { app } = await recordedBoot({
      imports,
      controllers: [OtherGuards],
      providers: [{ provide: APP_GUARD, useClass: ClassGuard }],
    });
    const routes = AuthModule.audit(app);
    await app.close();
    expect(routes.map(({ guards }) => guards)).toStrictEqual([
      undefined,
      ['ClassGuard'],
      ['ClassGuard', 'AdminGuard'],
    ]);
    expect(auditAsText(routes)).toContain(
      'undeclared  none (except for ClassGuard and AdminGuard)',
    );
  });

  it('leaves out what there is none of', async () => {
    expect(await boot([key], [Closed])).toStrictEqual(['log: 2 handlers: 2 protected']);
  });

  it('is about one handler', async () => {
    expect(await boot([], [Tokens])).toStrictEqual(['log: 1 handler: 1 public']);
  });

  it('is about none', async () => {
    expect(await boot([key], [])).toStrictEqual(['log: 0 handlers']);
  });

  it('counts handlers under the default of the application', async () => {
    expect(await boot([key], [Mixed], { security: key })).toStrictEqual([
      'log: 5 handlers: 3 protected, 1 optional, 1 public',
    ]);
  });

  it('says nothing of open routes that are allowed', async () => {
    expect(await boot([key], [Mixed], { undeclared: 'allow' })).toStrictEqual([
      'log: 5 handlers: 1 protected, 1 optional, 1 public, 2 undeclared',
    ]);
  });

  it('warns of open routes when asked to', async () => {
    expect(await boot([key], [Mixed], { undeclared: 'warn' })).toContain(OPEN);
  });

  it('comes with options that are made at boot', async () => {
    const auth = AuthModule.forRootAsync({
      schemes: [key],
      useFactory: (): AuthModuleOptions => ({ undeclared: 'allow' }),
    });
    expect(await bootLines({ imports: [auth], controllers: [Mixed] })).toStrictEqual([
      'log: 5 handlers: 1 protected, 1 optional, 1 public, 2 undeclared',
    ]);
  });
});

describe('a token URL that no route serves', () => {
  const scheme = (tokenUrl: string) => new OAuth2PasswordBearer({ schemeName: 'Token', tokenUrl });
  const warning = (url: string, path: string) =>
    `warn: Token has the tokenUrl ${url}, but no route serves POST ${path}: correct it, prefix included`;
  const warningsOf = async (...args: Parameters<typeof boot>) =>
    (await boot(...args)).filter((line) => !line.startsWith('log: '));

  it.each(['token', '/token', './token', 'token?audience=api', 'token#here'])(
    'is not %s',
    async (url) => {
      expect(await warningsOf([scheme(url)], [Tokens])).toStrictEqual([]);
    },
  );

  it.each(['https://login.example/token', '//login.example/token'])(
    'is not %s, of another server',
    async (url) => {
      expect(await warningsOf([scheme(url)], [])).toStrictEqual([]);
    },
  );

  it.each([
    ['tokens', '/tokens'],
    ['auth/token', '/auth/token'],
    ['Token', '/Token'],
  ])('is %s', async (url, path) => {
    expect(await warningsOf([scheme(url)], [Tokens])).toStrictEqual([warning(url, path)]);
  });

  it('is none that lacks the global prefix, with which it is documented', async () => {
    const prefixed = (app: INestApplication) => app.setGlobalPrefix('api');
    expect(await warningsOf([scheme('token')], [Tokens], {}, prefixed)).toStrictEqual([]);
    expect(await warningsOf([scheme('api/token')], [Tokens], {}, prefixed)).toStrictEqual([]);
    expect(await warningsOf([scheme('v1/token')], [Tokens], {}, prefixed)).toStrictEqual([
      warning('v1/token', '/v1/token'),
    ]);
  });

  it('is none that lacks the version, with which it is documented', async () => {
    const versioned = (app: INestApplication) =>
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    expect(await warningsOf([scheme('token')], [Tokens], {}, versioned)).toStrictEqual([]);
    expect(await warningsOf([scheme('/v1/token')], [Tokens], {}, versioned)).toStrictEqual([]);
  });

  it('is one that is only served to GET', async () => {
    @Controller()
    class Wrong {
      @Get('token') @Public() token() {}
    }
    expect(await warningsOf([scheme('token')], [Wrong])).toStrictEqual([
      warning('token', '/token'),
    ]);
  });

  it('is looked for in every flow', async () => {
    const both = new OAuth2({
      schemeName: 'Token',
      flows: {
        password: { tokenUrl: 'token', scopes: {} },
        clientCredentials: { tokenUrl: 'machines', scopes: {} },
      },
    });
    expect(await warningsOf([both], [Tokens])).toStrictEqual([warning('machines', '/machines')]);
  });
});

describe('discouraged flows', () => {
  afterEach(() => vi.unstubAllEnvs());

  const flows = { scopes: {}, authorizationUrl: 'https://login.example/authorize' };
  const schemes = [
    new OAuth2PasswordBearer({ schemeName: 'Password', tokenUrl: 'token' }),
    new OAuth2({ schemeName: 'Implicit', flows: { implicit: flows } }),
    new OAuth2ClientCredentialsBearer({ schemeName: 'Machine', tokenUrl: 'token' }),
    new OAuth2AuthorizationCodeBearer({
      schemeName: 'Code',
      tokenUrl: 'token',
      authorizationUrl: 'https://login.example/authorize',
    }),
    key,
  ];
  const discouraged = (name: string, flow: string) =>
    `warn: ${name} uses the ${flow} flow, which RFC 9700 discourages: prefer the authorization code flow, or set allowDiscouragedFlows in AuthModule.forRoot()`;

  it('are pointed out in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(await boot(schemes, [Tokens])).toStrictEqual([
      'log: 1 handler: 1 public',
      discouraged('Password', 'password'),
      discouraged('Implicit', 'implicit'),
    ]);
  });

  it.each(['development', 'test', ''])('are not in "%s"', async (environment) => {
    vi.stubEnv('NODE_ENV', environment);
    expect(await boot(schemes, [Tokens])).toStrictEqual(['log: 1 handler: 1 public']);
  });

  it('are not when that is silenced', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(await boot(schemes, [Tokens], { allowDiscouragedFlows: true })).toStrictEqual([
      'log: 1 handler: 1 public',
    ]);
  });

  it('silence no other warning', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const lines = await boot(schemes, [], { allowDiscouragedFlows: true });
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain('Password has the tokenUrl token, but no route serves POST /token');
  });
});

describe('options of a class that extends a scheme', () => {
  const extended = (options: object) =>
    new (class Tenant extends APIKeyHeader {
      constructor() {
        super({ name: 'X-Tenant', ...options });
      }
      override validate = () => null;
    })();

  it('are its own, unless they look misspelt', async () => {
    const lines = await boot([extended({ tenant: 'a', Descripton: 'The tenant.' })], []);
    expect(lines.slice(1)).toStrictEqual([
      'warn: Tenant: Descripton is not among the options of APIKeyHeader: did you mean description? An option of the class itself need not be passed to super()',
    ]);
  });

  it.each([
    ['are far from those of the scheme', { tenants: ['a'], validator: true }],
    ['stand beside the one that they resemble', { description: 'One.', descriptions: [] }],
  ])('are not remarked on where they %s', async (_case, options) => {
    expect((await boot([extended(options)], [])).slice(1)).toStrictEqual([]);
  });
});

import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  type Provider,
  Scope,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { CurrentUser } from '../../lib/decorators/current-user.decorator.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { CurrentAuthentication } from '../../lib/guards/current-authentication.js';
import { allOf, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { adapters, createApp } from '../support/adapters.js';
import { answerTo } from '../support/answer.js';

@Injectable()
class Token extends OAuth2PasswordBearer<{ name: string }, 'me' | 'items'> {
  constructor() {
    super({
      tokenUrl: 'https://login.example/token',
      scopes: { me: 'Read your profile.', items: 'Read your items.' },
    });
  }
  override async validate(token: string) {
    return { user: { name: token }, scopes: ['me', 'items'] };
  }
}

/** Made per request. */
@Injectable({ scope: Scope.REQUEST })
class Operator extends HTTPBasic<string> {
  override validate({ username }: { username: string }) {
    return { user: username, scopes: new Set(['operate']) };
  }
}

const key = new APIKeyHeader<{ id: number }>({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (value) => (value === 'bad' ? null : { user: { id: Number(value) } }),
});

const unused = new APIKeyHeader({ schemeName: 'Unused', name: 'X-Unused' });

/** Everything that can be asked, as JSON. */
function describeCaller(authentication: CurrentAuthentication): object {
  const plainly = (
    found: { user: unknown; credentials: unknown; scopes: ReadonlySet<string> } | null,
  ) => found && { ...found, scopes: [...found.scopes] };
  return {
    isAnonymous: authentication.isAnonymous,
    scopes: [...authentication.scopes],
    token: plainly(authentication.of(Token)),
    key: plainly(authentication.of(key)),
    operator: plainly(authentication.of(Operator)),
    oneOf: plainly(authentication.oneOf({ key, token: Token, operator: Operator })),
  };
}

@Injectable()
class AuditTrail {
  constructor(
    @Inject(CurrentAuthentication) private readonly authentication: CurrentAuthentication,
  ) {}

  async caller(): Promise<object> {
    const before = describeCaller(this.authentication);
    await new Promise((resolve) => setImmediate(resolve));
    expect(describeCaller(this.authentication)).toStrictEqual(before);
    return before;
  }
}

const durable = { scope: Scope.REQUEST, durable: true } as const;

@Injectable(durable)
class TenantTrail {
  constructor(@Inject(CurrentAuthentication) readonly authentication: CurrentAuthentication) {}
}

@Injectable(durable)
class TenantReport {
  @Inject(AuditTrail) readonly trail!: AuditTrail;
}

const durableReport = { ...durable, provide: 'REPORT', useFactory: Object, inject: ['TRAIL'] };

@Module({
  providers: [{ provide: 'TRAIL', useFactory: Object, inject: [CurrentAuthentication] }],
  exports: ['TRAIL'],
})
class Trails {}

@Module({ imports: [Trails], exports: [Trails] })
class Passing {}

@Module({ imports: [Trails], providers: [{ provide: 'TRAIL', useValue: 'a file' }, durableReport] })
class OwnTrails {}

let tooEarly: unknown;

@Injectable({ scope: Scope.REQUEST })
class Hasty {
  constructor(
    @Inject(CurrentAuthentication) authentication: CurrentAuthentication,
    @Inject(REQUEST) request: { headers: Record<string, string> },
  ) {
    if (request.headers['x-hasty'] === undefined) return;
    try {
      tooEarly = authentication.isAnonymous;
    } catch (error) {
      tooEarly = error;
    }
  }
}

@Controller()
class Routes {
  constructor(
    @Inject(AuditTrail) private readonly trail: AuditTrail,
    @Inject(CurrentAuthentication) private readonly authentication: CurrentAuthentication,
  ) {}

  @Get('one') @Security(Token) one() {
    return this.trail.caller();
  }
  @Get('any') @Security(anyOf(Token, key)) any() {
    return this.trail.caller();
  }
  @Get('all') @Security(allOf(Token, key)) all() {
    return this.trail.caller();
  }
  @Get('all-operator') @Security(allOf(key, Operator)) allOperator() {
    return this.trail.caller();
  }
  @Get('optional') @Security(optional(key)) optional() {
    return this.trail.caller();
  }
  @Get('public') @Public() public() {
    return this.trail.caller();
  }
  @Get('open') open() {
    return this.trail.caller();
  }
  @Get('here') @Security(anyOf(key, Token)) here(@CurrentUser() user: unknown) {
    return { user, ...describeCaller(this.authentication) };
  }
  @Get('unused') @Security(key) unused() {
    return { found: this.authentication.of(unused), none: this.authentication.oneOf({ unused }) };
  }
  @Get('order') @Security(allOf(key, Token)) order() {
    return {
      first: this.authentication.oneOf({ token: Token, key })?.scheme,
      second: this.authentication.oneOf({ key, token: Token })?.scheme,
    };
  }
}

@Controller('hasty')
@Security(key)
class HastyRoutes {
  constructor(@Inject(Hasty) readonly hasty: Hasty) {}
  @Get() read() {
    return 'read';
  }
}

const bearer: [string, string] = ['Authorization', 'Bearer jane'];
const basic: [string, string] = ['Authorization', `Basic ${btoa('root:secret')}`];
const apiKey: [string, string] = ['X-API-Key', '7'];

const NOBODY = {
  isAnonymous: true,
  scopes: [],
  token: null,
  key: null,
  operator: null,
  oneOf: null,
};
const TOKEN = { user: { name: 'jane' }, credentials: 'jane', scopes: ['me', 'items'] };
const KEY = { user: { id: 7 }, credentials: '7', scopes: [] };
const OPERATOR = {
  user: 'root',
  credentials: { username: 'root', password: 'secret' },
  scopes: ['operate'],
};
const somebody = (found: object) => ({ ...NOBODY, isAnonymous: false, ...found });
const BY_TOKEN = somebody({
  scopes: ['me', 'items'],
  token: TOKEN,
  oneOf: { scheme: 'token', ...TOKEN },
});
const BY_KEY = somebody({ key: KEY, oneOf: { scheme: 'key', ...KEY } });

describe.each(adapters)('CurrentAuthentication on $name', (adapter) => {
  let app: INestApplication;
  let url: string;
  const get = (path: string, ...headers: [string, string][]) => answerTo(url, { path, headers });

  beforeAll(async () => {
    ({ app, url } = await createApp(adapter, {
      imports: [
        AuthModule.forRoot({ schemes: [Token, key, unused], undeclared: 'allow' }),
        AuthModule.forFeature([Operator]),
      ],
      providers: [AuditTrail, Hasty],
      controllers: [Routes, HastyRoutes],
    }));
  });
  afterAll(() => app.close());

  it.each<[string, string, [string, string][], object]>([
    ['one scheme', '/one', [bearer], BY_TOKEN],
    ['one scheme, whatever else is sent', '/one', [bearer, apiKey], BY_TOKEN],
    ['the first of anyOf', '/any', [bearer], BY_TOKEN],
    ['the second of anyOf', '/any', [apiKey], BY_KEY],
    ['the first of anyOf when both are sent', '/any', [bearer, apiKey], BY_TOKEN],
    ['the one of anyOf that is good', '/any', [bearer, ['X-API-Key', 'bad']], BY_TOKEN],
    [
      'allOf',
      '/all',
      [bearer, apiKey],
      somebody({
        scopes: ['me', 'items'],
        token: TOKEN,
        key: KEY,
        oneOf: { scheme: 'key', ...KEY },
      }),
    ],
    [
      'allOf with a scheme that is made per request',
      '/all-operator',
      [basic, apiKey],
      somebody({
        scopes: ['operate'],
        key: KEY,
        operator: OPERATOR,
        oneOf: { scheme: 'key', ...KEY },
      }),
    ],
    ['optional with credentials', '/optional', [apiKey], BY_KEY],
    ['optional without', '/optional', [], NOBODY],
    ['a public route', '/public', [], NOBODY],
    ['a public route that credentials are sent to', '/public', [bearer, apiKey], NOBODY],
    ['a controller itself', '/here', [apiKey], { user: { id: 7 }, ...BY_KEY }],
  ])('tells who calls: %s', async (_case, path, headers, body) => {
    expect(await get(path, ...headers)).toStrictEqual({ status: 200, challenges: [], body });
  });

  it('finds nothing out by a scheme that takes no part', async () => {
    expect((await get('/unused', apiKey)).body).toStrictEqual({ found: null, none: null });
  });

  it('asks schemes in the order in which they are named', async () => {
    expect((await get('/order', apiKey, bearer)).body).toStrictEqual({
      first: 'token',
      second: 'key',
    });
  });

  it('is an error of the application where nothing is required', async () => {
    expect((await get('/open', bearer)).status).toBe(500);
  });

  it('says clearly that it is asked too early', async () => {
    tooEarly = undefined;
    await get('/hasty', apiKey, ['X-Hasty', 'yes']);
    expect(String(tooEarly)).toContain('before the guard ran');
  });

  it.each<[string, Provider, string]>([
    ['itself', TenantTrail, 'TenantTrail'],
    ['by what it injects', TenantReport, 'TenantReport'],
    [
      'by a factory',
      { ...durable, provide: 'REPORT', useFactory: Object, inject: [CurrentAuthentication] },
      'REPORT',
    ],
    ['by what a module passes on', durableReport, 'REPORT'],
  ])('does not boot where something durable injects it %s', async (_case, provider, name) => {
    const imports = [AuthModule.forRoot({ schemes: [key] }), Passing];
    await expect(
      createApp(adapter, { imports, providers: [AuditTrail, provider] }),
    ).rejects.toThrow(
      `${name} is durable and injects CurrentAuthentication, itself or by what it injects: made once`,
    );
  });

  it('boots where it is injected by the provider of another module than the one of something durable', async () => {
    const imports = [AuthModule.forRoot({ schemes: [key] }), OwnTrails];
    await (await createApp(adapter, { imports })).app.close();
  });

  it('says so where there is no request', async () => {
    const alone = await app.resolve(CurrentAuthentication);
    expect(() => alone.isAnonymous).toThrow('where there is no request');
  });

  it('keeps concurrent requests apart', async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map((number) =>
        number % 3 === 0
          ? get('/any', ['X-API-Key', `${number}`])
          : get(number % 3 === 1 ? '/any' : '/one', ['Authorization', `Bearer user-${number}`]),
      ),
    );
    const users = answers.map(({ body }) => (body as { oneOf: { user: object } }).oneOf.user);
    expect(users).toStrictEqual(
      numbers.map((number) => (number % 3 === 0 ? { id: number } : { name: `user-${number}` })),
    );
  });
});

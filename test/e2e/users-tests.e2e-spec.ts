import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  type OnModuleInit,
} from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  APIKeyHeader,
  AuthModule,
  ConfigurationError,
  Credentials,
  CurrentUser,
  HTTPBearer,
  OAuth2PasswordBearer,
  Public,
  Security,
  SecurityGuard,
} from 'nestjs-security';
import { overrideScheme } from 'nestjs-security/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { key } from '../support/accounts.js';
import { adapters } from '../support/adapters.js';
import { answerTo } from '../support/answer.js';

/** Needs a server that tests do not have. */
@Injectable()
class Database {
  readonly connect = vi.fn<() => string>();
}

const started = vi.fn();

@Injectable()
class Token extends OAuth2PasswordBearer<string, 'me'> implements OnModuleInit {
  constructor(@Inject(Database) private readonly database: Database) {
    super({ tokenUrl: 'token', scopes: { me: 'Your profile.' } });
    this.database.connect().toUpperCase();
  }
  onModuleInit() {
    started();
  }
  override validate() {
    return { user: this.database.connect() };
  }
}

@Controller()
class Routes {
  @Get('me') @Security(Token) me(@CurrentUser() user: unknown) {
    return { user };
  }
  @Get('named') @Security(Token) named(@CurrentUser(Token) user: unknown) {
    return { user };
  }
  @Get('scoped') @Security(Token, ['me']) scoped() {
    return {};
  }
  @Get('credentials') @Security(Token) credentials(@Credentials() credentials: unknown) {
    return { credentials };
  }
  @Get('public') @Public() public(@CurrentUser() user: unknown) {
    return { user };
  }
}

@Controller('undecorated')
class Undecorated {
  @Get() find(@CurrentUser() user: unknown) {
    return { user };
  }
}

@Module({ providers: [Database], exports: [Database] })
class DatabaseModule {}

@Module({
  imports: [
    AuthModule.forRoot({
      schemes: [Token, key],
      security: key,
      imports: [
        {
          module: DatabaseModule,
          providers: [{ provide: Database, useValue: { connect: () => 'up' } }],
        },
      ],
    }),
  ],
  controllers: [Routes, Undecorated],
})
class AppModule {}

const fake: CanActivate = {
  canActivate(context: ExecutionContext) {
    context.switchToHttp().getRequest<{ user?: unknown }>().user = { id: 9 };
    return true;
  },
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

const unit = () => Test.createTestingModule({ controllers: [Routes] });
const application = () => Test.createTestingModule({ imports: [AppModule] });

describe('the unit test of a controller', () => {
  it('makes it without AuthModule', async () => {
    const module = await unit().compile();
    expect(module.get(Routes).me('jane')).toStrictEqual({ user: 'jane' });
  });

  it('makes a guard that refuses', async () => {
    @Injectable()
    class Guarded {
      constructor(@Inject(SecurityGuard) readonly guard: SecurityGuard) {}
    }
    const module = await Test.createTestingModule({
      providers: [Guarded, SecurityGuard],
    }).compile();
    const context = { getType: () => 'http', getClass: () => Routes } as ExecutionContext;
    expect(() => module.get(Guarded).guard.canActivate(context)).toThrow(
      new ConfigurationError(
        '@Security(), @Scopes() and @Public() need AuthModule: import AuthModule.forRoot() in the root module, or call overrideGuard(SecurityGuard) in a test without it',
      ),
    );
  });
});

describe.each(adapters)('a test of users on $name', (adapter) => {
  async function start(builder: TestingModuleBuilder) {
    const module = await builder.compile();
    const app = module.createNestApplication(adapter.create(), { logger: false });
    closing.push(() => app.close());
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return async (path: string) => answerTo(url, { path });
  }

  it('does not serve a controller without AuthModule', async () => {
    await expect(start(unit())).rejects.toThrow('import AuthModule.forRoot() in the root module');
  });

  it.each<[string, TestingModuleBuilder]>([
    ['overrideGuard, controller alone', unit().overrideGuard(SecurityGuard).useValue(fake)],
    ['overrideGuard', application().overrideGuard(SecurityGuard).useValue(fake)],
    [
      'overrideGuard with a class',
      application()
        .overrideGuard(SecurityGuard)
        .useClass(
          class {
            canActivate = fake.canActivate;
          },
        ),
    ],
    [
      'overrideGuard with a factory',
      application()
        .overrideGuard(SecurityGuard)
        .useFactory({ factory: () => fake }),
    ],
    ['overrideProvider', application().overrideProvider(SecurityGuard).useValue(fake)],
    [
      'overrideProvider with a subclass',
      application()
        .overrideProvider(SecurityGuard)
        .useClass(
          class extends SecurityGuard {
            override canActivate(context: ExecutionContext) {
              return fake.canActivate(context) as true;
            }
          },
        ),
    ],
    [
      'both',
      application()
        .overrideGuard(SecurityGuard)
        .useValue(fake)
        .overrideProvider(SecurityGuard)
        .useValue(fake),
    ],
  ])('switches the guard off by %s', async (_by, builder) => {
    const get = await start(builder);
    for (const path of ['/me', '/named', '/public']) {
      expect(await get(path)).toMatchObject({ status: 200, body: { user: { id: 9 } } });
    }
    expect(await get('/scoped')).toMatchObject({ status: 200 });
    // Nobody parsed any.
    expect(await get('/credentials')).toMatchObject({ status: 500 });
  });

  it.each<[string, TestingModuleBuilder]>([
    ['overrideGuard', application().overrideGuard(SecurityGuard).useValue(fake)],
    ['overrideProvider', application().overrideProvider(SecurityGuard).useValue(fake)],
  ])('switches the guard off where a route declares nothing: %s', async (_by, builder) => {
    const get = await start(builder);
    expect(await get('/undecorated')).toMatchObject({ status: 200, body: { user: { id: 9 } } });
  });

  it('delivers nobody where what is in place of the guard says nobody', async () => {
    const get = await start(
      application()
        .overrideGuard(SecurityGuard)
        .useValue({ canActivate: () => true }),
    );
    expect(await get('/me')).toMatchObject({ status: 500 });
    expect(await get('/scoped')).toMatchObject({ status: 200 });
  });

  it('leaves the guard alone where another one is replaced', async () => {
    class Other {}
    const get = await start(application().overrideGuard(Other).useValue(fake));
    expect(await get('/me')).toMatchObject({ status: 401 });
    expect(await get('/undecorated')).toMatchObject({ status: 401 });
  });

  describe('that overrides a scheme', () => {
    beforeEach(() => started.mockClear());

    const withoutDatabase = (...schemes: never[]) =>
      Test.createTestingModule({
        imports: [AuthModule.forRoot({ schemes: [Token, ...schemes] })],
        controllers: [Routes],
      });

    it('needs nothing that the scheme injects', async () => {
      const get = await start(overrideScheme(withoutDatabase(), Token).as('jane', ['me']));
      expect(await get('/me')).toMatchObject({ status: 200, body: { user: 'jane' } });
      expect(await get('/scoped')).toMatchObject({ status: 200 });
      expect(started).not.toHaveBeenCalled();
    });

    it('still requires the scopes that the scheme declares', async () => {
      const get = await start(overrideScheme(withoutDatabase(), Token).as('jane'));
      expect(await get('/scoped')).toMatchObject({ status: 403 });
    });

    it('takes a scheme whose options come from what it injects', async () => {
      @Injectable()
      class Configured extends APIKeyHeader {
        constructor(@Inject(Database) config: { get(name: string): string }) {
          super({ name: config.get('HEADER') });
        }
      }
      @Controller()
      class Configurable {
        @Get('configured') @Security(Configured) find(@CurrentUser() user: unknown) {
          return { user };
        }
      }
      const builder = Test.createTestingModule({
        imports: [AuthModule.forRoot({ schemes: [Configured] })],
        controllers: [Configurable],
      });
      const get = await start(overrideScheme(builder, Configured).as('jane'));
      expect(await get('/configured')).toMatchObject({ status: 200, body: { user: 'jane' } });
    });

    it('hears of a scheme that is wrong by itself', () => {
      class Wrong extends APIKeyHeader {
        constructor() {
          super({ name: 'not a header' });
        }
      }
      const builder = Test.createTestingModule({});
      expect(() => overrideScheme(builder, Wrong).as('jane')).toThrow(ConfigurationError);
    });

    it.each([
      ['a class', Token, 'Token'],
      ['an instance', new HTTPBearer({ schemeName: 'Elsewhere' }), 'Elsewhere'],
    ])('refuses %s that is not registered', async (_what, scheme, name) => {
      const builder = Test.createTestingModule({
        imports: [AuthModule.forRoot({ schemes: [key] })],
      });
      await expect(
        overrideScheme(builder, scheme)
          .as('jane' as never)
          .compile(),
      ).rejects.toThrow(
        new ConfigurationError(
          `overrideScheme(${name}): no module of the test provides this scheme: import the module that lists it in AuthModule.forRoot() or AuthModule.forFeature(), or correct the name`,
        ),
      );
    });
  });
});

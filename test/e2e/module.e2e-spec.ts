import { Controller, Get, Inject, Injectable, Module, Scope } from '@nestjs/common';
import {
  APIKeyHeader,
  AuthModule,
  type AuthModuleOptions,
  type AuthOptionsFactory,
  CurrentUser,
  Public,
  Scopes,
  Security,
} from 'nestjs-security';
import { PasswordForm, TokenEndpoint } from 'nestjs-security/token-endpoint';
import { afterEach, describe, expect, it } from 'vitest';
import { key, withKey } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, answerTo, invalidCredentials, notAuthenticated } from '../support/answer.js';

@Injectable()
class Store {
  readonly users = new Map([['k1', 'jane']]);
}

@Module({ providers: [Store], exports: [Store] })
class StoreModule {}

/** A constructor may return another object, such as one without a prototype. */
@Injectable()
class Table {
  constructor() {
    return Object.create(null) as Table;
  }
}

@Injectable()
class StoredKey extends APIKeyHeader<string> {
  constructor(@Inject(Store) private readonly store: Store) {
    super({ name: 'X-API-Key' });
  }
  override validate(value: string) {
    const user = this.store.users.get(value);
    return user === undefined ? null : { user };
  }
}

@Controller()
class Routes {
  @Get('open') open() {
    return { open: true };
  }
  @Get('public') @Public() public() {
    return { open: true };
  }
  @TokenEndpoint('token') token(@PasswordForm() form: object) {
    return form;
  }
}

@Controller('secured')
@Security(StoredKey)
class SecuredRoutes {
  @Get() user(@CurrentUser() user: string) {
    return { user };
  }
}

@Injectable()
class Factory implements AuthOptionsFactory {
  createAuthOptions(): AuthModuleOptions {
    return { security: StoredKey };
  }
}

@Module({ providers: [Factory], exports: [Factory] })
class FactoryModule {}

const schemes = [StoredKey];
const roots = [
  ['forRoot', () => AuthModule.forRoot({ schemes, imports: [StoreModule], security: StoredKey })],
  [
    'forRootAsync({ useFactory })',
    () =>
      AuthModule.forRootAsync({
        schemes,
        imports: [StoreModule],
        inject: [Store],
        useFactory: async (store: Store) =>
          Promise.resolve(store.users.size > 0 ? { security: StoredKey } : {}),
      }),
  ],
  [
    'forRootAsync({ useClass })',
    () => AuthModule.forRootAsync({ schemes, imports: [StoreModule], useClass: Factory }),
  ],
  [
    'forRootAsync({ useExisting })',
    () =>
      AuthModule.forRootAsync({
        schemes,
        imports: [StoreModule, FactoryModule],
        useExisting: Factory,
      }),
  ],
] as const;

let running: RunningApp | undefined;
afterEach(() => running?.app.close());

const ask = (path: string, ...headers: [string, string][]) =>
  answerTo(running!.url, { path, headers });

describe.each(adapters)('AuthModule on $name', (adapter) => {
  describe.each(roots)('%s', (_name, root) => {
    it('closes what declares nothing, by default', async () => {
      running = await createApp(adapter, { imports: [root()], controllers: [Routes] });
      expect(await ask('/open')).toStrictEqual(notAuthenticated('APIKey'));
      expect(await ask('/open', withKey('no'))).toStrictEqual(invalidCredentials('APIKey'));
      expect(await ask('/open', withKey('k1'))).toStrictEqual(accepted({ open: true }));
    });

    it('leaves @Public and token endpoints open', async () => {
      running = await createApp(adapter, { imports: [root()], controllers: [Routes] });
      expect(await ask('/public')).toStrictEqual(accepted({ open: true }));
      const form = {
        method: 'POST',
        path: '/token',
        headers: [['Content-Type', 'application/x-www-form-urlencoded']] as [string, string][],
        body: 'username=john&password=secret',
      };
      expect((await answerTo(running.url, form)).status).toBe(200);
    });

    it('serves what declares for itself', async () => {
      running = await createApp(adapter, { imports: [root()], controllers: [SecuredRoutes] });
      expect(await ask('/secured', withKey('k1'))).toStrictEqual(accepted({ user: 'jane' }));
    });
  });

  it('leaves open what declares nothing, without a default', async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes, imports: [StoreModule] })],
      controllers: [Routes],
    });
    expect(await ask('/open')).toStrictEqual(accepted({ open: true }));
  });

  it('boots without schemes', async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [] })],
      controllers: [Routes],
    });
    expect(await ask('/public')).toStrictEqual(accepted({ open: true }));
  });

  it.each([Scope.DEFAULT, Scope.REQUEST])(
    'boots with providers that have no prototype, of scope %s',
    async (scope) => {
      const types = [Table, class {}.bind(null) as typeof Table];
      running = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [] })],
        controllers: [Routes],
        providers: types.map((useClass, index) => ({ provide: `${index}`, useClass, scope })),
      });
      expect(await ask('/public')).toStrictEqual(accepted({ open: true }));
    },
  );

  it("knows a feature module's own scheme", async () => {
    @Module({
      imports: [AuthModule.forFeature([StoredKey], [StoreModule])],
      controllers: [SecuredRoutes],
    })
    class Feature {}
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key] }), Feature],
    });
    expect(await ask('/secured')).toStrictEqual(notAuthenticated('APIKey'));
    expect(await ask('/secured', withKey('k1'))).toStrictEqual(accepted({ user: 'jane' }));
  });

  it('knows one scheme of two features', async () => {
    @Module({
      imports: [AuthModule.forFeature([StoredKey], [StoreModule])],
      controllers: [SecuredRoutes],
    })
    class First {}
    @Module({ imports: [AuthModule.forFeature([StoredKey], [StoreModule])] })
    class Second {}
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [] }), First, Second],
    });
    expect(await ask('/secured', withKey('k1'))).toStrictEqual(accepted({ user: 'jane' }));
  });

  it('knows a scheme that any module provides', async () => {
    @Module({ imports: [StoreModule], providers: [StoredKey], controllers: [SecuredRoutes] })
    class Feature {}
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [] }), Feature],
    });
    expect(await ask('/secured', withKey('k1'))).toStrictEqual(accepted({ user: 'jane' }));
  });

  it('closes what declares nothing with undeclared: deny', async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key], undeclared: 'deny' })],
      controllers: [Routes],
    });
    expect(await ask('/public')).toStrictEqual(accepted({ open: true }));
    expect(await ask('/open', withKey('k1'))).toStrictEqual({
      status: 403,
      challenges: [],
      body: { message: 'This route declares no security', error: 'Forbidden', statusCode: 403 },
    });
  });

  it.each(['allow', 'warn'] as const)('opens what declares nothing with %s', async (undeclared) => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key], undeclared })],
      controllers: [Routes],
    });
    expect(await ask('/open')).toStrictEqual(accepted({ open: true }));
  });
});

describe.each(adapters)('two applications in one process on $name', (adapter) => {
  @Controller('twin')
  @Security(StoredKey)
  class Twin {
    @Get() user(@CurrentUser() user: string) {
      return { user };
    }
  }
  @Controller('twin-open')
  class TwinOpen {
    @Get() open() {
      return { open: true };
    }
  }
  /** A package's, which its module decorates again whenever it is made. */
  @Controller('webhook')
  class Webhook {
    @Get() hook() {
      return { hook: true };
    }
  }
  const decorated = {
    provide: Symbol('decorated'),
    useFactory: () => [Public(), Scopes()].forEach((decorate) => decorate(Webhook)),
  };
  const twin = (users: [string, string][], closed: boolean) =>
    createApp(adapter, {
      imports: [
        AuthModule.forRoot({
          schemes,
          imports: [
            {
              module: class Own {},
              providers: [{ provide: Store, useValue: { users: new Map(users) } }],
              exports: [Store],
            },
          ],
          ...(closed && { security: StoredKey }),
        }),
      ],
      controllers: [Twin, TwinOpen, Webhook],
      providers: [decorated],
    });

  it('finds the handlers that a controller was given after the first was made', async () => {
    @Controller('growing')
    class Growing {
      @Get() @Public() open() {}
    }
    for (const name of ['one', 'two']) {
      Object.defineProperty(Growing.prototype, name, { value: () => ({ name }) });
      const property = Object.getOwnPropertyDescriptor(Growing.prototype, name)!;
      for (const decorate of [Get(name), Security(key)]) {
        decorate(Growing.prototype, name, property);
      }
      const { app, url } = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [key] })],
        controllers: [Growing],
      });
      const asked = (...headers: [string, string][]) =>
        answerTo(url, { path: `/growing/${name}`, headers });
      expect(await asked()).toStrictEqual(notAuthenticated('APIKey'));
      expect(await asked(withKey('bot'))).toStrictEqual(accepted({ name }));
      await app.close();
    }
  });

  it('answers each by its own options', async () => {
    const [first, second] = await Promise.all([
      twin([['k1', 'jane']], true),
      twin([['k2', 'john']], false),
    ]);
    const asked = async (path: string, ...headers: [string, string][]) =>
      Promise.all([first, second].map(({ url }) => answerTo(url, { path, headers })));
    try {
      expect(await asked('/twin', withKey('k1'))).toStrictEqual([
        accepted({ user: 'jane' }),
        invalidCredentials('APIKey'),
      ]);
      expect(await asked('/twin', withKey('k2'))).toStrictEqual([
        invalidCredentials('APIKey'),
        accepted({ user: 'john' }),
      ]);
      expect(await asked('/twin-open')).toStrictEqual([
        notAuthenticated('APIKey'),
        accepted({ open: true }),
      ]);
      const hook = accepted({ hook: true });
      expect(await asked('/webhook')).toStrictEqual([hook, hook]);
    } finally {
      await Promise.all([first.app.close(), second.app.close()]);
    }
  });
});

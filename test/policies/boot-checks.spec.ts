import {
  Controller,
  type DynamicModule,
  Get,
  Injectable,
  Module,
  ParseIntPipe,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  allOf,
  anonymous,
  anyOf,
  APIKeyHeader,
  AuthModule,
  type AuthModuleOptions,
  Credentials,
  CurrentUser,
  GrantedScopes,
  HTTPBearer,
  Public,
  RequiredScopes,
  Scopes,
  Security,
  SecurityGuard,
} from 'nestjs-security';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../../lib/policies/problems.js';

const validate = () => ({ user: 'jane' });
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate });
const foreign = new HTTPBearer({ schemeName: 'Foreign', validate });

async function boot(
  controllers: Type[],
  options: AuthModuleOptions = {},
  imports: DynamicModule[] = [],
): Promise<void> {
  const module = await Test.createTestingModule({
    imports: [AuthModule.forRoot({ schemes: [key, foreign], ...options }), ...imports],
    controllers,
  }).compile();
  const app = module.createNestApplication({ logger: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

describe('a parameter that a policy cannot deliver', () => {
  @Controller()
  class Foreign {
    @Get() @Security(key) find(@CurrentUser(foreign) user: unknown) {
      return user;
    }
  }
  @Controller()
  class ForeignCredentials {
    @Get() @Security(key) find(@Credentials(foreign, ParseIntPipe) credentials: unknown) {
      return credentials;
    }
  }
  @Controller()
  class NoUser {
    @Get() find(@CurrentUser() user: unknown) {
      return user;
    }
  }
  @Controller()
  class NoCredentials {
    @Get() find(@Credentials() credentials: unknown) {
      return credentials;
    }
  }
  @Controller()
  class NoRequired {
    @Get() find(@RequiredScopes() scopes: unknown) {
      return scopes;
    }
  }
  @Controller()
  class NoGranted {
    @Get() find(@GrantedScopes() scopes: unknown) {
      return scopes;
    }
  }
  class Inherited extends NoUser {}
  Controller()(Inherited);
  class Overridden extends Foreign {
    override find(user: unknown) {
      return user;
    }
  }
  Controller()(Overridden);
  Get()(
    Overridden.prototype,
    'find',
    Object.getOwnPropertyDescriptor(Overridden.prototype, 'find')!,
  );

  const nothing =
    'but nothing is required of its callers: add @Security(...), @Security(optional(...)) to let in anonymous callers too, or @Public(), with which nobody is known';
  const notHeld = 'but its requirement does not hold that scheme: name one that it holds';

  it.each<[string, Type, string]>([
    ['another scheme', Foreign, `Foreign.find uses @CurrentUser(Foreign), ${notHeld}`],
    [
      'credentials of another',
      ForeignCredentials,
      `ForeignCredentials.find uses @Credentials(Foreign), ${notHeld}`,
    ],
    ['a user of nobody', NoUser, `NoUser.find uses @CurrentUser() ${nothing}`],
    ['credentials of nobody', NoCredentials, `NoCredentials.find uses @Credentials() ${nothing}`],
    ['scopes of nobody', NoRequired, `NoRequired.find uses @RequiredScopes() ${nothing}`],
    ['grants of nobody', NoGranted, `NoGranted.find uses @GrantedScopes() ${nothing}`],
    ['an inherited one', Inherited, `Inherited.find uses @CurrentUser() ${nothing}`],
    [
      'one of an overridden handler',
      Overridden,
      `Overridden.find uses @CurrentUser(Foreign), ${notHeld}`,
    ],
  ])('does not boot: %s', async (_case, controller, message) => {
    await expect(boot([controller])).rejects.toThrow(message);
  });

  it.each<[string, Type, AuthModuleOptions]>([
    ['where security is set', NoUser, { security: key }],
    ['where undeclared handlers are closed', NoUser, { undeclared: 'deny' }],
    ['of a scheme that the default holds', Inherited, { security: foreign }],
  ])('boots %s', async (_case, controller, options) => {
    await expect(boot([controller], options)).resolves.toBeUndefined();
  });
});

describe('undefined, as it comes of a circular import', () => {
  const circular = undefined as never;
  const text =
    'is not a security scheme or a combination of schemes. If it is undefined, two files import each other: move the scheme into a file of its own';

  it.each<[string, () => unknown, string]>([
    [
      '@CurrentUser()',
      () => {
        class Routes {
          find(@CurrentUser(circular) user: unknown) {
            return user;
          }
        }
        return Routes;
      },
      `@CurrentUser() on Routes.find: its argument ${text}`,
    ],
    [
      '@Credentials()',
      () => {
        class Routes {
          find(@Credentials(circular, ParseIntPipe) user: unknown) {
            return user;
          }
        }
        return Routes;
      },
      `@Credentials() on Routes.find: its argument ${text}`,
    ],
    [
      'a pipe',
      () => {
        class Routes {
          find(@CurrentUser(key, circular) user: unknown) {
            return user;
          }
        }
        return Routes;
      },
      `@CurrentUser() on Routes.find: its argument ${text}`,
    ],
    ['anyOf()', () => anyOf(key, circular), `anyOf(): argument 2 ${text}`],
    ['allOf()', () => allOf(circular, key), `allOf(): argument 1 ${text}`],
    [
      'the schemes of forRoot()',
      () => AuthModule.forRoot({ schemes: [key, circular] }),
      `schemes[1] ${text}`,
    ],
    ['the schemes of forFeature()', () => AuthModule.forFeature([circular]), `schemes[0] ${text}`],
  ])('is refused in %s', (_case, declare, message) => {
    expect(declare).toThrow(message);
  });

  @Controller()
  class Scoped {
    @Get() @Security(key) @Scopes('me', circular) find() {}
  }
  @Controller()
  class Listed {
    @Get() @Security(key, [circular]) find() {}
  }
  @Controller()
  class Plain {
    @Get() @Security(key) find() {}
  }

  it.each<[string, Type, AuthModuleOptions, string]>([
    ['security', Plain, { security: circular }, `AuthModule.forRoot(): security ${text}`],
    ['@Scopes()', Scoped, {}, 'Scoped.find requires undefined, which is not a scope'],
    [
      'the scopes of @Security()',
      Listed,
      {},
      'Listed.find requires undefined, which is not a scope',
    ],
  ])('is refused at boot in %s', async (_case, controller, options, message) => {
    await expect(boot([controller], options)).rejects.toThrow(message);
  });

  it('is refused in the security of forRootAsync()', async () => {
    const compiled = Test.createTestingModule({
      imports: [AuthModule.forRootAsync({ useFactory: () => ({ security: circular }) })],
    }).compile();
    await expect(compiled).rejects.toThrow(`AuthModule.forRoot(): security ${text}`);
  });
});

describe('a handler that carries SecurityGuard and is under no policy', () => {
  @Controller()
  class OnMethod {
    @Get() @UseGuards(SecurityGuard) find() {}
  }
  @Controller()
  @UseGuards(SecurityGuard)
  class OnClass {
    @Get() find() {}
  }
  class Own extends SecurityGuard {}
  @Controller()
  @UseGuards(Own)
  class OnClassBySubclass {
    @Get() find() {}
  }

  it.each([OnMethod, OnClass, OnClassBySubclass])('does not boot: %o', async (controller) => {
    await expect(boot([controller])).rejects.toThrow(
      `${controller.name}.find carries SecurityGuard but declares nothing that it could enforce: add @Security(...) or @Public(), or set security in AuthModule.forRoot()`,
    );
  });

  it('boots where security is set', async () => {
    await expect(boot([OnMethod, OnClass], { security: key })).resolves.toBeUndefined();
  });
});

describe('a second AuthModule.forRoot()', () => {
  @Module({ imports: [AuthModule.forRoot({ schemes: [], security: anonymous })] })
  class Library {}
  @Controller()
  class Routes {
    @Get() @Public() find() {}
  }

  it('does not boot', async () => {
    await expect(boot([Routes], {}, [{ module: Library }])).rejects.toThrow(
      'AuthModule.forRoot() is imported 2 times',
    );
  });

  it('boots where it is the same', async () => {
    const auth = AuthModule.forRoot({ schemes: [key] });
    @Module({ imports: [auth] })
    class Feature {}
    const module = await Test.createTestingModule({
      imports: [auth, Feature],
      controllers: [Routes],
    }).compile();
    await expect(module.createNestApplication({ logger: false }).init()).resolves.toBeDefined();
    await module.close();
  });
});

describe('a scheme class in two features', () => {
  abstract class Store {
    abstract readonly users: readonly string[];
  }
  @Injectable()
  class StoredKey extends APIKeyHeader<string> {
    constructor(private readonly store: Store) {
      super({ name: 'X-API-Key' });
    }
    override validate(user: string) {
      return this.store.users.includes(user) ? { user } : null;
    }
  }
  const storeOf = (...users: string[]): DynamicModule => ({
    module: class StoreModule {},
    providers: [{ provide: Store, useValue: { users } }],
    exports: [Store],
  });
  @Controller()
  class Routes {
    @Get() @Security(StoredKey) find() {}
  }

  it('does not boot where their dependencies differ', async () => {
    const features = [storeOf('a'), storeOf('b')].map((store) =>
      AuthModule.forFeature([StoredKey], [store]),
    );
    await expect(boot([Routes], {}, features)).rejects.toThrow(
      'The scheme StoredKey is provided by several modules with different dependencies',
    );
  });

  it('boots where their dependencies are the same', async () => {
    const store = storeOf('a');
    const features = [store, store].map((one) => AuthModule.forFeature([StoredKey], [one]));
    await expect(boot([Routes], {}, features)).resolves.toBeUndefined();
  });
});

describe('a scheme class that forgot validate', () => {
  class Misspelt extends APIKeyHeader<string> {
    constructor() {
      super({ name: 'X-Misspelt' });
    }
    valdiate(user: string) {
      return { user };
    }
  }
  class Forgotten extends APIKeyHeader<string> {
    constructor() {
      super({ name: 'X-Forgotten' });
    }
  }
  class Meant extends APIKeyHeader<string> {
    constructor() {
      super({ name: 'X-Meant', unvalidated: true });
    }
  }
  @Controller()
  class Routes {
    @Get() @Public() find() {}
  }
  const ready = new APIKeyHeader({ schemeName: 'Ready', name: 'X-Ready' });
  const bootWith = (schemes: Type<APIKeyHeader>[], options: AuthModuleOptions) =>
    boot([Routes], options, [AuthModule.forFeature([...schemes, ready])]);

  it.each<[string, AuthModuleOptions]>([
    ['a default requirement', { security: key }],
    ['undeclared: throw', { undeclared: 'throw' }],
  ])('does not boot with %s', async (_case, options) => {
    await expect(bootWith([Misspelt], options)).rejects.toThrow(
      'Misspelt extends APIKeyHeader without validate() (it has valdiate()), so that it accepts whatever is sent: define validate(), or pass unvalidated: true where that is meant',
    );
  });

  it('boots where it is meant, and as a ready instance', async () => {
    await expect(bootWith([Meant], { security: key })).resolves.toBeUndefined();
  });

  it('does not boot where a method of another name was meant, whatever else is declared', async () => {
    await expect(bootWith([Misspelt], {})).rejects.toThrow(
      'without validate() (it has valdiate())',
    );
  });

  it('boots otherwise, with a warning', async () => {
    await expect(bootWith([Forgotten], {})).resolves.toBeUndefined();
  });
});

describe('a scheme whose validate is undefined', () => {
  /** As through two files that import each other. */
  const circular = undefined as never;
  const named = { schemeName: 'Lost', name: 'X-Lost' };
  class Staff extends APIKeyHeader<string> {
    override validate(user: string) {
      return user === 'jane' ? { user } : null;
    }
  }
  class Field extends Staff {
    override validate = circular;
  }
  class Member extends APIKeyHeader<string> {}
  Object.defineProperty(Member.prototype, 'validate', { value: circular });
  const assigned = (scheme: APIKeyHeader<string>) => Object.assign(scheme, { validate: circular });
  @Controller()
  class Routes {
    @Get() @Public() find() {}
  }

  it.each<[string, () => APIKeyHeader<string>]>([
    ['on an instance of a class that has one', () => assigned(new Staff(named))],
    ['on a ready instance', () => assigned(new APIKeyHeader(named))],
    ['on an instance that was given one', () => assigned(new APIKeyHeader({ ...named, validate }))],
    ['as a field of a class', () => new Field(named)],
    ['as a member of a class', () => new Member(named)],
  ])('does not boot, whatever is declared: %s', async (_case, make) => {
    const feature = AuthModule.forFeature([make()]);
    await expect(boot([Routes], {}, [feature])).rejects.toThrow(
      'Lost: its validate is undefined, so that whatever is sent would be accepted: if two files import each other, move it into a file of its own',
    );
  });

  it('boots where it says that none is meant', async () => {
    const meant = assigned(new APIKeyHeader({ ...named, unvalidated: true }));
    await expect(boot([Routes], {}, [AuthModule.forFeature([meant])])).resolves.toBeUndefined();
  });
});

it('what fails otherwise than by a configuration is no problem of one', () => {
  const fail = () => {
    throw new TypeError('a fault');
  };
  expect(() => problemOf(fail)).toThrow(new TypeError('a fault'));
});

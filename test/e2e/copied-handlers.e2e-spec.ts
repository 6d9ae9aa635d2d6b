import { Controller, Get, Inject, Post, Scope, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  allOf,
  AuthModule,
  type AuthModuleOptions,
  Authorize,
  Public,
  rule,
  Scopes,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, token, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  notAuthenticated,
  serverError,
} from '../support/answer.js';

type Routes = Record<string, (this: unknown, ...args: unknown[]) => unknown>;

const prototypeOf = (type: Type) => type.prototype as Routes;

/** Gives a class another class's method, as mixins and `B.prototype.p = A.prototype.p` do. */
function copy(from: Type, name: string, to: Type, as = name): void {
  Object.defineProperty(to.prototype, as, {
    ...Object.getOwnPropertyDescriptor(from.prototype, name),
    enumerable: false,
  });
}

@Controller('source')
class Source {
  @Get('protected') @Security(token) protected() {
    return 'protected';
  }
  @Get('open') @Public() open() {
    return 'open';
  }
  @Get('scoped') @Security(token, ['me']) scoped() {
    return 'scoped';
  }
  @Get('plain') plain() {
    return 'plain';
  }
}

@Controller('copy')
class Copy {}
for (const name of ['protected', 'scoped', 'plain']) copy(Source, name, Copy);
@Controller('copy-of-class')
@Security(key)
class CopyUnderClass {}
copy(Source, 'plain', CopyUnderClass);

/** A copy that says itself what it requires, of a method that does not. */
@Controller('undeclared')
@Security(token)
class Undeclared {
  @Get('find') find() {
    return 'find';
  }
}
@Controller('redeclared')
class Redeclared {}
copy(Undeclared, 'find', Redeclared);
Security(token)(
  Redeclared.prototype,
  'find',
  Object.getOwnPropertyDescriptor(Redeclared.prototype, 'find')!,
);

/** The same function under two names of one class, under one declaration. */
@Controller('alias')
@Security(token)
class Alias {
  @Get('p') p() {
    return 'p';
  }
}
copy(Alias, 'p', Alias, 'legacy');

@Controller('declared-alias')
class DeclaredAlias {
  @Get('p') @Security(token) p() {
    return 'p';
  }
}
copy(DeclaredAlias, 'p', DeclaredAlias, 'legacy');

@Controller('bound')
class Bound {
  constructor() {
    const routes = this as unknown as Routes;
    for (const name of ['me', 'open', 'named']) routes[name] = routes[name]!.bind(this);
  }
  @Get('me') @Security(token) me() {
    return 'me';
  }
  @Get('open') @Public() open() {
    return 'open';
  }
  @Get('named') @Security(key) named() {
    return 'named';
  }
}

@Controller({ path: 'bound-per-request', scope: Scope.REQUEST })
class BoundPerRequest extends Bound {}

/** Two handlers whose functions have each other's names, made anew for each request. */
@Controller({ path: 'crossed', scope: Scope.REQUEST })
class Crossed {
  constructor() {
    const { me, open } = prototypeOf(Crossed);
    const routes = this as unknown as Routes;
    const renamed = (method: Routes[string], name: string) =>
      Object.defineProperty((...args: unknown[]) => method.apply(this, args), 'name', {
        value: `bound ${name}`,
      });
    routes['me'] = renamed(me!, 'open');
    routes['open'] = renamed(open!, 'me');
  }
  @Get('me') @Security(token) me() {
    return 'me';
  }
  @Get('open') @Public() open() {
    return 'open';
  }
}

/** A copy in place of a method that declares the same. */
@Controller('over-alike')
class OverAlike {
  @Get('protected') @Security(token) protected() {
    return 'replaced';
  }
}
copy(Source, 'protected', OverAlike);

/** Puts handlers in each other's place, for some requests only. */
@Controller({ path: 'exchanging', scope: Scope.REQUEST })
class Exchanging {
  constructor(@Inject(REQUEST) { headers }: { headers: Record<string, string | undefined> }) {
    const { open, me } = prototypeOf(Exchanging);
    const routes = this as unknown as Routes;
    if (headers['x-exchange'] !== undefined) routes['me'] = open!;
    if (headers['x-exchange'] === 'both') routes['open'] = me!;
  }
  @Get('me') @Security(token) me() {
    return 'me';
  }
  @Get('open') @Public() open() {
    return 'open';
  }
}

/** Poses as another class, all of which is open. */
@Controller('all-open')
@Public()
class AllOpen {
  @Get() open() {
    return 'open';
  }
}
@Controller({ path: 'posing', scope: Scope.REQUEST })
class Posing {
  constructor() {
    Object.defineProperty(this, 'constructor', { value: AllOpen });
  }
  @Get('me') @Security(token) me() {
    return 'me';
  }
}

/** Does so where it makes no difference. */
@Controller({ path: 'alike', scope: Scope.REQUEST })
@Security(token)
class AlikeExchanging {
  constructor() {
    (this as unknown as Routes)['me'] = prototypeOf(AlikeExchanging)['other']!;
  }
  @Get('me') me() {
    return 'me';
  }
  @Get('other') other() {
    return 'other';
  }
}

const controllers = [
  AllOpen,
  Posing,
  Exchanging,
  AlikeExchanging,
  Source,
  OverAlike,
  Copy,
  CopyUnderClass,
  Undeclared,
  Redeclared,
  Bound,
  BoundPerRequest,
  Crossed,
];
type Row = [path: string, headers: [string, string][], answer: Answer];
const boundRows = (path: string): Row[] => [
  [`${path}/me`, [], notAuthenticated('Bearer')],
  [`${path}/me`, [withToken('john')], accepted('me')],
  [`${path}/open`, [], accepted('open')],
];
const rows: Row[] = [
  ['/copy/protected', [], notAuthenticated('Bearer')],
  ['/copy/protected', [withToken('john')], accepted('protected')],
  ['/copy/scoped', [withToken('john/me')], accepted('scoped')],
  ['/copy/plain', [], accepted('plain')],
  ['/copy-of-class/plain', [], notAuthenticated('APIKey')],
  ['/copy-of-class/plain', [withKey('jane')], accepted('plain')],
  ['/redeclared/find', [], notAuthenticated('Bearer')],
  ['/redeclared/find', [withToken('john')], accepted('find')],
  ['/over-alike/protected', [], notAuthenticated('Bearer')],
  ['/over-alike/protected', [withToken('john')], accepted('protected')],
  ['/undeclared/find', [], notAuthenticated('Bearer')],
  ['/source/open', [], accepted('open')],
  ...boundRows('/bound'),
  ['/bound/named', [withKey('jane')], accepted('named')],
  ...boundRows('/bound-per-request'),
  ['/bound-per-request/named', [withToken('john')], notAuthenticated('APIKey')],
  ['/bound-per-request/named', [withKey('jane')], accepted('named')],
  ...boundRows('/crossed'),
  ...boundRows('/exchanging'),
  ['/exchanging/me', [['X-Exchange', 'one']], serverError],
  ['/exchanging/me', [['X-Exchange', 'one'], withToken('john')], serverError],
  ['/exchanging/me', [['X-Exchange', 'both']], serverError],
  ['/exchanging/open', [['X-Exchange', 'both']], serverError],
  ['/posing/me', [], serverError],
  ['/all-open', [], accepted('open')],
  ['/alike/me', [], notAuthenticated('Bearer')],
  ['/alike/me', [withToken('john')], accepted('other')],
];

describe.each(adapters)('copied handlers on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key] })],
      controllers,
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s with %j', async (path, headers, expected) => {
    expect(await answerTo(running.url, { path, headers })).toStrictEqual(expected);
  });

  it('audits each under what it is decided by', () => {
    const audited = AuthModule.audit(running.app).map(
      ({ controller, handler, access }) => `${controller}.${handler} ${access}`,
    );
    expect(audited.filter((row) => /^(Copy|Declared|Redecl)/.test(row)).sort()).toStrictEqual([
      'Copy.plain undeclared',
      'Copy.protected protected',
      'Copy.scoped protected',
      'CopyUnderClass.plain protected',
      'Redeclared.find protected',
    ]);
  });
});

describe('a second name of a handler in its class', () => {
  // Fastify takes no two handlers of one path.
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [token, key] })],
      controllers: [Alias, DeclaredAlias],
    });
  });
  afterAll(() => running.app.close());

  it.each(['alias', 'declared-alias'])('is under the same declaration: %s', async (path) => {
    const ask = (...headers: [string, string][]) =>
      answerTo(running.url, { path: `/${path}/p`, headers });
    expect(await ask()).toStrictEqual(notAuthenticated('Bearer'));
    expect(await ask(withToken('john'))).toStrictEqual(accepted('p'));
    const audited = AuthModule.audit(running.app).map(({ access }) => access);
    expect(audited).toStrictEqual(['protected', 'protected', 'protected', 'protected']);
  });
});

/**
 * Makes a handler of its own for each of several routes, with what decorators below it have left on the method, which
 * is then no handler itself: as packages do that take a contract of routes.
 */
const routes =
  (...paths: string[]): MethodDecorator =>
  (target, property, { value }) => {
    const method = value as Routes[string];
    for (const path of paths) {
      const name = `${String(property)}_${path}`;
      const made: Routes[string] = function (...args) {
        return method.apply(this, args);
      };
      Object.defineProperty(target, name, { value: made, configurable: true, writable: true });
      for (const metadata of Reflect.getMetadataKeys(method)) {
        Reflect.defineMetadata(metadata, Reflect.getMetadata(metadata, method), made);
      }
      Get(path)(target, name, Object.getOwnPropertyDescriptor(target, name)!);
    }
  };

describe('handlers that a decorator makes of a method below it', () => {
  @Controller('scoped')
  @Security(token)
  class MadeScoped {
    @routes('a', 'b') @Scopes('me') h() {
      return 'scoped';
    }
  }
  @Controller('required')
  class MadeRequired {
    @routes('a', 'b') @Security(key) h() {
      return 'required';
    }
  }
  @Controller('ruled')
  @Security(token)
  class MadeRuled {
    @routes('a', 'b') @Authorize(rule('Nobody.', () => false)) h() {
      return 'ruled';
    }
  }
  @Controller('public')
  @Security(token)
  class MadePublic {
    @routes('a', 'b') @Public() h() {
      return 'public';
    }
  }
  @Controller('below')
  class Below extends MadeScoped {}
  /** One of them declares more, once it is made. */
  @Controller('more')
  @Security(token)
  class MadeMore {
    @routes('a', 'b') @Authorize(rule('Nobody.', () => false)) h() {
      return 'more';
    }
  }
  const property = Object.getOwnPropertyDescriptor(MadeMore.prototype, 'h_b')!;
  Scopes('me')(MadeMore.prototype, 'h_b', property);

  const made = [MadeScoped, MadeRequired, MadeRuled, MadePublic, Below, MadeMore];

  describe.each<[string, AuthModuleOptions]>([
    ['security', { security: key }],
    ["undeclared: 'deny'", { undeclared: 'deny' }],
    ['neither', {}],
  ])('with %s', (_case, options) => {
    let running: RunningApp;
    beforeAll(async () => {
      running = await createApp(adapters[0]!, {
        imports: [AuthModule.forRoot({ schemes: [token, key], ...options })],
        controllers: made,
      });
    });
    afterAll(() => running.app.close());

    it.each<[string, [string, string][], number]>(
      ['a', 'b'].flatMap((path): [string, [string, string][], number][] => [
        [`scoped/${path}`, [], 401],
        [`scoped/${path}`, [withToken('john')], 403],
        [`scoped/${path}`, [withToken('john/me')], 200],
        [`below/${path}`, [withToken('john')], 403],
        [`below/${path}`, [withToken('john/me')], 200],
        [`required/${path}`, [withToken('john')], 401],
        [`required/${path}`, [withKey('jane')], 200],
        [`ruled/${path}`, [], 401],
        [`ruled/${path}`, [withToken('john')], 403],
        [`public/${path}`, [], 200],
        [`more/${path}`, [withToken('john/me')], 403],
      ]),
    )('%s asked with %j is answered %i', async (path, headers, status) => {
      expect((await answerTo(running.url, { path: `/${path}`, headers })).status).toBe(status);
    });
  });
});

describe("handlers that a hook puts in each other's place", () => {
  const exchanging = (hook: 'onModuleInit' | 'onApplicationBootstrap') => {
    @Controller()
    class Exchanged {
      @Get('me') @Security(token) me() {
        return 'me';
      }
      @Get('open') @Public() open() {
        return 'open';
      }
    }
    const exchange = function (this: Routes) {
      this['me'] = prototypeOf(Exchanged)['open']!;
    };
    Object.defineProperty(Exchanged.prototype, hook, { value: exchange });
    return Exchanged;
  };

  it.each(adapters)('are never open on $name', async (adapter) => {
    for (const hook of ['onModuleInit', 'onApplicationBootstrap'] as const) {
      const booting = createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [token, key] })],
        controllers: [exchanging(hook)],
      });
      const running = await booting.catch((error: Error) => error);
      if (running instanceof Error) {
        expect(running.message).toContain('are one function under two declarations');
        continue;
      }
      expect(await answerTo(running.url, { path: '/me' })).toStrictEqual(
        notAuthenticated('Bearer'),
      );
      await running.app.close();
    }
  });
});

describe('copies of which a request cannot tell what it is under', () => {
  const declareAlias = (decorate: MethodDecorator) => {
    @Controller()
    class Aliased {
      @Get('p') @Security(token) p() {}
    }
    copy(Aliased, 'p', Aliased, 'legacy');
    const property = Object.getOwnPropertyDescriptor(Aliased.prototype, 'legacy')!;
    decorate(Aliased.prototype, 'legacy', property);
    return Aliased as Type;
  };
  const oneFunction =
    'Aliased.p and Aliased.legacy are one function under two declarations, so that a request cannot tell which of them it is under: give each a method of its own';

  class TwoNames {
    @Get('p') @Security(token) p() {}
  }
  copy(TwoNames, 'p', TwoNames, 'q');
  Public()(TwoNames.prototype, 'q', Object.getOwnPropertyDescriptor(TwoNames.prototype, 'q')!);
  @Controller()
  class CopyOfTwo {}
  copy(TwoNames, 'p', CopyOfTwo);

  /** A function that was decorated at two places before it came here. */
  class TwoPlaces {
    @Get('p') @Security(allOf(token, key)) p() {
      return 'p';
    }
  }
  copy(TwoPlaces, 'p', TwoPlaces, 'q');
  Security(allOf(token, key))(
    TwoPlaces.prototype,
    'q',
    Object.getOwnPropertyDescriptor(TwoPlaces.prototype, 'q')!,
  );
  @Controller('two')
  class CopyOfAlike {}
  copy(TwoPlaces, 'p', CopyOfAlike);

  /** Which of them was copied cannot be seen: neither may open the other. */
  @Controller()
  @Security(key)
  class Closed {
    @Get('p') p() {}
  }
  class Opened {}
  copy(Closed, 'p', Opened as Type);
  Public()(Opened.prototype, 'p', Object.getOwnPropertyDescriptor(Opened.prototype, 'p')!);
  @Controller()
  class CopyOfOpen {}
  copy(Source, 'open', CopyOfOpen);
  @Controller()
  @Security(key)
  class CopyUnderAnother {}
  copy(Source, 'protected', CopyUnderAnother);

  @Controller()
  class OverPublic {
    @Get('protected') @Public() protected() {}
  }
  copy(Source, 'protected', OverPublic);
  @Controller()
  @Security(token)
  class OverPublicUnderClass {
    @Get('protected') @Public() protected() {}
  }
  copy(Source, 'protected', OverPublicUnderClass);
  @Controller()
  class OverProtected {
    @Get('open') @Security(token) open() {}
  }
  copy(Source, 'open', OverProtected);
  class PublicBase {
    @Get('protected') @Public() protected() {}
  }
  copy(Source, 'protected', PublicBase);
  @Controller()
  class BelowOverPublic extends PublicBase {}

  /** Each reading of a handler makes another function. */
  class Anew {
    constructor() {
      return new Proxy(this, {
        get: (target, name, receiver) => {
          const value: unknown = Reflect.get(target, name, receiver);
          return typeof value === 'function' && name !== 'constructor'
            ? (...args: unknown[]) => Reflect.apply(value, target, args) as unknown
            : value;
        },
      });
    }
    @Get('me') me() {
      return 'me';
    }
    @Post('me') post() {
      return 'post';
    }
  }
  @Controller('anew')
  class Different extends Anew {
    @Security(token) @Get('me') override me() {
      return 'me';
    }
  }
  @Controller('anew')
  @Security(token)
  class Alike extends Anew {}

  const boot = (controller: Type, options: AuthModuleOptions = {}) =>
    createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [token, key], ...options })],
      controllers: [controller],
    });

  it.each<[string, Type, string]>([
    ['a second name that is public', declareAlias(Public()), oneFunction],
    ['a second name under another scheme', declareAlias(Security(key)), oneFunction],
    ['a second name with more scopes', declareAlias(Scopes('me')), 'Aliased.legacy'],
    [
      'a copy of a function of two names',
      CopyOfTwo,
      'CopyOfTwo.p is a copy of TwoNames.p and TwoNames.q, which declare different things: declare what it requires itself',
    ],
    [
      'a copy of a public method',
      CopyOfOpen,
      'CopyOfOpen.open carries SecurityGuard but declares nothing that it could enforce',
    ],
    [
      'a method whose copy is public',
      Closed,
      'Closed.p is one function with Opened.p, which requires something else',
    ],
    [
      'a copy under a class of another requirement',
      CopyUnderAnother,
      'CopyUnderAnother.protected is one function with Source.protected, which requires something else: declare on both what each requires, or give each a method of its own',
    ],
    ...[OverPublic, OverPublicUnderClass, BelowOverPublic].map((type): [string, Type, string] => [
      `a copy over a public method of ${type.name}`,
      type,
      `${type.name}.protected is one function with Source.protected, which requires something else`,
    ]),
    [
      'a copy of a public method over another',
      OverProtected,
      'OverProtected.open is one function with Source.open, which requires something else',
    ],
    ['handlers that are made anew', Different, 'Different.me is another function each time'],
  ])('do not boot: %s', async (_case, controller, message) => {
    await expect(boot(controller)).rejects.toThrow(message);
  });

  it('boots where what it is a copy of declares the same at each place', async () => {
    const { app, url } = await boot(CopyOfAlike);
    expect(await answerTo(url, { path: '/two/p' })).toStrictEqual(
      notAuthenticated('Bearer', 'APIKey'),
    );
    await app.close();
  });

  it('boots where all handlers of the class are under one declaration', async () => {
    const { app, url } = await boot(Alike);
    expect(await answerTo(url, { path: '/anew/me' })).toStrictEqual(notAuthenticated('Bearer'));
    expect(await answerTo(url, { path: '/anew/me', headers: [withToken('john')] })).toStrictEqual(
      accepted('me'),
    );
    await app.close();
  });
});

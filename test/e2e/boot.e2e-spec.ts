import { Test } from '@nestjs/testing';
import { Controller, Get } from '@nestjs/common';
import {
  allOf,
  anonymous,
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  AuthModule,
  type AuthModuleOptions,
  ConfigurationError,
  HTTPBearer,
  HTTPScheme,
  InvalidTokenException,
  OAuth2,
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
  OpenIdConnect,
  PassportScheme,
  optional,
  Public,
  type Requirement,
  Scopes,
  Security,
} from 'nestjs-security';
import { describe, expect, it } from 'vitest';
import { key, token } from '../support/accounts.js';
import { adapters, createApp } from '../support/adapters.js';

const unregistered = new HTTPBearer({ schemeName: 'Unregistered' });

class Unregistered extends OAuth2PasswordBearer {
  constructor() {
    super({ tokenUrl: 'token' });
  }
}

/** A controller called `Routes` with one handler called `find`. */
function routes(decorator: MethodDecorator, onClass: ClassDecorator = () => undefined) {
  @Controller()
  @onClass
  class Routes {
    @Get() @decorator find() {}
  }
  return Routes;
}

const required = (requirement: Requirement, ...scopes: string[]) =>
  Security(requirement, scopes as never);
const twoWrong = () => {
  @Controller()
  class Routes {
    @Get('a') @Scopes('me') first() {}
    @Get('b') @Security(unregistered) second() {}
    @Get('c') @Security(key) third() {}
  }
  return Routes;
};

const open = routes(() => undefined);

const notRegistered = (name: string) =>
  `Routes.find names the scheme ${name}, which is not registered: add it to the schemes of AuthModule.forRoot() or AuthModule.forFeature()`;

const NOT_A_REQUIREMENT =
  'is not a security scheme or a combination of schemes. If it is undefined, two files import each other: move the scheme into a file of its own';
const LIST =
  'is a list: write anyOf(...) where any one of its schemes is enough, or allOf(...) where all are needed';
const TEXT =
  'is a text: name the class of the scheme, or the instance that is registered, such as @Security(UserToken); a Passport strategy becomes one by PassportScheme';
const OTHER_CLASS =
  'is InvalidTokenException, which is no security scheme: it must extend SecurityScheme or one of the schemes of nestjs-security';

type Row = [what: string, controller: Function, message: string, options?: AuthModuleOptions];

const rows: Row[] = [
  ['an instance is not registered', routes(required(unregistered)), notRegistered('Unregistered')],
  ['a class is not registered', routes(required(Unregistered)), notRegistered('Unregistered')],
  [
    'a part is not registered',
    routes(required(optional(unregistered))),
    notRegistered('Unregistered'),
  ],
  [
    'a scope is unknown',
    routes(required(token, 'itmes')),
    "Routes.find requires the unknown scope itmes: Token declares me, items. Correct it, or add it to the scheme's scopes",
  ],
  [
    'a scope of @Scopes is unknown',
    routes(Scopes('itmes'), Security(token)),
    "Routes.find requires the unknown scope itmes: Token declares me, items. Correct it, or add it to the scheme's scopes",
  ],
  [
    'a scope is none',
    routes(required(key, 'a b')),
    'Routes.find requires "a b", which is not a scope (RFC 6749 3.3)',
  ],
  [
    'scopes have no requirement',
    routes(Scopes('me')),
    'Routes.find has @Scopes() on Routes.find but no requirement in effect: add @Security(...) or set security in AuthModule.forRoot()',
  ],
  [
    "a controller's scopes have no requirement",
    routes(() => undefined, Scopes('me')),
    'Routes.find has @Scopes() on Routes but no requirement in effect: add @Security(...) or set security in AuthModule.forRoot()',
  ],
  [
    'a public controller has a handler with scopes',
    routes(Scopes('me'), Public()),
    'Routes.find requires the scopes me of nobody: it is public. Remove @Public() or @Scopes()',
  ],
  [
    'optional credentials have scopes',
    routes(required(optional(token), 'me')),
    'Routes.find requires the scope me but lets anonymous requests in: remove optional() or the scope',
  ],
  [
    'allOf holds a scheme twice',
    routes(required(allOf(key, key))),
    'Routes.find allOf() holds the same scheme twice: name it once',
  ],
  [
    'allOf holds anonymous',
    routes(required(allOf(key, optional(token)))),
    'Routes.find allOf() holds anonymous: write anyOf(allOf(...), anonymous) when the whole is optional',
  ],
  [
    'several routes are wrong',
    twoWrong(),
    '2 handlers are declared wrongly:\n' +
      '- Routes.first has @Scopes() on Routes.first but no requirement in effect: add @Security(...) or set security in AuthModule.forRoot()\n' +
      '- Routes.second names the scheme Unregistered, which is not registered: add it to the schemes of AuthModule.forRoot() or AuthModule.forFeature()',
  ],
  [
    'the default is not registered',
    routes(() => undefined),
    notRegistered('Unregistered'),
    { security: unregistered },
  ],
  [
    'a route declares nothing with undeclared: throw',
    routes(() => undefined),
    'Routes.find declares no requirement: add @Security(...) or @Public()',
    { undeclared: 'throw' },
  ],
];

describe.each(adapters)('an application on $name', (adapter) => {
  const boot = async (controller: Function, options: AuthModuleOptions = {}) => {
    const { app } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key], ...options })],
      controllers: [controller as never],
    });
    await app.close();
  };

  it.each(rows)('does not boot when %s', async (_what, controller, message, options) => {
    await expect(boot(controller, options)).rejects.toThrow(new ConfigurationError(message));
  });

  it('does not boot when two schemes have one name', async () => {
    const twin = new HTTPBearer({ schemeName: 'Token' });
    const imports = [AuthModule.forRoot({ schemes: [token, twin] })];
    await expect(createApp(adapter, { imports })).rejects.toThrow(
      new ConfigurationError('Two schemes are called Token: give one of them another schemeName'),
    );
  });

  it.each([
    ['@Security', routes(required(token))],
    ['@Scopes', routes(Scopes('me'))],
    ['@Public', routes(Public())],
    ['@Security on the controller', routes(() => undefined, Security(token))],
  ])('does not boot when AuthModule is forgotten: %s', async (_what, controller) => {
    await expect(createApp(adapter, { controllers: [controller] })).rejects.toThrow(
      new ConfigurationError(
        '@Security(), @Scopes() and @Public() need AuthModule: import AuthModule.forRoot() in the root module, or call overrideGuard(SecurityGuard) in a test without it',
      ),
    );
  });

  it.each([
    ['only a feature is imported', () => AuthModule.forFeature([token])],
    ['the module is imported without forRoot', () => AuthModule],
  ])('does not boot when %s', async (_what, imported) => {
    const message =
      'AuthModule is imported without its options: import AuthModule.forRoot() once, in the root module';
    for (const controllers of [[routes(required(token))], []]) {
      const booting = createApp(adapter, { imports: [imported()], controllers });
      await expect(booting).rejects.toThrow(new ConfigurationError(message));
    }
  });

  it.each([
    ['undefined', undefined, NOT_A_REQUIREMENT],
    ['another class', InvalidTokenException, OTHER_CLASS],
    ['a name', 'Token', TEXT],
  ])('does not boot when a scheme is %s', (_what, scheme, wrong) => {
    expect(() => AuthModule.forRoot({ schemes: [token, scheme as never] })).toThrow(
      new ConfigurationError(`AuthModule.forRoot(): schemes[1] ${wrong}`),
    );
  });

  it.each([
    ['a list', [token, key], LIST],
    ['a name', 'Token', TEXT],
    ['another class', InvalidTokenException, OTHER_CLASS],
  ])('does not boot when @Security names %s', (_what, requirement, wrong) => {
    expect(() => routes(Security(requirement as never))).toThrow(
      new ConfigurationError(`@Security() on Routes.find: its argument ${wrong}`),
    );
  });

  it('does not boot when an instance is required of which the class is registered', async () => {
    const imports = [AuthModule.forRoot({ schemes: [Unregistered] })];
    const controllers = [routes(required(new Unregistered()))];
    await expect(createApp(adapter, { imports, controllers })).rejects.toThrow(
      new ConfigurationError(
        'Routes.find names the scheme Unregistered by an instance, but registered is its class: name the class, Unregistered',
      ),
    );
  });

  it('does not boot when a class is required of which an instance is registered', async () => {
    const imports = [AuthModule.forRoot({ schemes: [new Unregistered()] })];
    const controllers = [routes(required(Unregistered))];
    await expect(createApp(adapter, { imports, controllers })).rejects.toThrow(
      new ConfigurationError(
        'Routes.find names the scheme Unregistered by its class, but registered is an instance of it: name that instance, or list the class in its place',
      ),
    );
  });

  it.each([
    APIKeyHeader,
    APIKeyQuery,
    APIKeyCookie,
    HTTPScheme,
    OAuth2,
    OAuth2AuthorizationCodeBearer,
    OAuth2ClientCredentialsBearer,
    OAuth2PasswordBearer,
    OpenIdConnect,
    PassportScheme,
  ])('does not boot when a scheme has no constructor: %o', async (Base) => {
    class Forgetful extends (Base as unknown as new () => HTTPBearer) {}
    const imports = [AuthModule.forRoot({ schemes: [Forgetful] })];
    await expect(createApp(adapter, { imports })).rejects.toThrow(
      new ConfigurationError(
        'Forgetful is made without options: give it a constructor that calls super({ ... })',
      ),
    );
  });

  it('does not boot when names were minified', async () => {
    const s = class extends HTTPBearer {};
    Object.defineProperty(s, 'name', { value: 's' });
    const imports = [AuthModule.forRoot({ schemes: [s] })];
    await expect(createApp(adapter, { imports })).rejects.toThrow(
      /^These schemes would be documented by names of classes that look minified: s \(http bearer\)/,
    );
  });

  it.each([
    ['null', null, NOT_A_REQUIREMENT],
    ['a name', 'Token', TEXT],
    ['another class', InvalidTokenException, OTHER_CLASS],
    ['a list', [token], LIST],
  ])('does not boot when the default is %s', async (_what, security, wrong) => {
    await expect(boot(open, { security: security as never })).rejects.toThrow(
      new ConfigurationError(`AuthModule.forRoot(): security ${wrong}`),
    );
  });

  it.each(['open', '', null, true])('does not boot with undeclared: %j', async (undeclared) => {
    await expect(boot(open, { undeclared: undeclared as never })).rejects.toThrow(
      new ConfigurationError('AuthModule.forRoot(): undeclared must be allow, warn, deny, throw'),
    );
  });

  it.each([0, -1, Number.NaN, Infinity, 2 ** 31, '1s', '30'])(
    'does not boot with validateTimeout: %s',
    async (validateTimeout) => {
      await expect(boot(open, { validateTimeout: validateTimeout as never })).rejects.toThrow(
        new ConfigurationError(
          'AuthModule.forRoot(): validateTimeout must be a number of seconds above 0, 2147483 (24 days) at most',
        ),
      );
    },
  );

  it.each<[string, object, string]>([
    ['securty', { securty: token }, 'did you mean security?'],
    ['Security', { Security: token }, 'did you mean security?'],
    ['allways', { allways: token }, 'did you mean always?'],
    ['undeclard', { undeclard: 'throw' }, 'did you mean undeclared?'],
    ['validateTimeOut', { validateTimeOut: 3 }, 'did you mean validateTimeout?'],
  ])('does not boot with the misspelt option %s', async (name, options, advice) => {
    await expect(boot(open, options)).rejects.toThrow(
      new ConfigurationError(`AuthModule.forRoot(): ${name} is not among its options: ${advice}`),
    );
  });

  it('does not boot with an option that it does not have', async () => {
    await expect(boot(open, { isGlobal: true } as object)).rejects.toThrow(
      new ConfigurationError(
        'AuthModule.forRoot(): isGlobal is not among its options, which are security, always, undeclared, guardsBefore, scopeMatcher, validateTimeout, protectedResource, allowDiscouragedFlows',
      ),
    );
  });

  it.each([
    ['security', allOf(token, token), 'allOf() holds the same scheme twice: name it once'],
    [
      'always',
      allOf(token, anonymous),
      'allOf() holds anonymous: write anyOf(allOf(...), anonymous) when the whole is optional',
    ],
  ])('does not boot where no handler is under a wrong %s', async (option, requirement, wrong) => {
    const imports = [AuthModule.forRoot({ schemes: [token], [option]: requirement })];
    await expect(createApp(adapter, { imports })).rejects.toThrow(
      new ConfigurationError(`AuthModule.forRoot(): ${option} ${wrong}`),
    );
  });

  it.each(['guardsBefore', 'scopeMatcher', 'undeclared'])(
    'does not boot with %s: undefined, which may have closed something',
    async (option) => {
      await expect(boot(open, { [option]: undefined })).rejects.toThrow(
        new ConfigurationError(
          `AuthModule.forRoot(): ${option} is undefined: leave it out, or if two files import each other, move it into a file of its own`,
        ),
      );
    },
  );

  it.each(['protectedResource', 'validateTimeout', 'allowDiscouragedFlows'])(
    'boots with %s: undefined, which opens nothing',
    async (option) => {
      await expect(boot(open, { [option]: undefined })).resolves.toBeUndefined();
    },
  );
});

describe('options that are not there, as through two files that import each other', () => {
  const missing = undefined as never;
  const noList = (option: string) =>
    `${option} must be a list. If it is undefined, two files import each other, or it is set to undefined: leave it out where there are none`;
  const noObject = 'its options must be an object, such as { schemes: [] }';
  const useFactory = () => ({});
  const bootWith = async (factory: () => object) => {
    const imports = [AuthModule.forRootAsync({ useFactory: factory })];
    const module = await Test.createTestingModule({ imports }).compile();
    await module.init();
  };
  const withoutOptions = () => bootWith(() => missing);

  it.each<[string, () => unknown, string]>([
    ['forRoot', () => AuthModule.forRoot(missing), noObject],
    ['forRootAsync', () => AuthModule.forRootAsync(missing), noObject],
    ['forRootAsync', withoutOptions, noObject],
    ...['schemes', 'imports', 'contexts'].map((name): [string, () => unknown, string] => [
      'forRootAsync',
      () => bootWith(() => ({ [name]: [] })),
      `${name} belongs beside useFactory, not into what it returns`,
    ]),
    [
      'forRootAsync',
      () => AuthModule.forRootAsync({ useFactory, security: missing } as never),
      'security is not among its options, which are useFactory, useClass, useExisting, inject, provideInjectionTokensFrom, schemes, imports, contexts',
    ],
    ['forRoot', () => AuthModule.forRoot({ schemes: missing }), noList('schemes')],
    ['forRoot', () => AuthModule.forRoot({ imports: missing }), noList('imports')],
    ['forRoot', () => AuthModule.forRoot({ contexts: missing }), noList('contexts')],
    [
      'forRoot',
      () => AuthModule.forRoot({ contexts: [missing] }),
      'contexts[0] is undefined: two files import each other',
    ],
    ['forRoot', () => AuthModule.forRootAsync({ schemes: missing, useFactory }), noList('schemes')],
    ['forFeature', () => AuthModule.forFeature(missing), noList('schemes')],
    ['forFeature', () => AuthModule.forFeature([], null as never), noList('imports')],
    [
      'forFeature',
      () => AuthModule.forFeature([], [missing]),
      'imports[0] is undefined: two files import each other',
    ],
  ])('are named: AuthModule.%s', async (method, make, message) => {
    await expect((async () => make())()).rejects.toThrow(
      new ConfigurationError(`AuthModule.${method}(): ${message}`),
    );
  });

  it.each([{}, { useFactory: undefined }, { useClass: undefined }])(
    'are named where nothing gives them: %o',
    (options) => {
      expect(() => AuthModule.forRootAsync({ schemes: [], ...options } as never)).toThrow(
        new ConfigurationError(
          'AuthModule.forRootAsync() needs useFactory, useClass or useExisting, which gives its options. If it is undefined, two files import each other',
        ),
      );
    },
  );
});

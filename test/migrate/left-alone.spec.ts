import { afterEach, describe, expect, it } from 'vitest';
import { CopiedApplication } from './copied-application.js';
import {
  BARREL,
  GLOBAL,
  JWT_GUARD,
  MARKED_GUARD,
  OWN_GUARDS,
  ROLES_GUARD,
  type SmallApplication,
  smallApplication,
} from './small-application.js';

/** A guard with JwtService, and one of these services. */
const ONE_SERVICE = JWT_GUARD.replace(/, JwtModule\.registerAsync.*?\) \}\)/, '');

const guarded = (decorators: string) => `@Controller()
export class AppController {
  ${decorators}
  @Get()
  read() {
    return 'read';
  }
}`;

const marked = { 'marked.guard.ts': MARKED_GUARD };
const own = { 'own.guards.ts': OWN_GUARDS };
const roles = { 'roles.ts': ROLES_GUARD };
const ownImports = `import { OtherGuard, OwnGuard } from './own.guards';`;
const rolesImports = `import { Roles, RolesGuard } from './roles';`;
const markedImports = `import { MarkedGuard, Public } from './marked.guard';`;

const MACHINE_STRATEGY = `import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
@Injectable()
export class MachineStrategy extends PassportStrategy(Strategy) {
  VALIDATE
}
`;

type Case = [what: string, application: SmallApplication, left: readonly (string | RegExp)[]];

const cases: Case[] = [
  [
    'a guard of your own',
    { controller: guarded('@UseGuards(OwnGuard)'), imports: ownImports, files: own },
    ['OwnGuard: it is a guard of your own that this does not know'],
  ],
  [
    'a guard that another one runs before',
    {
      controller: guarded(`@UseGuards(OwnGuard, AuthGuard('jwt'))`),
      imports: ownImports,
      files: own,
    },
    [/^OwnGuard: /, `AuthGuard('jwt'): OwnGuard runs before it`],
  ],
  [
    'a guard that another one runs before, from a decorator below',
    {
      controller: guarded(`@UseGuards(AuthGuard('jwt'))\n@UseGuards(OwnGuard)`),
      imports: ownImports,
      files: own,
    },
    [`AuthGuard('jwt'): OwnGuard runs before it`, /^OwnGuard: /],
  ],
  [
    'a guard made with arguments',
    { controller: guarded(`@UseGuards(new OtherGuard('a'))`), imports: ownImports, files: own },
    [`new OtherGuard('a'): it is not named by its class`],
  ],
  [
    'guards of a list that is spread',
    { controller: `const ALL = [AuthGuard('jwt')];\n${guarded('@UseGuards(...ALL)')}` },
    ['...ALL: it is not named by its class'],
  ],
  [
    'a guard that is chosen when the application runs',
    {
      controller: guarded(`@UseGuards(process.env.OPEN ? OwnGuard : AuthGuard('jwt'))`),
      imports: ownImports,
      files: own,
    },
    [/it is not named by its class$/],
  ],
  [
    'a strategy that is named when the application runs',
    { controller: guarded(`@UseGuards(AuthGuard(process.env.STRATEGY))`) },
    [/its strategies are not written out$/],
  ],
  [
    'a strategy that does not exist',
    { controller: guarded(`@UseGuards(AuthGuard('google'))`) },
    [`AuthGuard('google'): no strategy is called "google"`],
  ],
  ...[
    '(request) => !request.cookies.jwt',
    '(request) => request.cookies.jwt.slice(7)',
    '(request) => request.signedCookies.jwt',
    '(request) => request.cookies[request.query.name]',
    '(request) => other.cookies.jwt',
    '(request) => request.cookies.jwt || request.query.jwt',
    'async (request) => request.cookies.jwt',
    '(request) => { count(); return request.cookies.jwt; }',
    'cookieExtractor',
    `ExtractJwt.fromUrlQueryParameter('jwt')`,
  ].map((extractor): Case => {
    const inOrder = `ExtractJwt.fromExtractors([ExtractJwt.fromAuthHeaderAsBearerToken(), ${extractor}])`;
    return [
      `a strategy that may find its token by ${extractor}`,
      {
        controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
        files: {
          'jwt.strategy.ts': `import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() { super({ jwtFromRequest: ${inOrder}, secretOrKey: 'a' }); }
  validate() { return {}; }
}`,
        },
      },
      [
        `AuthGuard('jwt'): where ${extractor} of its jwtFromRequest looks is not known: write (request) => request?.cookies?.NAME if it reads a cookie, otherwise a PassportScheme for it`,
      ],
    ];
  }),
  [
    'a guard with its own canActivate',
    {
      controller: guarded('@UseGuards(OddGuard)'),
      imports: `import { OddGuard } from './odd.guard';`,
      files: {
        'odd.guard.ts': `import { AuthGuard } from '@nestjs/passport';
export class OddGuard extends AuthGuard('jwt') {
  canActivate(context) { return context.getArgs().length === 0 || super.canActivate(context); }
}`,
      },
    },
    ['OddGuard: it has its own canActivate()'],
  ],
  [
    'a guard that lets anonymous requests in',
    {
      controller: guarded('@UseGuards(OddGuard)'),
      imports: `import { OddGuard } from './odd.guard';`,
      files: {
        'odd.guard.ts': `import { AuthGuard } from '@nestjs/passport';
export class OddGuard extends AuthGuard('jwt') {
  handleRequest(err, user) { return user || null; }
}`,
      },
    },
    ['OddGuard: it has its own handleRequest()'],
  ],
  [
    'a guard with options of its own',
    {
      controller: guarded('@UseGuards(OddGuard)'),
      imports: `import { OddGuard } from './odd.guard';`,
      files: {
        'odd.guard.ts': `import { AuthGuard } from '@nestjs/passport';
export class OddGuard extends AuthGuard('jwt') {
  constructor() { super({ property: 'caller' }); }
}`,
      },
    },
    [/^OddGuard: its constructor does more/],
  ],
  [
    'guards where Passport puts the user elsewhere',
    {
      controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
      files: {
        'passport.ts': `import { PassportModule } from '@nestjs/passport';
export const passport = PassportModule.register({ property: 'caller' });`,
      },
    },
    [/passport.ts:2 sets options of PassportModule$/],
  ],
  [
    'guards where something reads authInfo',
    {
      controller: `${guarded(`@UseGuards(AuthGuard('jwt'))`)}\nexport const infoOf = (request) => request.authInfo;`,
    },
    [/reads authInfo$/],
  ],
  [
    'a guard that is exported under another name by a package of the application',
    {
      controller: guarded(`@UseGuards(Guard('jwt'))`),
      imports: `import { Guard } from './guards';`,
      files: { 'guards.ts': `export { AuthGuard as Guard } from '@nestjs/passport';` },
    },
    [/^Guard\('jwt'\): it is not named by its class$/],
  ],
  [
    'a guard inside a decorator of your own',
    {
      common: 'applyDecorators',
      controller: `export const Auth = () => applyDecorators(UseGuards(AuthGuard('jwt')));\n${guarded('@Auth()')}`,
    },
    [
      /UseGuards is called inside something else/,
      '@Auth(): it applies guards together with other decorators',
    ],
  ],
  [
    'a method of a controller whose guard adds to it',
    {
      controller: `@Controller()\n@UseGuards(AuthGuard('jwt'))\nexport class AppController {
  @Get() @UseGuards(AuthGuard('basic')) read() {}
}`,
      providers: 'Basic',
      moduleImports: `import { Basic } from './basic.strategy';`,
      files: {
        'basic.strategy.ts': `import { PassportStrategy } from '@nestjs/passport';
import { BasicStrategy } from 'passport-http';
export class Basic extends PassportStrategy(BasicStrategy) { validate() { return {}; } }`,
      },
    },
    [/asks for JwtToken and BasicLogin by guards that add up/, /add up/],
  ],
  [
    'a guard that two decorators of a method apply',
    { controller: guarded(`@UseGuards(AuthGuard('jwt'))\n@UseGuards(AuthGuard('jwt'))`) },
    [/besides$/, /besides$/],
  ],
  [
    'two guards of one decorator',
    {
      controller: guarded(`@UseGuards(AuthGuard('jwt'), AuthGuard('basic'))`),
      providers: 'Basic',
      moduleImports: `import { Basic } from './basic.strategy';`,
      files: {
        'basic.strategy.ts': `import { PassportStrategy } from '@nestjs/passport';
import { BasicStrategy } from 'passport-http';
export class Basic extends PassportStrategy(BasicStrategy) { validate() { return {}; } }`,
      },
    },
    [/AppController.read has AuthGuard\('jwt'\) and AuthGuard\('basic'\) besides$/, /besides$/],
  ],
  [
    'a controller that extends one with guards',
    {
      controller: `@UseGuards(AuthGuard('jwt'))\nexport class Base { @Get('base') base() {} }
@Controller()\nexport class AppController extends Base { @Get() read() {} }`,
    },
    [/AppController extends Base, whose decorators count there too$/],
  ],
  [
    'a controller that extends what a function makes',
    {
      controller: `const make = () => class { @Get('made') made() {} };
@Controller()\n@UseGuards(AuthGuard('jwt'))\nexport class AppController extends make() { @Get() read() {} }`,
    },
    [/AppController extends make\(\), whose decorators count there too$/],
  ],
  [
    'a controller whose handlers are all inherited',
    {
      controller: `export class Base { @Get('base') base() {} }
@Controller()\n@UseGuards(AuthGuard('jwt'))\nexport class AppController extends Base {}`,
    },
    [/its class has no handlers but those that it inherits from Base, which were not followed$/],
  ],
  [
    'a resolver',
    {
      controller: `import { Query, Resolver } from '@nestjs/graphql';
@Resolver()\nexport class AppController { @Query() @UseGuards(AuthGuard('jwt')) read() {} }`,
    },
    [/it is on no handler of HTTP/],
  ],
  [
    'a global guard where a gateway is',
    {
      ...GLOBAL,
      controller: `${guarded('')}
import { WebSocketGateway, SubscribeMessage } from '@nestjs/websockets';
@WebSocketGateway()\nexport class Gateway { @SubscribeMessage('a') a() {} }`,
      files: marked,
    },
    [/is no HTTP handler, and what holds for the whole application counts there too$/],
  ],
  [
    'a global guard whose mark is set by something else, too',
    {
      ...GLOBAL,
      common: 'SetMetadata',
      controller: guarded(`@SetMetadata('isPublic', true)`),
      files: marked,
    },
    [/its metadata is used in another way, or may be, at .*app.controller.ts/],
  ],
  [
    'a global guard whose mark is part of another decorator',
    {
      ...GLOBAL,
      common: 'applyDecorators',
      imports: markedImports,
      controller: `export const Open = () => applyDecorators(Public());\n${guarded('@Open()')}`,
      files: marked,
    },
    [/Public is not a plain decorator of a route at/],
  ],
  [
    'a global guard whose mark another guard reads',
    {
      ...GLOBAL,
      controller: guarded(''),
      files: {
        ...marked,
        'reader.guard.ts': `import { KEY } from './marked.guard';
export class ReaderGuard { canActivate(context) { return Reflect.getMetadata(KEY, context.getHandler()); } }`,
      },
    },
    [/ReaderGuard .* reads the same metadata$/],
  ],
  [
    'a mark that is set on a guarded method of a marked class',
    {
      imports: markedImports,
      controller: `@Controller()\n@Public()\nexport class AppController { @Get() @UseGuards(MarkedGuard) read() {} }`,
      files: marked,
    },
    [/MarkedGuard: .*asks for nothing by guards/],
  ],
  [
    'roles that a method has instead of its class',
    {
      imports: rolesImports,
      controller: `@Controller()\n@Roles('admin')\n@UseGuards(RolesGuard)
export class AppController { @Get() @Roles('user') read() {} }`,
      files: roles,
    },
    [/RolesGuard: the roles of AppController.read and of its class/],
  ],
  [
    'roles of which nothing that is replaced knows the caller',
    {
      imports: rolesImports,
      controller: guarded(`@Roles('admin')\n@UseGuards(RolesGuard)`),
      files: roles,
    },
    [/RolesGuard: AppController.read names roles, and nothing that is replaced says who calls$/],
  ],
  [
    'roles that are asked for before anybody is known',
    {
      imports: rolesImports,
      controller: guarded(`@Roles('admin')\n@UseGuards(RolesGuard, AuthGuard('jwt'))`),
      files: roles,
    },
    [/^RolesGuard: /, `AuthGuard('jwt'): RolesGuard runs before it`],
  ],
  [
    'a global guard of roles where a resolver names roles, and no route does',
    {
      providers: `${GLOBAL.providers}, { provide: APP_GUARD, useClass: RolesGuard }`,
      moduleImports: `${GLOBAL.moduleImports}\n${rolesImports}`,
      imports: rolesImports,
      controller: `${guarded('')}
import { Query, Resolver } from '@nestjs/graphql';
@Resolver()\nexport class Reader { @Query() @Roles('admin') read() {} }`,
      files: { ...marked, ...roles },
    },
    [
      /^global MarkedGuard: .* is no HTTP handler/,
      /^global RolesGuard: Roles is not a plain decorator of a route at/,
    ],
  ],
  [
    'roles whose key has another name elsewhere',
    {
      common: 'SetMetadata',
      imports: rolesImports,
      controller: `const SAME = 'roles';\n${guarded(
        `@SetMetadata(SAME, ['admin'])\n@UseGuards(AuthGuard(process.env.A), RolesGuard)`,
      )}`,
      files: roles,
    },
    [
      /its strategies are not written out$/,
      /^RolesGuard: its metadata is used in another way, or may be, at/,
    ],
  ],
  ...[
    `validate(token) { throw new Error(token); }`,
    `validate(token) { return this.users.find(token); }`,
    `async validate(token) { return await token; }`,
  ].map((validate): Case => [
    `strategies of which one that is not the last may throw: ${validate}`,
    {
      controller: guarded(`@UseGuards(AuthGuard(['bearer', 'jwt']))`),
      providers: 'MachineStrategy',
      moduleImports: `import { MachineStrategy } from './machine.strategy';`,
      files: { 'machine.strategy.ts': MACHINE_STRATEGY.replace('VALIDATE', validate) },
    },
    [
      `AuthGuard(['bearer', 'jwt']): MachineStrategy may throw, and Passport then asks none of those after it`,
    ],
  ]),
  [
    'a guard that verifies with one of several services',
    {
      imports: `import { TokenGuard } from './token.guard';`,
      controller: guarded('@UseGuards(TokenGuard)'),
      providers: 'TokenGuard',
      moduleImports: `import { TokenGuard } from './token.guard';`,
      files: { 'token.guard.ts': JWT_GUARD },
    },
    ['TokenGuard: JwtService is provided several times, and which of them verifies is not said'],
  ],
  ...[
    ['{ provide: JwtService, useFactory: lax }', 'const lax = () => new JwtService({});'],
    ['JwtService', ''],
    ['{ provide: JwtService, useClass: Lax }', 'class Lax extends JwtService {}'],
  ].map(([provider, before]): Case => [
    `a guard that verifies with a service of a module or ${provider}`,
    {
      imports: `import { TokenGuard } from './token.guard';`,
      controller: guarded('@UseGuards(TokenGuard)'),
      providers: `TokenGuard, ${provider}`,
      moduleImports: `import { TokenGuard } from './token.guard';\nimport { JwtService } from '@nestjs/jwt';\n${before}`,
      files: {
        'token.guard.ts': ONE_SERVICE.replace(
          'verifyAsync(token)',
          `verifyAsync(token, { secret: 'a' })`,
        ),
      },
    },
    ['TokenGuard: JwtService is provided several times, and which of them verifies is not said'],
  ]),
  ...[
    'const payload = VERIFY; if (payload.blocked) throw new ForbiddenException(); request.user = payload;',
    'const payload = VERIFY; if (gone.has(payload.jti)) throw new Error(); request.user = payload;',
    'const payload = VERIFY; const user = await find(payload.sub); request.user = payload;',
    'const payload = VERIFY.then(check); request.user = payload;',
    'const payload = VERIFY, user = check(payload); request.user = payload;',
    'const payload = VERIFY && check(request); request.user = payload;',
    'request.user = VERIFY || fail();',
    'request.user = VERIFY, check(request);',
    'request.user = check(VERIFY);',
    'check(request.user = VERIFY);',
  ].map((statements): Case => [
    `a guard that does more than verify: ${statements}`,
    {
      imports: `import { TokenGuard } from './token.guard';`,
      controller: guarded('@UseGuards(TokenGuard)'),
      providers: 'TokenGuard',
      moduleImports: `import { TokenGuard } from './token.guard';`,
      files: {
        'token.guard.ts': ONE_SERVICE.replace(
          'request.user = await this.jwt.verifyAsync(token);',
          statements.replace('VERIFY', `await this.jwt.verifyAsync(token, { secret: 'a' })`),
        ),
      },
    },
    [
      /^TokenGuard: (its canActivate\(\) is not the one of the recipe with JwtService|it does more with what verifyAsync\(\) returns than the recipe with JwtService)$/,
    ],
  ]),
  ...['private reflector: Map<any, any>', `@Inject('OTHER') private reflector: Reflector`].map(
    (parameter): Case => [
      `a guard whose mark is read with ${parameter}`,
      {
        imports: `import { TokenGuard } from './token.guard';`,
        controller: guarded('@UseGuards(TokenGuard)'),
        providers: 'TokenGuard',
        moduleImports: `import { TokenGuard } from './token.guard';`,
        files: {
          'token.guard.ts': `import { Inject, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
export const KEY = 'isPublic';
export const Public = () => SetMetadata(KEY, true);
${ONE_SERVICE.replace('constructor(', `constructor(${parameter}, `).replace(
  'const request',
  `const open = this.reflector.get(KEY, context.getHandler());
    if (open) return true;
    const request`,
)}`,
        },
      },
      ['TokenGuard: its mark for public routes is not declared here'],
    ],
  ),
  [
    'a guard on a controller that its strategy imports',
    {
      controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
      providers: 'UsersService',
      moduleImports: `import { UsersService } from './users';`,
      files: BARREL,
    },
    [
      /^AuthGuard\('jwt'\): JwtToken would import .*src\/jwt.strategy.ts, which imports .*src\/app.controller.ts by way of .*src\/users.ts, and with such a cycle the application would not boot: in .*src\/jwt.strategy.ts, import UsersService from its own file$/,
    ],
  ],
  [
    'a guard of which the strategy is declared in the file of a module',
    {
      controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
      files: {
        'app.module.ts': `import { Module } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { AppController } from './app.controller';
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() { super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'a' }); }
  validate() { return {}; }
}
@Module({ controllers: [AppController], providers: [JwtStrategy] })
export class AppModule {}
`,
        'jwt.strategy.ts': '',
      },
    },
    [
      /^AuthGuard\('jwt'\): JwtToken would import .*src\/app.module.ts, which needs JwtToken itself, .*: declare JwtStrategy in a file of its own$/,
    ],
  ],
  ...['../own.guards', '@/../own.guards'].map((from): Case => [
    `a global guard, and one of a route, of a file outside the folder: ${from}`,
    {
      controller: guarded('@UseGuards(OtherGuard)'),
      imports: `import { OtherGuard } from '${from}';`,
      providers: `{ provide: APP_GUARD, useClass: OwnGuard }, { provide: APP_GUARD, useClass: ThrottlerGuard }`,
      moduleImports: `import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard } from '@nestjs/throttler';
import { OwnGuard } from '${from}';`,
      files: { '../own.guards.ts': OWN_GUARDS },
    },
    [
      /^OtherGuard: it is declared outside .*src, which is not read$/,
      /^global OwnGuard: it is declared outside .*src, which is not read$/,
    ],
  ]),
  [
    'a global guard of roles that runs after the requirement of AuthModule',
    {
      providers: '{ provide: APP_GUARD, useClass: RolesGuard }',
      moduleImports: `import { APP_GUARD } from '@nestjs/core';
import { AuthModule } from 'nestjs-security';
import { RolesGuard } from './roles';
import { JwtToken } from './jwt-token';
export const security = AuthModule.forRoot({ security: JwtToken, guardsBefore: [] });`,
      controller: guarded(''),
      files: roles,
    },
    [
      'global RolesGuard: security of AuthModule is there already: write its @Roles as @Authorize(...) with a rule by hand, then remove it',
    ],
  ],
  [
    'everything where another application may serve the same controllers',
    {
      files: {
        'other.ts': `import { NestFactory } from '@nestjs/core';
export class OtherModule {}
export async function other() { const app = await NestFactory.create(OtherModule); await app.listen(0); }`,
      },
    },
    [/creates several applications \(.*main.ts:3, .*other.ts:3\): name the folder of one, and in/],
  ],
  [
    'everything where a function of another application may serve the same controllers',
    {
      files: {
        'lambda.ts': `import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
export class OtherModule {}
export async function handler() {
  const server = express();
  const app = await NestFactory.create(OtherModule, new ExpressAdapter(server));
  await app.init();
  return server;
}`,
      },
    },
    [/creates several applications \(.*lambda.ts:7, .*main.ts:3\): name the folder of one, and in/],
  ],
  [
    'everything where a global guard may be one, or not',
    {
      providers: `...(process.env.OPEN ? [] : [{ provide: APP_GUARD, useClass: MarkedGuard }])`,
      moduleImports: GLOBAL.moduleImports,
      controller: guarded(''),
      files: marked,
    },
    [/a global guard that is not/],
  ],
  [
    'a global guard that is made by a factory',
    {
      providers: `{ provide: APP_GUARD, useFactory: () => ({ canActivate: () => true }) }`,
      moduleImports: `import { APP_GUARD } from '@nestjs/core';`,
      controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
    },
    [/:\d+: a global guard that is not .* but has useFactory: which routes/],
  ],
  [
    'a global guard that is provided already',
    {
      providers: 'OwnGuard, { provide: APP_GUARD, useExisting: OwnGuard }',
      moduleImports: `import { APP_GUARD } from '@nestjs/core';\n${ownImports}`,
      controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
      files: own,
    },
    [/:\d+: a global guard that is not .* but has useExisting \(write useClass\): which routes/],
  ],
  [
    'global guards of several modules',
    {
      providers: GLOBAL.providers,
      moduleImports: `${GLOBAL.moduleImports}\n${ownImports}
@Module({ providers: [{ provide: APP_GUARD, useClass: OwnGuard }] })
export class OwnModule {}`,
      controller: guarded(''),
      files: { ...marked, ...own },
    },
    [
      /several modules \(OwnGuard at .*app.module.ts:\d+, MarkedGuard at .*app.module.ts:\d+\), .*: provide them in one$/,
    ],
  ],
  [
    'a global guard of each of the two ways in which the application is started',
    {
      controller: guarded(''),
      files: {
        ...marked,
        ...Object.fromEntries(
          ['main.ts', 'lambda.ts'].map((name) => [
            name,
            `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { MarkedGuard } from './marked.guard';
export async function start() {
  const app = await NestFactory.create(AppModule);
  app.useGlobalGuards(new MarkedGuard());
  return app;
}`,
          ]),
        ),
      },
    },
    ['lambda.ts', 'main.ts'].map(
      () =>
        /^global MarkedGuard: it is used in several places \(.*lambda.ts:6, .*main.ts:6\): provide it once, as \{ provide: APP_GUARD, useClass: MarkedGuard \} in the root module$/,
    ),
  ],
  [
    'global guards of one call',
    {
      controller: guarded(''),
      files: {
        ...own,
        'setup.ts': `${ownImports}
export const setUp = (app) => app.useGlobalGuards(new OwnGuard(), new OtherGuard('a'));`,
      },
    },
    [/setup.ts:2: useGlobalGuards\(\) is given 2 guards: give each guard a call of its own/],
  ],
];

describe('migrate', { timeout: 60_000 }, () => {
  let application: CopiedApplication;
  afterEach(() => application.remove());

  it.each(cases)('should leave %s as it is, and say why', async (_what, given, expected) => {
    application = await CopiedApplication.from(smallApplication(given));
    const { files, told } = await outcome(application);
    expect(files).toEqual([]);
    expect(told).toEqual(
      expected.map((line) => (line instanceof RegExp ? expect.stringMatching(line) : line)),
    );
  });
});

/** What would be changed, and what is told of what would not, be it of everything. */
async function outcome(application: CopiedApplication) {
  try {
    const { files, left } = await application.plan();
    return {
      files: files.map(({ name }) => name),
      told: left.map(({ what, reason }) => `${what}: ${reason}`),
    };
  } catch (error) {
    return { files: [], told: [(error as Error).message] };
  }
}

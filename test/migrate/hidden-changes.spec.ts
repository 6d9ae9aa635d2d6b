import { afterEach, describe, expect, it } from 'vitest';
import { CopiedApplication } from './copied-application.js';
import { GLOBAL, MARKED_GUARD, ROLES_GUARD, smallApplication } from './small-application.js';

const IMPORTS = `import { Inject, Injectable } from '@nestjs/common';
import { AuthGuard, AuthModuleOptions, PassportModule as P, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { JwtStrategy } from './jwt.strategy';
import { MarkedGuard } from './marked.guard';
import { RolesGuard } from './roles';
`;
const OPTIONS = `{ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'other' }`;
const strategy = (base: string) =>
  `export class Strict extends ${base} { constructor() { super(${OPTIONS}); } validate(payload) { return payload.sub === 'ada' && payload; } }`;

/** What else an application has by which Passport runs another strategy, or the guard is another. */
const cases: [what: string, source: string][] = [
  [
    'a subclass of the strategy',
    `export class Strict extends JwtStrategy { validate(payload) { return null; } }`,
  ],
  [
    'a subclass of the strategy in an expression',
    `export const Strict = class extends JwtStrategy {};`,
  ],
  ['a strategy of the same name', strategy(`PassportStrategy(Strategy, 'jwt')`)],
  [
    'a strategy that is named by a constant',
    `const NAMES = { main: 'jwt' };\n${strategy('PassportStrategy(Strategy, NAMES.main)')}`,
  ],
  [
    'a strategy that is named when it runs',
    strategy('PassportStrategy(Strategy, process.env.NAME)'),
  ],
  [
    'a strategy whose base is kept first',
    `const Base = PassportStrategy(Strategy, process.env.NAME);\n${strategy('Base')}`,
  ],
  [
    'a strategy that is named by a variable',
    `let name = 'other'; name = 'jwt';\n${strategy('PassportStrategy(Strategy, name)')}`,
  ],
  [
    'a strategy of another package without a name',
    `import { Strategy as Other } from 'passport-office';\n${strategy('PassportStrategy(Other)')}`,
  ],
  [
    'a strategy of the application without a name',
    `class Own extends Strategy {}\n${strategy('PassportStrategy(Own)')}`,
  ],
  [
    'a strategy of a package',
    `import { OfficeStrategy } from 'office';\nexport const module = { providers: [OfficeStrategy] };`,
  ],
  [
    'a strategy that a package makes',
    `import { makeStrategy } from 'office';\n${strategy('makeStrategy(Strategy)')}`,
  ],
  [
    'passport.use()',
    `import passport from 'passport';\nexport class Starter { onModuleInit() { passport.use(new Strategy(${OPTIONS}, () => {})); } }`,
  ],
  [
    'passport.use() of everything',
    `import * as passport from 'passport';\npassport.use('jwt', new Strategy(${OPTIONS}, () => {}));`,
  ],
  [
    'passport.unuse()',
    `import passport from 'passport';\npassport.initialize();\npassport.unuse('jwt');`,
  ],
  ['passport that is required', `const passport = require('passport');\npassport.use(null);`],
  [
    'passport that is imported as it was',
    `import passport = require('passport');\npassport.use(null);`,
  ],
  [
    'passport that is imported later',
    `export const later = async () => (await import('passport')).default.use(null);`,
  ],
  [
    'passport that is handed on',
    `import passport from 'passport';\nexport const set = (p) => p.use(null);\nset(passport);`,
  ],
  [
    'a Passport of its own',
    `import { Passport } from 'passport';\nexport const own = new Passport();`,
  ],
  ['the strategy made by hand', `export const made = new JwtStrategy();`],
  [
    'the strategy made by a factory',
    `export const provider = { provide: JwtStrategy, useFactory: () => ({}) };`,
  ],
  [
    'the strategy in place of which another is provided',
    `export const provider = { provide: JwtStrategy, useClass: Object };`,
  ],
  [
    'the strategy provided by another name',
    `export const provider = { provide: 'JWT', useClass: JwtStrategy };`,
  ],
  ['the strategy provided twice', `export const module = { providers: [JwtStrategy] };`],
  ['the strategy changed', `JwtStrategy.prototype.validate = () => null;`],
  [
    'the strategy injected',
    `export class Changer { constructor(strategy: JwtStrategy) { strategy.validate = () => null; } }`,
  ],
  ['the guard changed', `(MarkedGuard.prototype as any).handleRequest = () => ({});`],
  [
    'the guard changed at once',
    `Object.assign(MarkedGuard.prototype, { handleRequest: () => ({}) });`,
  ],
  ['the guard changed by a function', `const patch = (type) => type;\npatch(MarkedGuard);`],
  ['the guard under another name', `export const Same = MarkedGuard;`],
  [
    'the guard changed through an object that holds it',
    `const guards = { MarkedGuard };\n(guards.MarkedGuard.prototype as any).handleRequest = () => ({});`,
  ],
  ['the guard injected', `export class Caller { constructor(private guard: MarkedGuard) {} }`],
  [
    'the guard injected by its token',
    `export class Caller { constructor(@Inject(MarkedGuard) private guard) {} }`,
  ],
  [
    'the guard replaced by what is provided',
    `export const provider = { provide: MarkedGuard, useValue: {} };`,
  ],
  [
    'a guard that extends it',
    `export class Strict extends MarkedGuard { canActivate(context) { return super.canActivate(context); } }`,
  ],
  [
    'a guard of the same strategy changed',
    `AuthGuard('jwt').prototype.handleRequest = () => ({});`,
  ],
  [
    'a guard of the same strategy made by a function',
    `export const guardOf = (name) => AuthGuard(name);`,
  ],
  ['other options of Passport', `export const module = P.register({ property: 'caller' });`],
  [
    'other options of Passport by provider',
    `export const provider = { provide: AuthModuleOptions, useValue: { property: 'caller' } };`,
  ],
  [
    'a handler that asks Passport who is there',
    `export const isIn = (request) => request.isAuthenticated();`,
  ],
];

const ROLES_CASES: [what: string, source: string][] = [
  ['changed', `RolesGuard.prototype.canActivate = () => false;`],
  ['extended', `export class Strict extends RolesGuard {}`],
  ['injected', `export class Caller { constructor(private guard: RolesGuard) {} }`],
];

describe('classes that are not what they seem', { timeout: 60_000 }, () => {
  let copied: CopiedApplication;
  afterEach(() => copied.remove());

  const application = (source: string, files = {}) =>
    CopiedApplication.from(
      smallApplication({
        providers: `${GLOBAL.providers}, { provide: APP_GUARD, useClass: RolesGuard }`,
        moduleImports: `${GLOBAL.moduleImports}\nimport { RolesGuard } from './roles';`,
        imports: `import { Roles } from './roles';`,
        controller: `@Controller()
export class AppController { @Get() read() {} @Roles('admin') @Get('admin') admin() {} }`,
        files: {
          'marked.guard.ts': MARKED_GUARD,
          'roles.ts': ROLES_GUARD,
          'more.ts': IMPORTS + source,
          ...files,
        },
      }),
    );

  it('should be replaced where they are', async () => {
    copied = await application(`import passport from 'passport';
import type { Passport } from 'passport';
export const setUp = (app) => app.use(passport.initialize(), passport.session());
${strategy(`PassportStrategy(Strategy, 'other')`)}`);
    expect((await copied.plan()).left).toEqual([]);
  });

  it.each(cases)('should be left alone where there is %s', async (_what, source) => {
    copied = await application(source);
    const { files, left } = await copied.plan();
    expect(files).toEqual([]);
    expect(left.find(({ what }) => what === 'global MarkedGuard')?.reason).toMatch(
      /more\.ts|several strategies|provided several times/,
    );
  });

  it.each(ROLES_CASES)(
    'should be left alone where the guard of roles is %s',
    async (_what, source) => {
      copied = await application(source);
      const { left } = await copied.migrate();
      expect(left.map(({ what, reason }) => `${what}: ${reason}`)).toEqual([
        expect.stringMatching(/^global RolesGuard: .*more\.ts/),
      ]);
      expect((await copied.files())['app.controller.ts']).toContain(`@Roles('admin')`);
    },
  );

  it.each(['Patched()', 'Injectable() @Patched()'])(
    'should be left alone under @%s',
    async (decorators) => {
      const patched = `export const Patched = () => (type) => { type.prototype.handleRequest = () => ({}); };`;
      copied = await application(patched, {
        'marked.guard.ts': `import { Patched } from './more';\n${MARKED_GUARD.replace('@Injectable()', `@${decorators}`)}`,
      });
      const { files, left } = await copied.plan();
      expect(files).toEqual([]);
      expect(left[0]?.reason).toBe('@Patched() may change it');
    },
  );
});

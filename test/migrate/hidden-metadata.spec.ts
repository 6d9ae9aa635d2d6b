import { afterEach, describe, expect, it } from 'vitest';
import { CopiedApplication } from './copied-application.js';
import { GLOBAL, MARKED_GUARD, ROLES_GUARD, smallApplication } from './small-application.js';

const IMPORTS = `import { SetMetadata, applyDecorators, Get, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { KEY, MarkedGuard, Public } from './marked.guard';
import { ROLES, Roles, RolesGuard } from './roles';
`;

/** A guard of the application's own that reads metadata in some way, and lets in or refuses by it. */
const guard = (read: string, before = '') => `${before}
export class OfficeGuard {
  constructor(private reflector: Reflector, private meta: any, private discovery: DiscoveryService) {}
  canActivate(context) { return !(${read}); }
}`;

type Stays = 'both' | 'roles' | 'mark';

/** What else an application has, and what may not be replaced then. */
const cases: [what: string, source: string, stays: Stays][] = [
  [
    'a guard that reads the text',
    guard(`this.reflector.get('roles', context.getHandler())`),
    'roles',
  ],
  [
    'a guard that reads a template',
    guard('this.reflector.get(`roles`, context.getHandler())'),
    'roles',
  ],
  [
    'a guard that reads a property of an object',
    guard(
      `this.reflector.get(KEYS.roles, context.getHandler())`,
      `const KEYS = { roles: 'roles' };`,
    ),
    'roles',
  ],
  [
    'a guard that reads an element of an object',
    guard(
      `this.reflector.get(KEYS['roles'], context.getHandler())`,
      `const KEYS = { roles: 'roles' };`,
    ),
    'both',
  ],
  [
    'a guard that reads a member of an enum',
    guard(`this.reflector.get(Keys.Open, context.getHandler())`, `enum Keys { Open = 'isPublic' }`),
    'mark',
  ],
  [
    'a guard that reads a static property',
    guard(`this.reflector.get(OfficeGuard.KEY, context.getHandler())`).replace(
      '{\n',
      `{\n  static readonly KEY = 'isPublic';\n`,
    ),
    'mark',
  ],
  [
    'a guard that reads a sum',
    guard(`this.reflector.get('ro' + 'les', context.getHandler())`),
    'roles',
  ],
  [
    'a guard that reads what a function says',
    guard(
      `this.reflector.get(keyOf('ro'), context.getHandler())`,
      'const keyOf = (text) => text + "les";',
    ),
    'both',
  ],
  [
    'a guard that reads a variable that changes',
    guard(`this.reflector.get(key, context.getHandler())`, `let key = 'other'; key = ROLES;`),
    'both',
  ],
  [
    'a guard that reads with another method',
    guard(`this.reflector.getAllAndMerge('roles', [context.getHandler()])`),
    'roles',
  ],
  [
    'a guard that reads all',
    guard(`this.reflector.getAll('isPublic', [context.getHandler()])[0]`),
    'mark',
  ],
  [
    'a guard that reads with something unknown',
    guard(`this.meta.get(keyOf(), context.getHandler())`, 'const keyOf = () => ROLES;'),
    'both',
  ],
  [
    'a guard that reads by itself',
    guard(`Reflect.getMetadata('roles', context.getHandler())`),
    'roles',
  ],
  [
    'a guard that looks whether it is there',
    guard(`Reflect.hasMetadata('isPublic', context.getHandler())`),
    'mark',
  ],
  [
    'a guard that reads its own',
    guard(`(Reflect as any).getOwnMetadata('roles', context.getHandler())`),
    'roles',
  ],
  [
    'a guard that reads every key',
    guard(`Reflect.getMetadataKeys(context.getHandler()).length > 3`),
    'both',
  ],
  [
    'a guard that takes the method',
    guard(`read('roles', context.getHandler())`, `const { getMetadata: read } = Reflect as any;`),
    'both',
  ],
  [
    'a guard that binds the method',
    guard(`this.reflector.get.bind(this.reflector)(ROLES, context.getHandler())`),
    'both',
  ],
  [
    'a guard that picks the method',
    guard(`this.reflector['get'](ROLES, context.getHandler())`),
    'both',
  ],
  [
    'a guard that hands Reflect on',
    guard(
      `read(Reflect, context)`,
      `const read = (all: any, context) => all['getMetadata'](ROLES, context.getHandler());`,
    ),
    'both',
  ],
  [
    'a guard that hands the reflector to a package',
    guard(`isOffice(this.reflector, context)`, `import { isOffice } from 'office';`),
    'both',
  ],
  [
    'a guard that extends one of a package',
    `import { PackageGuard } from 'office';
export class OfficeGuard extends PackageGuard { constructor(reflector: Reflector) { super(reflector); } }`,
    'both',
  ],
  [
    'a guard of a package',
    `import { PackageGuard } from 'office';
@UseGuards(PackageGuard) @Controller('own') export class OwnController {}`,
    'both',
  ],
  [
    'a guard that a function of a package makes',
    `import * as office from 'office';
const officeGuard = () => office.guard();
@UseGuards(officeGuard()) @Controller('own') export class OwnController {}`,
    'both',
  ],
  [
    'a guard that derives from one of a package',
    `import { PackageGuard } from 'office';
class OfficeGuard extends PackageGuard {}
@Controller('own') export class OwnController { @UseGuards(new OfficeGuard()) @Get('x') x() {} }`,
    'both',
  ],
  [
    'a guard of a package for everything',
    `import { PackageGuard } from 'office';
export const start = (app) => { app.useGlobalGuards(new PackageGuard()); };`,
    'both',
  ],
  [
    'a guard outside the folder',
    `import { OuterGuard } from '../../outer.guard';
@UseGuards(OuterGuard) @Controller('own') export class OwnController {}`,
    'both',
  ],
  [
    'the guard in a decorator of the application',
    `export const Guarded = () => applyDecorators(UseGuards(MarkedGuard));`,
    'mark',
  ],
  [
    'the guard made for a route',
    `@Controller('own') export class OwnController { @UseGuards(new MarkedGuard(new Reflector())) @Get('x') x() {} }`,
    'mark',
  ],
  [
    'the guard of roles in a list',
    `const GUARDS = [RolesGuard];
@Controller('own') export class OwnController { @UseGuards(...GUARDS) @Get('x') x() {} }`,
    'roles',
  ],
  [
    'a guard that discovers',
    guard(
      `this.discovery.getMetadataByDecorator(pick(), context.getHandler())`,
      'const pick = () => Roles;',
    ),
    'both',
  ],
  [
    'an interceptor',
    `export class Audit {
  constructor(private reflector: Reflector) {}
  intercept(context, next) { if (this.reflector.getAllAndOverride('roles', [context.getHandler(), context.getClass()])) throw new Error(); return next.handle(); }
}`,
    'roles',
  ],
  [
    'an interceptor that names the key',
    `export class Audit {
  constructor(private reflector: Reflector) {}
  intercept(context, next) { return this.reflector.get(KEY, context.getHandler()) ? next.handle() : undefined; }
}`,
    'mark',
  ],
  ['another name for the key', `export const SAME = 'isPublic';`, 'mark'],
  [
    'a decorator of any key',
    `export const Meta = (key: string, value: unknown) => SetMetadata(key, value);`,
    'both',
  ],
  [
    'a decorator with the same key',
    `export const Old = Reflector.createDecorator<string[]>({ key: 'roles' });`,
    'both',
  ],
  [
    'metadata that is set later',
    `Reflect.defineMetadata('is' + 'Public', false, Array.prototype.map);`,
    'mark',
  ],
  ['metadata that is removed', `Reflect.deleteMetadata('roles', Array.prototype.map);`, 'roles'],
  [
    'metadata that is set by a decorator',
    `export class C { @Reflect.metadata(ROLES, ['nobody']) read() {} }`,
    'roles',
  ],
  [
    'another reflector',
    `export const provider = { provide: Reflector, useValue: { get: () => true } };`,
    'both',
  ],
  ['a reflector that is changed', `Reflector.prototype.get = () => true;`, 'both'],
  ['a reflector that is extended', `export class Mine extends Reflector {}`, 'both'],
  [
    'a route whose decorator is of the application',
    `const Read = (path: string) => applyDecorators(Get(path));
@Controller('own') export class OwnController { @Roles('admin') @Read('x') x() {} }`,
    'roles',
  ],
  [
    'a route that is made public twice over',
    `const Read = (path: string) => applyDecorators(Get(path));
@Controller('own') export class OwnController { @Public() @Read('x') x() {} }`,
    'mark',
  ],
  [
    'a route that names roles twice',
    `@Controller('own') export class OwnController { @Roles('admin') @Roles('user') @Get('x') x() {} }`,
    'roles',
  ],
];

/** What is not about metadata of these keys, so that all is replaced. */
const harmless: [what: string, source: string][] = [
  [
    'a guard that reads another key',
    IMPORTS + guard(`this.reflector.get('other', context.getHandler())`),
  ],
  [
    'a guard that reads another constant',
    IMPORTS + guard(`this.reflector.get(OTHER, context.getHandler())`, `const OTHER = 'other';`),
  ],
  [
    'types of parameters',
    IMPORTS + guard(`Reflect.getMetadata('design:paramtypes', context.getClass())`),
  ],
  [
    'another decorator',
    `${IMPORTS}export const Other = (value: string) => SetMetadata('other', value);`,
  ],
  [
    'a path',
    `${IMPORTS}@Controller('roles') export class RolesController { @Get('isPublic') x() {} }`,
  ],
  ['relations', `export const load = (users) => users.find({ relations: ['roles'] });`],
  [
    'services that get',
    `import { ConfigService } from '@nestjs/config';
export class Users {
  all = new Map();
  constructor(private config: ConfigService) {}
  find(id) { return this.all.get(id) ?? this.config.get(id, 1); }
}`,
  ],
];

const application = (source: string) =>
  CopiedApplication.from(
    smallApplication({
      providers: `${GLOBAL.providers}, { provide: APP_GUARD, useClass: RolesGuard }`,
      moduleImports: `${GLOBAL.moduleImports}\nimport { RolesGuard } from './roles';`,
      imports: `import { Public } from './marked.guard';\nimport { Roles } from './roles';`,
      controller: `@Controller()
export class AppController { @Public() @Get('open') open() {} @Roles('admin') @Get('admin') admin() {} }`,
      files: { 'marked.guard.ts': MARKED_GUARD, 'roles.ts': ROLES_GUARD, 'more.ts': source },
    }),
  );

describe('metadata that something else may read or set', { timeout: 60_000 }, () => {
  let copied: CopiedApplication;
  afterEach(() => copied.remove());

  it.each(cases)('should keep the decorators where there is %s', async (_what, source, stays) => {
    copied = await application(IMPORTS + source);
    const { left } = await copied.migrate();
    const reasons = new Map(left.map(({ what, reason }) => [what, reason]));
    const text = (await copied.files())['app.controller.ts'];
    if (stays !== 'roles') {
      expect(text).not.toContain('nestjs-security');
      expect(reasons.get('global MarkedGuard')).toMatch(/more\.ts/);
    }
    if (stays !== 'mark') {
      expect(text).toContain(`@Roles('admin')`);
      expect(reasons.get('global RolesGuard')).toMatch(/more\.ts/);
    }
  });

  it.each(harmless)('should replace them where there is %s', async (_what, source) => {
    copied = await application(source);
    const { left } = await copied.migrate();
    expect(left).toEqual([]);
    expect((await copied.files())['app.controller.ts']).toContain(`@Authorize(hasRole('admin'))`);
  });
});

import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { JwtService } from '@nestjs/jwt';
import { afterEach, describe, expect, it } from 'vitest';
import { migrateFolder } from '../../lib/migrate/migrate-folder.js';
import { CopiedApplication } from './copied-application.js';
import {
  BARREL,
  GLOBAL,
  MARKED_GUARD,
  OWN_GUARDS,
  ROLES_GUARD,
  smallApplication,
} from './small-application.js';

/** With what cookie-parser does. */
const WITH_COOKIES = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
export const createApp = async () => {
  const app = await NestFactory.create(AppModule, { logger: false });
  app.use((request: any, _response: any, next: () => void) => {
    const pairs = (request.headers.cookie ?? '').split('; ').map((pair: string) => pair.split('='));
    request.cookies = Object.fromEntries(pairs);
    next();
  });
  return app;
};
`;

const guarded = (decorators: string) =>
  `@Controller()\nexport class AppController {\n  @Get()\n  ${decorators}\n  read() {}\n}`;

describe('migrate', { timeout: 60_000 }, () => {
  let application: CopiedApplication;
  afterEach(() => application.remove());

  async function migrated(
    given: Parameters<typeof smallApplication>[0],
  ): Promise<Record<string, string>> {
    application = await CopiedApplication.from(smallApplication(given));
    await application.migrate();
    return application.files();
  }

  it.each([
    ['a library', `import { swagger } from '@app/common';`, 'swagger(app)', true],
    [
      'Swagger',
      `import { SwaggerModule } from '@nestjs/swagger';`,
      'SwaggerModule.createDocument(app, {} as never)',
      false,
    ],
    [
      'this package',
      `import { createDocument } from 'nestjs-security/openapi';`,
      'createDocument(app, {} as never)',
      false,
    ],
  ])(
    'should keep the decorators of a document only where another makes it: %s',
    async (_whose, imported, call, isKept) => {
      const { 'app.controller.ts': text } = await migrated({
        imports: `import { ApiBearerAuth } from '@nestjs/swagger';`,
        controller: guarded(`@ApiBearerAuth() @UseGuards(AuthGuard('jwt'))`),
        files: {
          'document.ts': `import type { INestApplication } from '@nestjs/common';
${imported}
export const document = (app: INestApplication) => ${call};
`,
        },
      });
      expect(text).toContain('@Security(JwtToken)');
      expect(text.includes('@ApiBearerAuth()')).toBe(isKept);
    },
  );

  it.each([
    ['that no module lists', ''],
    ['that a module lists', 'JwtToken'],
  ])('should provide once the scheme of a strategy %s', async (_whose, providers) => {
    const found = await migrated({
      controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
      providers,
      moduleImports: providers && `import { JwtToken } from './jwt.scheme';`,
      files: {
        'jwt.scheme.ts': `import { Injectable } from '@nestjs/common';
import { PassportScheme } from 'nestjs-security';
import { JwtStrategy } from './jwt.strategy';
@Injectable()
export class JwtToken extends PassportScheme {
  constructor(strategy: JwtStrategy) {
    super({ strategy, securityScheme: { type: 'http', scheme: 'bearer' } });
  }
}
`,
        'jwt.scheme.spec.ts': `import { JwtToken } from './jwt.scheme';\nexport const tested = [JwtToken];\n`,
      },
    });
    expect(found['app.controller.ts']).toContain('@Security(JwtToken)');
    expect(found['app.module.ts']).toContain(`import { JwtToken } from './jwt.scheme'`);
    expect(found['app.module.ts']).toMatch(/providers: \[JwtStrategy, JwtToken,? ?\]/);
  });

  it('should say which schemes of a document stay for you to remove', async () => {
    application = await CopiedApplication.from(
      smallApplication({
        controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
        files: {
          'document.ts': `import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
const config = new DocumentBuilder()
  .addBearerAuth()
  .addCookieAuth('jwt')
  .build();
export const document = (app: never) => SwaggerModule.createDocument(app, config);
`,
        },
      }),
    );
    const { left } = await application.migrate();
    expect((await application.files())['document.ts']).not.toContain('addBearerAuth');
    expect(left.map(({ place, what }) => `${basename(place)} ${what}`)).toEqual([
      'document.ts:4 .addCookieAuth()',
    ]);
    expect(left[0]?.reason).toContain('remove this and the decorators that name it');
  });

  it('should keep a guard that stays beside one that is replaced', async () => {
    const { 'app.controller.ts': text } = await migrated({
      imports: `import { OwnGuard } from './own.guards';`,
      files: { 'own.guards.ts': OWN_GUARDS },
      controller: `@Controller()
export class AppController {
  @Get()
  @UseGuards(AuthGuard('jwt'), OwnGuard) // both
  read() {}
}`,
    });
    expect(text).toContain(`  @Get()
  @Security(JwtToken)
  @UseGuards(OwnGuard) // both
  read() {}`);
    expect(text).not.toContain('@nestjs/passport');
  });

  it('should keep the line ends and the byte order mark of files, new ones as their module has', async () => {
    const files = smallApplication({ controller: guarded("@UseGuards(AuthGuard('jwt'))") });
    const windows = Object.entries(files).map(([name, text]) => [
      name,
      `\ufeff${text.replaceAll('\n', '\r\n')}`,
    ]);
    application = await CopiedApplication.from(Object.fromEntries(windows));
    const { files: changed } = await application.migrate();
    const texts = Object.entries(await application.files());
    expect(changed).toHaveLength(3);
    expect(texts.filter(([, text]) => /[^\r]\n/.test(text))).toStrictEqual([]);
    const added = texts.filter(([, text]) => !text.startsWith('\ufeff')).map(([name]) => name);
    expect(added).toStrictEqual(
      changed.filter(({ before }) => !before).map(({ path }) => basename(path)),
    );
    expect(texts.filter(([, text]) => text.lastIndexOf('\ufeff') > 0)).toStrictEqual([]);
  });

  it('should import with the extension that the application uses: .ts', async () => {
    const files = smallApplication({ controller: guarded("@UseGuards(AuthGuard('jwt'))") });
    const named = Object.entries(files).map(([name, text]) => [
      name,
      text.replace(/(from '\.[^']*)'/g, `$1.ts'`),
    ]);
    application = await CopiedApplication.from(Object.fromEntries(named));
    await application.migrate();
    const texts = Object.values(await application.files()).join('');
    expect(texts).toContain(`import { JwtToken } from './jwt-token.scheme.ts';`);
    expect(
      [...texts.matchAll(/from '(\.[^']*)'/g)].filter(([, from]) => !from!.endsWith('.ts')),
    ).toEqual([]);
  });

  it.each(['.d.ts', '.ts'])(
    'should import without the extension of types: %s',
    async (extension) => {
      const { 'app.controller.ts': text } = await migrated({
        controller: guarded("@UseGuards(AuthGuard('jwt'))"),
        imports: `import type { Settings } from './settings${extension}';`,
        files: { [`settings${extension}`]: 'export interface Settings { readonly name: string }' },
      });
      expect(text).toContain(`import { JwtToken } from './jwt-token.scheme';`);
    },
  );

  it.each([
    'return NestFactory.createApplicationContext(SeedModule);',
    'const app = await NestFactory.create(SeedModule); await app.get(Seeds).plant(); await app.close();',
  ])('should migrate the application beside a script: %s', async (body) => {
    const { 'app.module.ts': text } = await migrated({
      controller: guarded("@UseGuards(AuthGuard('jwt'))"),
      files: {
        'seed.ts': `import { NestFactory } from '@nestjs/core';
class Seeds { plant() {} }
class SeedModule {}
export async function seed() { ${body} }`,
      },
    });
    expect(text).toContain('AuthModule.forRoot({})');
  });

  it('should migrate an application that is only created for its providers', async () => {
    const { 'app.module.ts': text } = await migrated({
      controller: guarded("@UseGuards(AuthGuard('jwt'))"),
      files: {
        'main.ts': `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
export const started = NestFactory.createApplicationContext(AppModule);`,
      },
    });
    expect(text).toContain('AuthModule.forRoot({})');
  });

  it('should follow names that are imported under others', async () => {
    const { 'app.controller.ts': text } = await migrated({
      common: 'UseGuards as Guarded',
      imports: `import { AuthGuard as Passport } from '@nestjs/passport';`,
      controller: `@Guarded(Passport('jwt'))\n@Controller()\nexport class AppController { @Get() read() {} }`,
    });
    expect(text).toContain('@Security(JwtToken)\n@Controller()');
  });

  it('should give its own names to what is called as something of the application', async () => {
    const { 'app.controller.ts': text } = await migrated({
      controller: `class Security {}\n@UseGuards(AuthGuard('jwt'))\n@Controller()\nexport class AppController { @Get() read() { return new Security(); } }`,
    });
    expect(text).toContain('import { Security as Secured }');
    expect(text).toContain('@Secured(JwtToken)\n@Controller()');
  });

  it('should migrate one controller where another cannot be', async () => {
    const { 'app.controller.ts': text } = await migrated({
      controller: `@UseGuards(AuthGuard('jwt'))
@Controller('a')
export class AppController { @Get() read() {} }
@UseGuards(AuthGuard(process.env.STRATEGY))
@Controller('b')
export class OtherController { @Get() read() {} }`,
    });
    expect(text).toContain(`@Security(JwtToken)\n@Controller('a')`);
    expect(text).toContain(`@UseGuards(AuthGuard(process.env.STRATEGY))\n@Controller('b')`);
  });

  it.each([
    [
      'a cookie',
      'ExtractJwt.fromExtractors([(request) => request?.cookies?.jwt ?? null])',
      `{ type: 'apiKey', in: 'cookie', name: 'jwt' }`,
    ],
    [
      'a cookie by a function of its own',
      `(request) => { return request.cookies['jwt']; }`,
      `{ type: 'apiKey', in: 'cookie', name: 'jwt' }`,
    ],
    [
      'a cookie, then the header',
      'ExtractJwt.fromExtractors([function (r) { return r.cookies.jwt; }, ExtractJwt.fromAuthHeaderAsBearerToken()])',
      `{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }`,
    ],
  ])('should take a strategy that reads %s', async (_, extractor, securityScheme) => {
    const files = smallApplication({
      controller: guarded(`@UseGuards(AuthGuard('jwt'))`),
      files: { 'main.ts': WITH_COOKIES },
    });
    const known = 'ExtractJwt.fromAuthHeaderAsBearerToken()';
    const strategy = files['jwt.strategy.ts']!.replace(known, extractor);
    application = await CopiedApplication.from({ ...files, 'jwt.strategy.ts': strategy });
    const good = new JwtService({ secret: 'secret' }).sign({ sub: 'ada' });
    const answers = async () =>
      application.run(async (_app, url) => {
        const statuses: number[] = [];
        for (const headers of [
          {},
          { cookie: `jwt=${good}` },
          { cookie: `a=b; jwt=${good}` },
          { cookie: 'jwt=bad' },
          { cookie: 'jwt=' },
          { cookie: `other=${good}` },
          { authorization: `Bearer ${good}` },
          { authorization: `Bearer ${good}`, cookie: 'jwt=bad' },
          { authorization: 'Bearer bad', cookie: `jwt=${good}` },
        ] as Record<string, string>[]) {
          statuses.push((await fetch(url, { headers })).status);
        }
        return statuses;
      });
    const before = await answers();
    expect(before).toContain(200);
    expect(before).toContain(401);
    await application.migrate();
    expect(await answers()).toEqual(before);
    const { 'app.controller.ts': text, 'jwt-token.scheme.ts': scheme } = await application.files();
    expect(text).toContain('@Security(JwtToken)');
    expect(scheme).toContain(`securityScheme: ${securityScheme}`);
  });

  it('should replace a guard whose strategy imports only types of the controller', async () => {
    const { 'app.controller.ts': text } = await migrated({
      controller: `export interface User { name: string }\n${guarded(`@UseGuards(AuthGuard('jwt'))`)}`,
      providers: 'UsersService',
      moduleImports: `import { UsersService } from './users';`,
      files: {
        ...BARREL,
        'jwt.strategy.ts': BARREL['jwt.strategy.ts'].replace(
          './users',
          `./users.service';\nimport { type User as Caller } from './app.controller';\nimport { User } from './app.controller`,
        ),
      },
    });
    expect(text).toContain('@Security(JwtToken)');
  });

  it('should name the global guards that run before the one that is replaced', async () => {
    const { 'app.module.ts': text } = await migrated({
      controller: `@Controller()\nexport class AppController { @Get() read() {} }`,
      providers: `{ provide: APP_GUARD, useClass: OwnGuard }, ${GLOBAL.providers}`,
      moduleImports: `${GLOBAL.moduleImports}\nimport { OwnGuard } from './own.guards';`,
      files: { 'own.guards.ts': OWN_GUARDS, 'marked.guard.ts': MARKED_GUARD },
    });
    expect(text).toContain(
      'imports: [AuthModule.forRoot({ security: JwtToken, guardsBefore: [OwnGuard] })]',
    );
    expect(text).toContain('{ provide: APP_GUARD, useClass: OwnGuard }');
    expect(text).not.toContain('MarkedGuard');
  });

  it('should leave a RolesGuard where it is, and replace the guard before it, where roles cannot be rules', async () => {
    const { 'app.controller.ts': text } = await migrated({
      imports: `import { Roles, RolesGuard } from './roles';`,
      files: { 'roles.ts': ROLES_GUARD },
      controller: `@Controller()
@Roles('admin')
@UseGuards(AuthGuard('jwt'), RolesGuard)
export class AppController { @Get() @Roles('user') read() {} }`,
    });
    expect(text).toContain(
      `@Roles('admin')\n@Security(JwtToken)\n@UseGuards(RolesGuard)\nexport class`,
    );
  });

  it('should print a difference that git applies, and write nothing unless it is told to', async () => {
    application = await CopiedApplication.of('roles-global');
    const before = await application.files();
    const source = join(application.folder, 'src');
    const report = await migrateFolder(source, false);
    expect(await application.files()).toEqual(before);
    expect(report).toContain('Nothing is written: run it again with --write.');
    const patch = join(application.folder, 'patch');
    await writeFile(patch, `${report.split('\n\nTo be done:')[0]}\n`);
    await promisify(execFile)('git', ['apply', '--include=build/*', patch]);
    const applied = await application.files();
    expect(applied).not.toEqual(before);
    for (const [name, text] of Object.entries(before)) await writeFile(join(source, name), text);
    for (const name of Object.keys(applied)) if (!(name in before)) await rm(join(source, name));
    await migrateFolder(source, true);
    expect(await application.files()).toEqual(applied);
  });

  it('should name the guards that nothing applies any longer, and the tests that name them', async () => {
    application = await CopiedApplication.of('roles');
    const spec = `import { JwtAuthGuard } from './jwt-auth.guard';\nexport const guard = JwtAuthGuard;\n`;
    await writeFile(join(application.folder, 'src', 'cats.spec.ts'), spec);
    await mkdir(join(application.folder, 'test'));
    const e2e = `import { RolesGuard } from '../src/roles.guard';\nexport const guard = RolesGuard;\n`;
    await writeFile(join(application.folder, 'test', 'cats.e2e-spec.ts'), e2e);
    const { unused } = await application.plan();
    expect(unused.map((line) => line.replaceAll(/build\/[^/]+\//g, ''))).toEqual([
      'JwtAuthGuard (src/jwt-auth.guard.ts:4), named in src/cats.spec.ts:2',
      'RolesGuard (src/roles.guard.ts:6), named in test/cats.e2e-spec.ts:2',
    ]);
  });

  it('should not give away a guard that another extends', async () => {
    application = await CopiedApplication.of('roles');
    const strict = `import { JwtAuthGuard } from './jwt-auth.guard';\nexport class Strict extends JwtAuthGuard {}\n`;
    await writeFile(join(application.folder, 'src', 'strict.guard.ts'), strict);
    const { unused } = await application.plan();
    expect(unused.map((line) => line.replace(/ .*/, ''))).toEqual(['RolesGuard']);
  });

  it('should say which controller it could not tell about', async () => {
    const given = {
      ...GLOBAL,
      controller: `export class Base { @Get('base') base() {} }
@Controller() export class AppController extends Base { @Get() read() {} }`,
      files: { 'marked.guard.ts': MARKED_GUARD },
    };
    application = await CopiedApplication.from(smallApplication(given));
    const { left } = await application.plan();
    expect(left.map(({ what, reason }) => `${what}: ${reason}`)).toEqual([
      'global MarkedGuard: AppController extends Base, whose decorators count there too',
    ]);
  });

  it('should refuse a folder without an application', async () => {
    application = await CopiedApplication.from({ 'a.ts': 'export const a = 1;' });
    await expect(application.plan()).rejects.toThrow('NestFactory.create(AppModule) was not found');
  });

  it('should refuse a folder without TypeScript', async () => {
    application = await CopiedApplication.from({ 'a.js': '' });
    await expect(application.plan()).rejects.toThrow('There is no TypeScript in ');
  });

  it('should say what to install where TypeScript is of another kind', async () => {
    application = await CopiedApplication.from({ 'a.ts': '' });
    const folder = join(application.folder, 'node_modules', 'typescript');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "main": "index.js" }');
    await writeFile(join(folder, 'index.js'), `exports.version = '7.0.2';`);
    await expect(application.plan()).rejects.toThrow(
      'Your code is read with TypeScript 5.5 to 6, and 7.0.2 is installed',
    );
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { rule, scheme } from '../../lib/schematics/index.js';
import { DiskTree, rootModule } from './disk-tree.js';

let tree: DiskTree;
afterEach(() => tree.remove());

function generated(module: string, options: Partial<Parameters<typeof scheme>[0]> = {}): string {
  tree = new DiskTree(rootModule(module));
  scheme({ name: 'user-token', ...options })(tree, tree.context);
  return tree.read('src/app.module.ts')!.toString();
}

const MAIN = `import { AppModule } from './app.module';\nNestFactory.create(AppModule);\n`;
const BY_HAND = `Register UserToken yourself:

  import { AuthModule } from 'nestjs-security';
  import { UserToken } from './user-token/user-token.scheme';

  // in @Module() of your root module
  imports: [AuthModule.forRoot({ schemes: [UserToken] })],
`;

/** The root module of an application whose main.ts boots it. */
function booted(module: string, imported?: string): string {
  tree = new DiskTree({ ...rootModule(module), 'src/main.ts': MAIN });
  const text = tree.read('src/app.module.ts')!.toString();
  if (imported !== undefined)
    tree.overwrite('src/app.module.ts', text.replace(/import \{ AuthModule.*/, imported));
  scheme({ name: 'user-token' })(tree, tree.context);
  return tree.read('src/app.module.ts')!.toString();
}

describe('nest g -c nestjs-security scheme', { timeout: 60_000 }, () => {
  it.each([
    ['{ imports: [AuthModule.forRoot({ schemes: [] })] }', 'forRoot({ schemes: [UserToken] })'],
    [
      '{ imports: [AuthModule.forRoot({ schemes: [key] })] }',
      'forRoot({ schemes: [key, UserToken] })',
    ],
    ['{ imports: [AuthModule.forRoot({})] }', 'forRoot({ schemes: [UserToken] })'],
    [
      `{ imports: [AuthModule.forRoot({ undeclared: 'deny' })] }`,
      `forRoot({ schemes: [UserToken], undeclared: 'deny' })`,
    ],
  ])('should register the scheme in %s', (module, expected) => {
    const text = generated(module);
    expect(text).toContain(expected);
    expect(text).toContain(`import { UserToken } from './user-token/user-token.scheme';`);
    expect(tree.said).toEqual([]);
  });

  it.each([
    ['{}', '{ imports: [AuthModule.forRoot({ schemes: [UserToken] })] }'],
    ['{ imports: [] }', '{ imports: [AuthModule.forRoot({ schemes: [UserToken] })] }'],
    [
      '{ imports: [NotesModule], controllers: [] }',
      '{ imports: [NotesModule, AuthModule.forRoot({ schemes: [UserToken] })], controllers: [] }',
    ],
    [
      '{ /* AuthModule.forRoot({ schemes: [] }) */ }',
      'AuthModule.forRoot({ schemes: [UserToken] })',
    ],
  ])('should import AuthModule in a root module such as %s', (module, expected) => {
    const text = booted(module);
    expect(text).toContain(expected);
    expect(text).toContain(`import { UserToken } from './user-token/user-token.scheme';`);
    expect(text).toContain(`import { AuthModule } from 'nestjs-security';`);
    expect(tree.said).toEqual([]);
  });

  it('should import AuthModule beside one of the application', () => {
    const text = booted(
      '{ imports: [AuthModule] }',
      `import { AuthModule } from './auth/auth.module';`,
    );
    expect(text).toContain(`import { AuthModule as SecurityModule } from 'nestjs-security';`);
    expect(text).toContain(
      'imports: [AuthModule, SecurityModule.forRoot({ schemes: [UserToken] })]',
    );
  });

  it.each([
    '{ imports: [AuthModule.forRoot(options)] }',
    '{ imports: [AuthModule.forRoot({ ...options })] }',
    '{ imports: [AuthModule.forRoot({ schemes })] }',
    '{ imports: [AuthModule.forRootAsync(options)] }',
    '{ imports: [AuthModule.forRoot({}), AuthModule.forRoot({})] }',
    '{ imports: [configured(AuthModule)] }',
    '{ imports: [AuthModule[name]({})] }',
  ])('should say what to write, and change nothing, in %s', (module) => {
    expect(booted(module)).toBe(rootModule(module)['src/app.module.ts']);
    expect(tree.said).toEqual([
      `src/app.module.ts has no list of schemes that is plainly this application's. Register UserToken yourself:

  import { UserToken } from './user-token/user-token.scheme';

  // in the options of AuthModule.forRoot()
  schemes: [UserToken],
`,
    ]);
    expect(tree.exists('src/user-token/user-token.scheme.ts')).toBe(true);
  });

  it.each([
    ['{ imports }', 'src/app.module.ts has no plain list of imports'],
    ['{ ...options }', 'src/app.module.ts has no plain list of imports'],
    ['options', 'src/app.module.ts has no plain list of imports'],
  ])('should say how to import AuthModule, and change nothing, in %s', (module, why) => {
    expect(booted(module)).toBe(rootModule(module)['src/app.module.ts']);
    expect(tree.said).toEqual([`${why}. ${BY_HAND}`]);
  });

  it('should say how to import AuthModule where main.ts does not boot the root module', () => {
    expect(generated('{}')).toBe(rootModule('{}')['src/app.module.ts']);
    const why = 'src/app.module.ts is not plainly what main.ts boots';
    expect(tree.said).toEqual([`${why}. ${BY_HAND}`]);
  });

  it.each(['src/auth/security.module.ts', 'src/main-options.ts'])(
    'should list the scheme in %s where AuthModule is imported there',
    (file) => {
      tree = new DiskTree({ ...rootModule('{}'), 'src/main.ts': MAIN });
      const forRoot = 'AuthModule.forRootAsync({ schemes: [] })';
      const path = `import { AuthModule } from 'nestjs-security';\nexport default ${forRoot};\n`;
      tree.overwrite(file, path);
      scheme({ name: 'user-token' })(tree, tree.context);
      expect(tree.read('src/app.module.ts')!.toString()).toBe(
        rootModule('{}')['src/app.module.ts'],
      );
      expect(tree.read(file)!.toString()).toContain('forRootAsync({ schemes: [UserToken] })');
    },
  );

  it.each([['src/other.ts'], ['libs/auth/src/auth.module.ts']])(
    'should change nothing where it cannot tell whether %s is the one',
    (file) => {
      tree = new DiskTree({ ...rootModule('{}'), 'src/main.ts': MAIN });
      const text = `import { AuthModule } from 'nestjs-security';\nAuthModule.forRoot({ schemes: [] });\n`;
      const files = ['src/a.module.ts', file].slice(file.startsWith('libs') ? 1 : 0);
      for (const name of files) tree.overwrite(name, text);
      scheme({ name: 'user-token' })(tree, tree.context);
      expect(files.map((name) => tree.read(name)!.toString())).toEqual(files.map(() => text));
      expect(tree.said[0]).toContain(`${files.join(', ')} has no list of schemes that is plainly`);
    },
  );

  it('should not take the AuthModule of a test, or of a feature, for that of the application', () => {
    tree = new DiskTree({ ...rootModule('{}'), 'src/main.ts': MAIN });
    const use = (call: string) =>
      `import { AuthModule } from 'nestjs-security';\nAuthModule.${call};\n`;
    tree.overwrite('src/app.spec.ts', use('forRoot({})'));
    tree.overwrite('src/notes.module.ts', use('forFeature([key])'));
    scheme({ name: 'user-token' })(tree, tree.context);
    expect(tree.read('src/app.module.ts')!.toString()).toContain(
      'forRoot({ schemes: [UserToken] })',
    );
  });

  it("should register a scheme in the project of a monorepo, and leave the others' modules", () => {
    const main = (name: string) =>
      `import { ${name} } from './app.module';\nNestFactory.create(${name});`;
    const module = rootModule('{ imports: [] }')['src/app.module.ts']!;
    tree = new DiskTree({
      'package.json': '{}',
      'apps/api/src/main.ts': main('AppModule'),
      'apps/api/src/app.module.ts': module,
      'apps/admin/src/app.module.ts': module.replace('[]', '[AuthModule.forRoot({})]'),
    });
    scheme({ name: 'user-token', sourceRoot: 'apps/api/src' })(tree, tree.context);
    expect(tree.exists('apps/api/src/user-token/user-token.scheme.ts')).toBe(true);
    expect(tree.read('apps/api/src/app.module.ts')!.toString()).toContain(
      'imports: [AuthModule.forRoot({ schemes: [UserToken] })]',
    );
    expect(tree.said).toEqual([]);
  });

  it('should say how to register a scheme of a library, which boots nothing', () => {
    tree = new DiskTree({ 'package.json': '{}' });
    scheme({ name: 'user-token', sourceRoot: 'libs/auth/src' })(tree, tree.context);
    expect(tree.said).toEqual([`libs/auth/src/app.module.ts is not there. ${BY_HAND}`]);
  });

  it('should write where it is told to, and no spec unless it is wanted', () => {
    generated('{}', {
      name: 'auth/APIKey_2',
      path: 'lib',
      sourceRoot: 'apps/shop/src',
      flat: true,
      spec: false,
    });
    expect(tree.read('apps/shop/src/lib/auth/apikey-2.scheme.ts')?.toString()).toContain(
      'export class APIKey2 extends HTTPBearer',
    );
    expect(tree.exists('apps/shop/src/lib/auth/apikey-2.scheme.spec.ts')).toBe(false);
  });

  it('should leave the root module alone where it is told to', () => {
    const module = '{ imports: [AuthModule.forRoot({})] }';
    expect(generated(module, { skipImport: true })).toBe(rootModule(module)['src/app.module.ts']);
    expect(tree.said).toEqual([]);
  });

  it('should refuse a name that is none', () => {
    expect(() => generated('{}', { name: '2' })).toThrow('"2" is no name for a class');
  });

  it('should refuse the name of the class that it extends', () => {
    expect(() => generated('{}', { name: 'HTTPBearer' })).toThrow(
      'HTTPBearer is the name of what its file imports: choose another',
    );
  });
});

describe('the module that is edited', { timeout: 60_000 }, () => {
  const MODULE = rootModule('{ imports: [AuthModule.forRoot({ schemes: [] })] }')[
    'src/app.module.ts'
  ]!;

  function edited(main: string, file: string): string[] {
    const files = ['src/app.module.ts', file];
    tree = new DiskTree({ 'package.json': '{}', 'src/main.ts': main });
    for (const name of files) tree.overwrite(name, MODULE);
    scheme({ name: 'user-token' })(tree, tree.context);
    return files.filter((name) => tree.read(name)!.toString() !== MODULE);
  }

  it.each([
    [`import { ShopModule } from './shop/shop.module';\nNestFactory.create(ShopModule);`],
    [`import { ShopModule } from './shop/shop.module.js';\nNestFactory.create(ShopModule, {});`],
    [`import ShopModule from './shop/shop.module';\nNestFactory.create<App>(ShopModule);`],
    [
      `import { ShopModule as S } from './shop/shop.module';\nNestFactory.createMicroservice(S, {});`,
    ],
  ])('should be that which is booted in %j', (main) => {
    expect(edited(main, 'src/shop/shop.module.ts')).toEqual(['src/shop/shop.module.ts']);
    expect(tree.read('src/shop/shop.module.ts')!.toString()).toMatch(
      /from '\.\.\/user-token\/user-token\.scheme'/,
    );
  });

  it('should be main.ts where the module stands there', () => {
    const main = `${MODULE}\nNestFactory.create(AppModule);\n`;
    expect(edited(main, 'src/shop/shop.module.ts')).toEqual([]);
    expect(tree.read('src/main.ts')!.toString()).toContain('schemes: [UserToken]');
  });

  it.each([
    '',
    `import { AppModule } from './app.module';\nNestFactory.create(AppModule);`,
    `import { Gone } from './gone.module';\nNestFactory.create(Gone);`,
    `import { Shop } from '@shop/shop';\nNestFactory.create(Shop);`,
    `import { Shop } from './shop/shop.module';\nNestFactory.create(pick());`,
    `import { A } from './shop/shop.module';\nNestFactory.create(A); NestFactory.create(B);`,
  ])('should be app.module.ts for %j', (main) => {
    expect(edited(main, 'src/shop/shop.module.ts')).toEqual(['src/app.module.ts']);
  });
});

describe('nest g -c nestjs-security rule', () => {
  it('should register the rule as a provider', () => {
    tree = new DiskTree(rootModule('{ imports: [] }'));
    rule({ name: 'owns-note' })(tree, tree.context);
    expect(tree.read('src/app.module.ts')?.toString()).toContain('providers: [OwnsNote]');
  });

  it('should say what to write where the providers are not a plain list', () => {
    tree = new DiskTree(rootModule('{ providers }'));
    rule({ name: 'owns-note' })(tree, tree.context);
    expect(tree.said).toEqual([
      `src/app.module.ts has no plain list of providers. Register OwnsNote yourself:

  import { OwnsNote } from './owns-note/owns-note.rule';

  // in @Module() of your root module
  providers: [OwnsNote],
`,
    ]);
  });
});

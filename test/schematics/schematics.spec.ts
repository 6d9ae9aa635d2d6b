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
    '{}',
    '{ imports: [AuthModule.forRoot(options)] }',
    '{ imports: [AuthModule.forRoot({ ...options })] }',
    '{ imports: [AuthModule.forRoot({ schemes })] }',
    '{ imports: [AuthModule.forRootAsync({ useFactory })] }',
    '{ imports: [AuthModule.forRoot({}), AuthModule.forRoot({})] }',
    '{ /* AuthModule.forRoot({ schemes: [] }) */ }',
  ])('should say what to do, and change nothing, in %s', (module) => {
    expect(generated(module)).toBe(rootModule(module)['src/app.module.ts']);
    expect(tree.said).toEqual([
      'src/app.module.ts has no plain list to add to: add UserToken to the schemes of AuthModule.forRoot() in your root module',
    ]);
    expect(tree.exists('src/user-token/user-token.scheme.ts')).toBe(true);
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
});

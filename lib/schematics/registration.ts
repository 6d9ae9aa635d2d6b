import { posix } from 'node:path';
import { ModuleText } from '../migrate/module-text.js';
import type { GeneratedClass } from './generated-class.js';
import { rootModuleOf } from './root-module.js';
import type { Tree } from './tree.js';

/** What to do by hand; `undefined` where the class was registered in the tree. */
type Advice = string | undefined;

/** Lists a scheme in the application's `AuthModule.forRoot()`, or adds that where there is none. */
export function registerScheme(tree: Tree, sourceRoot: string, scheme: GeneratedClass): Advice {
  const root = rootModuleOf(tree, sourceRoot);
  const files = registrations(tree, sourceRoot);
  const [file = root.file] = files.includes(root.file) ? [root.file] : files;
  if (files.length > 0) {
    const isOwn = file === root.file || (files.length === 1 && isWithin(sourceRoot, file));
    return edited(tree, file, (text) => isOwn && text.withScheme(scheme), scheme, {
      why: `${files.join(', ')} has no list of schemes that is plainly this application's`,
      lines: ['// in the options of AuthModule.forRoot()', `schemes: [${scheme.className}],`],
    });
  }
  return edited(tree, file, (text) => root.isBooted && text.withAuthModule(scheme), scheme, {
    why: `${file} ${root.isBooted ? 'has no plain list of imports' : 'is not plainly what main.ts boots'}`,
    imports: [`import { AuthModule } from 'nestjs-security';`],
    lines: [
      '// in @Module() of your root module',
      `imports: [AuthModule.forRoot({ schemes: [${scheme.className}] })],`,
    ],
  });
}

/** Lists a rule among the providers of the root module. */
export function registerRule(tree: Tree, sourceRoot: string, rule: GeneratedClass): Advice {
  const { file } = rootModuleOf(tree, sourceRoot);
  return edited(tree, file, (text) => text.withProvider(rule), rule, {
    why: `${file} has no plain list of providers`,
    lines: ['// in @Module() of your root module', `providers: [${rule.className}],`],
  });
}

interface ByHand {
  readonly why: string;
  readonly imports?: readonly string[];
  readonly lines: readonly string[];
}

function edited(
  tree: Tree,
  file: string,
  edit: (text: ModuleText) => string | false | undefined,
  generated: GeneratedClass,
  { why, imports = [], lines }: ByHand,
): Advice {
  const text = tree.exists(file) ? tree.read(file)?.toString() : undefined;
  const result = text === undefined ? undefined : edit(new ModuleText(text, file));
  if (result) return void tree.overwrite(file, result);
  const { className } = generated;
  const specifier = new ModuleText('', file).specifierOf(generated);
  const written = [...imports, `import { ${className} } from '${specifier}';`, '', ...lines];
  return [
    `${text === undefined ? `${file} is not there` : why}. Register ${className} yourself:`,
    '',
    ...written.map((line) => `  ${line}`.trimEnd()),
    '',
  ].join('\n');
}

/** The files of an application, and of the libraries it may use, that have an `AuthModule.forRoot()`. */
function registrations(tree: Tree, sourceRoot: string): string[] {
  const found: string[] = [];
  for (const folder of new Set([sourceRoot, 'libs']))
    tree.getDir(folder).visit((path) => {
      const file = posix.relative('/', posix.join('/', path));
      if (!file.endsWith('.ts') || /[.-](spec|test)\.ts$|\.d\.ts$/.test(file)) return;
      if (found.includes(file) || file.includes('node_modules/')) return;
      const text = tree.read(file)!.toString();
      if (/nestjs-security['"]/.test(text) && new ModuleText(text, file).hasAuthModule)
        found.push(file);
    });
  return found;
}

/** Whether a file is in the application's folder, rather than in a library that other applications may use. */
function isWithin(folder: string, file: string): boolean {
  return !posix.relative(folder, file).startsWith('..');
}

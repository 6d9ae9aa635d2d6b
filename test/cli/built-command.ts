import { type ChildProcess, execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

/** What Nest looks for and goes without. */
const OPTIONAL = /^(class-\w+|@nestjs\/(websockets|microservices|platform-fastify|swagger))(\/|$)/;

export interface Run {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** The package, built into a folder of its own, beside the compiled fixtures. */
export class BuiltCommand {
  private constructor(private readonly folder: string) {}

  static async build(): Promise<BuiltCommand> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-cli-'));
    await Promise.all([compileLibrary(join(folder, 'dist')), compileFixtures(folder)]);
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), await readFile(join(ROOT, 'package.json')));
    return new BuiltCommand(folder);
  }

  /** Runs the command as a process, in the folder of the fixtures. */
  run(...args: string[]): Promise<Run> {
    return this.runWith({}, ...args);
  }

  /** The same, with further environment variables. */
  runWith(env: Record<string, string>, ...args: string[]): Promise<Run> {
    return this.start(env, args);
  }

  /** The same, with an output that nobody reads. */
  runUnread(...args: string[]): Promise<Run> {
    return this.start({}, args, ({ stdout }) => stdout!.destroy());
  }

  private async start(
    env: Record<string, string>,
    args: readonly string[],
    begun: (child: ChildProcess) => void = () => undefined,
  ): Promise<Run> {
    const { bin } = JSON.parse(await readFile(join(this.folder, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    const script = join(this.folder, bin['nestjs-security']!);
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...process.env, ...env } };
      begun(
        execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
          resolve({ stdout, stderr, exitCode: error === null ? 0 : Number(error.code) }),
        ),
      );
    });
  }

  /** Writes a file beside the package, and returns its name. */
  async write(name: string, text: string): Promise<string> {
    await writeFile(join(this.folder, name), text);
    return name;
  }

  /** Bundles a fixture into one file: with its own copy of every package, or of none. */
  async bundle(fixture: string, format: 'cjs' | 'esm', own: 'packages' | 'files'): Promise<string> {
    const name = `bundle-${own}.${format === 'cjs' ? 'cjs' : 'mjs'}`;
    const bundle = await rolldown({
      input: join(this.folder, fixture),
      platform: 'node',
      logLevel: 'silent',
      external: own === 'files' ? /^[^./]/ : OPTIONAL,
    });
    await bundle.write({ file: join(this.folder, name), format, codeSplitting: false });
    return name;
  }

  firstLine(): Promise<string> {
    return readFile(join(this.folder, 'dist/cli/main.js'), 'utf8').then(
      (text) => text.split('\n')[0]!,
    );
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

/** File by file: whether the types hold is for the type check to say. */
async function compileLibrary(outDir: string): Promise<void> {
  const files = ts.sys.readDirectory(join(ROOT, 'lib'), ['.ts']);
  const compiled = files.map(async (file) => {
    const target = join(outDir, relative(join(ROOT, 'lib'), file)).replace(/\.ts$/, '.js');
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, transpiled(await readFile(file, 'utf8')));
  });
  await Promise.all(compiled);
}

function transpiled(source: string, module = ts.ModuleKind.ESNext): string {
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      verbatimModuleSyntax: module === ts.ModuleKind.ESNext,
    },
  }).outputText;
}

async function compileFixtures(folder: string): Promise<void> {
  await mkdir(join(folder, 'fixtures'), { recursive: true });
  const names = await readdir(FIXTURES);
  const compiled = names.map(async (name) => {
    const module = name.endsWith('.cts') ? ts.ModuleKind.CommonJS : ts.ModuleKind.ESNext;
    const text = transpiled(await readFile(join(FIXTURES, name), 'utf8'), module);
    await writeFile(join(folder, 'fixtures', name.replace(/ts$/, 'js')), text);
  });
  await Promise.all(compiled);
}

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

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
  async run(...args: string[]): Promise<Run> {
    const { bin } = JSON.parse(await readFile(join(this.folder, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    const script = join(this.folder, bin['nestjs-security']!);
    return new Promise((resolve) => {
      execFile(process.execPath, [script, ...args], { cwd: this.folder }, (error, stdout, stderr) =>
        resolve({ stdout, stderr, exitCode: error === null ? 0 : Number(error.code) }),
      );
    });
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

/** Emits in any case: whether the types hold is for the type check to say. */
async function compileLibrary(outDir: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', outDir];
  await promisify(execFile)(process.execPath, args).catch(() => undefined);
}

async function compileFixtures(folder: string): Promise<void> {
  await mkdir(join(folder, 'fixtures'), { recursive: true });
  const names = await readdir(FIXTURES);
  const compiled = names.map(async (name) => {
    const { outputText } = ts.transpileModule(await readFile(join(FIXTURES, name), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        verbatimModuleSyntax: true,
      },
    });
    await writeFile(join(folder, 'fixtures', name.replace(/\.ts$/, '.js')), outputText);
  });
  await Promise.all(compiled);
}

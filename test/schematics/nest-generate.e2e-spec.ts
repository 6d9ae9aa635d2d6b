import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiskTree, rootModule } from './disk-tree.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the nest command', { timeout: 120_000 }, () => {
  let tree: DiskTree;
  beforeAll(async () => {
    tree = new DiskTree({
      ...rootModule('{ imports: [AuthModule.forRoot({ schemes: [] })] }'),
      'nest-cli.json': '{ "collection": "@nestjs/schematics", "sourceRoot": "src" }',
    });
    await installPackage(join(tree.folder, 'node_modules', 'nestjs-security'));
  });
  afterAll(() => tree.remove());

  it('should generate a scheme and a rule from this package', async () => {
    const nest = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
    const generate = (...args: string[]) =>
      promisify(execFile)(process.execPath, [nest, 'g', '-c', 'nestjs-security', ...args], {
        cwd: tree.folder,
      });
    await generate('scheme', 'service-key', '--type', 'api-key');
    await generate('rule', 'owns-note', '--no-spec');
    expect(tree.read('src/service-key/service-key.scheme.ts')?.toString()).toContain(
      'extends APIKeyHeader<',
    );
    expect(tree.exists('src/service-key/service-key.scheme.spec.ts')).toBe(true);
    expect(readdirSync(join(tree.folder, 'src/owns-note'))).toEqual(['owns-note.rule.ts']);
    const module = tree.read('src/app.module.ts')!.toString();
    expect(module).toContain('AuthModule.forRoot({ schemes: [ServiceKey] })');
    expect(module).toContain('providers: [OwnsNote]');
  });
});

/** What of the package `nest generate` looks at, built as it is. */
async function installPackage(folder: string): Promise<void> {
  mkdirSync(join(folder, 'dist', 'schematics'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const name of readdirSync(join(ROOT, 'lib/schematics')).filter((one) =>
    one.endsWith('.json'),
  )) {
    cpSync(join(ROOT, 'lib/schematics', name), join(folder, 'dist/schematics', name));
  }
  const input = join(ROOT, 'lib/schematics/index.ts');
  const bundle = await rolldown({ input, external: /^node:|^[^./]/, logLevel: 'silent' });
  await bundle.write({ file: join(folder, 'dist/cjs/schematics/index.js'), format: 'cjs' });
  writeFileSync(join(folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
}

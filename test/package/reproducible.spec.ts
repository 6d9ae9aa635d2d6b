import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';

const run = promisify(execFile);

it('should be packed to the same bytes again, from what was unpacked later', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-again-'));
  try {
    // Other times of change, as a clone on another day has them.
    await run('tar', ['-xzmf', inject('tarball'), '-C', folder]);
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
      cwd: join(folder, 'package'),
    });
    const [name] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
    const again = await readFile(join(folder, name!));
    expect(again.equals(await readFile(inject('tarball')))).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

it('should name in its bill of materials all that an installation brings, and no tool', async () => {
  const { stdout } = await run(process.execPath, ['scripts/sbom.js'], { maxBuffer: 2 ** 26 });
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string;
    components: { purl: string }[];
  };
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { version: string; dependencies?: Record<string, string> }>;
  };
  const brought = (name: string): string[] => {
    const { version, dependencies = {} } = lock.packages[name && `node_modules/${name}`]!;
    return [`pkg:npm/${name}@${version}`, ...Object.keys(dependencies).flatMap(brought)];
  };
  expect(bomFormat).toBe('CycloneDX');
  expect(components.map(({ purl }) => purl).toSorted()).toEqual(brought('').slice(1).toSorted());
}, 60_000);

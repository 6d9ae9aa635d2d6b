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

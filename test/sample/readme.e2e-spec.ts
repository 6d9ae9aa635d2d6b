import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { OpenIdProvider } from './openid-provider.js';
import { documented, folder, load, samples } from './samples.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const read = (sample: string) => readFile(join(folder, sample, 'README.md'), 'utf8');

interface Step {
  command: string;
  answer: string;
}

/** The commands of a README and what each prints. */
function stepsOf(readme: string): Step[] {
  return [...readme.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block]) =>
    block!
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command, ...lines] = text.split('\n');
        return { command: command!, answer: lines.join('\n').trim() };
      }),
  );
}

/** Every command in one shell, so that a variable is still known; what each printed. */
async function printed(steps: readonly Step[], url: string): Promise<string[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'nestjs-security-sample-'));
  const MARK = '----- next command -----';
  const script = steps.map(({ command }) => `${command}\necho; echo '${MARK}'`).join('\n');
  try {
    const { stdout } = await run(
      'bash',
      ['-c', script.replaceAll('curl ', 'curl -sS ').replaceAll('http://127.0.0.1:3000', url)],
      { cwd },
    );
    return stdout.split(MARK).map((output) => output.trim());
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** A pattern in which `…` is anything. */
function asPrinted(answer: string): RegExp {
  const parts = answer.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

describe.each(samples)('the README of %s', (sample) => {
  it('names the command that starts it, and every package that it needs', async () => {
    const readme = await read(sample);
    const [name] = Object.entries(manifest.scripts).find(([, command]) =>
      command.endsWith(sample),
    )!;
    expect(readme).toContain(name === 'start' ? 'npm start' : `npm run ${name}`);
    const needed = (await importedBy(sample)).filter(
      (name) =>
        !/^(@nestjs\/(common|core)|nestjs-security|reflect-metadata|rxjs|passport)$/.test(name),
    );
    expect(needed.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('is a row of the table of samples', async () => {
    const table = await readFile(join(folder, 'README.md'), 'utf8');
    expect(table).toContain(`[${sample}](${sample}/README.md)`);
  });
});

/** The packages that the files of a sample import. */
async function importedBy(sample: string): Promise<string[]> {
  const own = join(folder, sample);
  const files = (await readdir(own, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(own, name), 'utf8')));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/ from '(@[^/']+\/[^/']+|[^./'][^/']*)/g)].map(([, name]) => name!),
  );
  return [...new Set(names)].filter((name) => !name.startsWith('node:'));
}

const REQUIRED = process.env.REQUIRE_CURL === '1';
const skipReason = REQUIRED || hasCurl() ? undefined : 'skipped: there is no curl';

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const title = ['curl', skipReason].filter(Boolean).join(' ');

describe.skipIf(skipReason !== undefined)(title, { timeout: 60_000 }, () => {
  let provider: OpenIdProvider;
  let running: RunningApp | undefined;

  beforeAll(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    provider = await OpenIdProvider.start();
    vi.stubEnv('ISSUER', provider.issuer);
  });
  afterEach(() => running?.app.close());
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await provider.down();
  });

  it.each(documented)('should be answered as the README of %s prints it', async (sample) => {
    const { AppModule, serveDocumentation } = await load(sample);
    running = await createApp(adapters[0]!, AppModule, serveDocumentation);
    const steps = stepsOf(await read(sample));
    expect(steps.length).toBeGreaterThan(1);
    const outputs = await printed(steps, running.url);
    const wrong = steps.flatMap(({ command, answer }, index) =>
      asPrinted(answer).test(outputs[index]!) ? [] : { command, answer, printed: outputs[index] },
    );
    expect(wrong).toEqual([]);
  });
});

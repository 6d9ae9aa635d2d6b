import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Young generation of a fixed size: otherwise it grows while the first contenders are measured. */
export const STEADY_HEAP = [
  '--expose-gc',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
] as const;

/** Runs a script of the benchmark in a fresh process; what it prints last is its result, as JSON. */
export async function inFreshProcess<Result>(
  script: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<Result> {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const { stdout } = await run(process.execPath, [...flags, path, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.slice(stdout.trimEnd().lastIndexOf('\n') + 1)) as Result;
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Young generation of a fixed size: otherwise it grows while the first contenders are measured. */
export const STEADY_HEAP = [
  '--expose-gc',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
] as const;

/**
 * Runs a script of the benchmark in a fresh process, until it hands its result over.
 *
 * It is then killed: Node 20 may wait forever for its own threads where a process ends itself.
 */
export async function inFreshProcess<Result>(
  script: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<Result> {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const child = fork(path, args, { execArgv: [...flags] });
  const ended = once(child, 'exit').then(([code]: number[]): never => {
    throw new Error(`${script} ${args.join(' ')} ended with ${code} and no result`);
  });
  const handedOver = once(child, 'message').then(([result]: Result[]) => result!);
  const result = await Promise.race([handedOver, ended]);
  child.kill('SIGKILL');
  await ended.catch(() => undefined);
  return result;
}

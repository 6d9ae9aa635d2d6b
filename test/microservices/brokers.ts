import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** A broker of our own on a free port of 127.0.0.1, which keeps nothing. */
export class BrokerProcess {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @param start Its program and arguments, for a port and a folder that is its own. */
  static async start(
    start: (port: number, folder: string) => readonly [program: string, ...args: string[]],
    configuration: (port: number) => string = () => '',
    environment: (port: number, folder: string) => Record<string, string> = () => ({}),
  ): Promise<BrokerProcess> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-broker-'));
    await writeFile(join(folder, 'broker.conf'), configuration(port));
    const [program, ...args] = start(port, folder);
    const env = { ...process.env, ...environment(port, folder) };
    // A group of its own: what it starts ends with it.
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env });
    // A run that is broken off must not leave it behind.
    const end = () => kill(child);
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await listening(port, child);
    return new BrokerProcess(port, child, folder);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      kill(this.child);
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Whether a program is there; without it a test is skipped by name, unless `REQUIRE_BROKERS=1`: then it fails. */
export function hasProgram(name: string): boolean {
  return process.env['REQUIRE_BROKERS'] === '1' || spawnSync('which', [name]).status === 0;
}

function kill({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isUp) return;
    await later(20);
  }
  throw new Error('The broker ended before it was ready');
}

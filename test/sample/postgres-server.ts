import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const bin = findBin();

/** Without the programs the tests are skipped, unless `REQUIRE_POSTGRES=1`: then they fail. */
export const skipPostgres = bin === undefined && process.env['REQUIRE_POSTGRES'] !== '1';
export const skipReason = skipPostgres ? ' (skipped: PostgreSQL is not installed)' : '';

/** A PostgreSQL server of our own on 127.0.0.1, in a directory that goes with it. */
export class PostgresServer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {}

  static async create(): Promise<PostgresServer> {
    const directory = mkdtempSync(join(tmpdir(), 'postgres-'));
    const { uid, gid } = owner();
    if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
    const server = new PostgresServer(directory, await freePort());
    const args = ['-D', directory, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    const { status, stderr } = spawnSync(program('initdb'), args, {
      ...owner(),
      cwd: directory,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
    await server.start();
    return server;
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it again after `stop`, on the same port. */
  async start(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const args = ['-D', this.directory, '-p', String(this.port)];
    const child = spawn(
      program('postgres'),
      [...args, ...settings.flatMap((setting) => ['-c', setting])],
      { ...owner(), cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.process = child;
    // A run that is broken off must not leave it behind.
    const end = () => child.kill('SIGQUIT');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => reject(new Error('postgres ended before it was ready')));
      createInterface(child.stderr).on('line', (line) => {
        if (line.includes('ready to accept connections')) resolve();
      });
    });
  }

  /** Ends it at once, as a crash would. */
  async stop(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGQUIT');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Debian keeps the programs of each version in a directory of its own, outside of the path. */
function findBin(): string | undefined {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return undefined;
  return readdirSync(versions)
    .map((version) => join(versions, version, 'bin'))
    .findLast((path) => existsSync(join(path, 'initdb')) && existsSync(join(path, 'postgres')));
}

function program(name: string): string {
  if (bin === undefined) throw new Error('PostgreSQL is not installed, and REQUIRE_POSTGRES=1');
  return join(bin, name);
}

/** PostgreSQL does not run as root: then it runs as the user of Debian's package. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

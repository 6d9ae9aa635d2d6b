import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Lines } from '../cases.js';
import { Load } from './load.js';
import type { Ready } from './server.js';
import type { Variant } from './variants.js';

const CONNECTIONS = 10;

/** One variant's server, in a process of its own, and the load on it. */
export class RunningServer {
  private constructor(
    readonly variant: Variant,
    private readonly child: ChildProcess,
    private readonly load: Load,
  ) {}

  static async start(variant: Variant, adapter: string): Promise<RunningServer> {
    const script = fileURLToPath(new URL('server.js', import.meta.url));
    const child = fork(script, [variant.contender, variant.route, adapter]);
    const [{ port, tokens }] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`${variant.name}: the server ended with code ${code}`);
      }),
    ])) as [Ready];
    const lines =
      variant.requests ?? tokens.map((token): Lines => [['Authorization', `Bearer ${token}`]]);
    const requests = lines.map((each) => requestFor(variant.route, each));
    return new RunningServer(variant, child, new Load(port, CONNECTIONS, requests, variant.status));
  }

  /** The server's CPU time for each request of some milliseconds of load, in microseconds. */
  async cpuPerRequest(milliseconds: number): Promise<number> {
    const before = await this.cpu();
    const answered = await this.load.run(milliseconds);
    return ((await this.cpu()) - before) / answered;
  }

  async stop(): Promise<void> {
    await this.load.close();
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private async cpu(): Promise<number> {
    this.child.send('cpu');
    const [{ user, system }] = (await once(this.child, 'message')) as [NodeJS.CpuUsage];
    return user + system;
  }
}

function requestFor(route: string, lines: Lines): Buffer {
  const head = [
    `GET /${route} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: benchmark/1.0',
    'Accept: application/json',
    'Accept-Encoding: gzip, deflate, br',
    'Connection: keep-alive',
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
}

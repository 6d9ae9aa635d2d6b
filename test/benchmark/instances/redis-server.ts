import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';

/** What a Redis server has counted since it began. */
export interface RedisCounts {
  readonly commands: number;
  /** Times that it read from a connection: fewer than commands, where those are pipelined. */
  readonly reads: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly memory: number;
}

/** A Redis server on the loopback interface that keeps nothing on disk; `undefined` where there is no such program. */
export class RedisServer {
  private constructor(
    readonly port: number,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<RedisServer | undefined> {
    const port = await freePort();
    const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: tmpdir() };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const isReady = await new Promise<boolean>((resolve) => {
      child.once('error', () => resolve(false));
      child.once('exit', () => resolve(false));
      createInterface(child.stdout).on('line', (line) => {
        if (line.includes('Ready to accept connections')) resolve(true);
      });
    });
    if (!isReady) return undefined;
    return new RedisServer(port, async () => {
      const ended = once(child, 'exit');
      kill();
      await ended;
    });
  }

  async counts(): Promise<RedisCounts> {
    const text = await this.info();
    const of = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1]);
    return {
      commands: of('total_commands_processed'),
      reads: of('total_reads_processed'),
      bytesIn: of('total_net_input_bytes'),
      bytesOut: of('total_net_output_bytes'),
      memory: of('used_memory'),
    };
  }

  private async info(): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    socket.end('INFO\r\nQUIT\r\n');
    return (await socket.setEncoding('latin1').toArray()).join('');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

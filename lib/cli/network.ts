import { syncBuiltinESMExports } from 'node:module';
import { Server, Socket } from 'node:net';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';

/**
 * Makes every server of this process believe that it listens, although none does.
 *
 * Servers for HTTP, HTTP/2, WebSocket, TCP and gRPC all end here.
 *
 * Its source text is also run in other processes, so that it may use nothing but its parameters.
 *
 * @param listens Called when a server would have listened.
 */
export function closePorts(
  listens: () => void,
  { prototype }: { prototype: Server } = Server,
): void {
  prototype.listen = function listen(this: Server, ...args: unknown[]): Server {
    const callback = args.findLast((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (callback !== undefined) this.once('listening', callback);
    this.address = () => ({ address: '127.0.0.1', family: 'IPv4', port: 0 });
    process.nextTick(() => this.emit('listening'));
    listens();
    return this;
  };
}

/** Keeps threads and Node processes that this process starts from listening, too. */
export function closePortsOfDescendants(): void {
  const code = `import net from 'node:net'; (${closePorts.toString()})(() => {}, net.Server);`;
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
  const { Worker } = workerThreads;
  workerThreads.Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      const { execArgv = process.execArgv } = options;
      super(file, { ...options, execArgv: [...execArgv, ...preload] });
    }
  };
  syncBuiltinESMExports();
  const { NODE_OPTIONS = '' } = process.env;
  process.env['NODE_OPTIONS'] = [NODE_OPTIONS, ...preload].join(' ');
}

/**
 * Keeps the sockets of this process from connecting.
 *
 * @param tried Called with the address that one would have connected to.
 */
export function refuseConnections(tried: (where: string) => never): void {
  Socket.prototype.connect = (...args: unknown[]): never => tried(targetOf(args));
}

/**
 * The address in arguments of `connect`: a port and a host, a path, options, or the list into which Node normalises
 * these.
 */
function targetOf([first, second]: unknown[]): string {
  const [target] = Array.isArray(first) ? (first as unknown[]) : [first];
  if (typeof target !== 'object' || target === null) {
    return typeof second === 'string' ? `${second}:${String(target)}` : String(target);
  }
  const { host, port, path } = target as { host?: string; port?: number; path?: string };
  return path ?? `${host ?? 'localhost'}:${port}`;
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Keep-alive connections to one server, each with one request in flight. */
export class Load {
  private readonly sockets: Promise<Socket[]>;
  private turn = 0;
  /** Every answer is the same but for its date, and so has the first one's length. */
  private answerLength: number | undefined;

  /** @param requests Sent in turn, whole. */
  constructor(
    port: number,
    connections: number,
    private readonly requests: readonly Buffer[],
    private readonly status: number,
  ) {
    this.sockets = Promise.all(Array.from({ length: connections }, () => connected(port)));
  }

  /** Sends for some milliseconds, and returns how many requests were answered. */
  async run(milliseconds: number): Promise<number> {
    const end = performance.now() + milliseconds;
    const counts = await Promise.all(
      (await this.sockets).map((socket) => this.keepBusy(socket, end)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    for (const socket of await this.sockets) socket.destroy();
  }

  private keepBusy(socket: Socket, end: number): Promise<number> {
    if (socket.destroyed) throw new Error('the server closed a connection');
    return new Promise((resolve, reject) => {
      let answered = 0;
      let received = 0;
      const send = () => socket.write(this.requests[this.turn++ % this.requests.length]!);
      const onData = (chunk: Buffer) => {
        try {
          this.answerLength ??= lengthOf(chunk, this.status);
        } catch (error) {
          return reject(error as Error);
        }
        received += chunk.length;
        if (received < this.answerLength) return;
        received = 0;
        answered++;
        if (performance.now() < end) return send();
        socket.off('data', onData).off('close', onClose);
        resolve(answered);
      };
      const onClose = () => reject(new Error('the server closed a connection'));
      socket.on('data', onData).on('close', onClose);
      send();
    });
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  await once(socket, 'connect');
  return socket;
}

function lengthOf(answer: Buffer, status: number): number {
  const text = answer.toString('latin1');
  const head = text.indexOf('\r\n\r\n') + 4;
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  if (!text.startsWith(`HTTP/1.1 ${status} `) || head < 4 || length === undefined) {
    throw new Error(`expected ${status}, but the server answered:\n${text}`);
  }
  return head + Number(length);
}

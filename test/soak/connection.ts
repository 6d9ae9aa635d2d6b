import { connect, type Socket } from 'node:net';

export interface SoakAnswer {
  readonly status: number;
  readonly body: string;
}

/** A connection that is kept for one request after another, and made anew where the server closed it. */
export class Connection {
  #socket: Socket | undefined;
  #received = '';
  #settle: (() => void) | undefined;

  constructor(
    private readonly port: number,
    private readonly host: string,
  ) {}

  /**
   * One exchange; the bytes go out as they are, as Latin-1.
   *
   * A kept connection may have been closed meanwhile: then the request is sent once more, on a new
   * one. The status is 0 where a new connection ends without an answer.
   */
  async exchange(bytes: string, isHead: boolean): Promise<SoakAnswer> {
    const isKept = this.#socket !== undefined;
    const answer = await this.attempt(bytes, isHead);
    return answer.status === 0 && isKept ? this.attempt(bytes, isHead) : answer;
  }

  private async attempt(bytes: string, isHead: boolean): Promise<SoakAnswer> {
    const socket = (this.#socket ??= this.open());
    this.#received = '';
    socket.write(bytes, 'latin1');
    for (;;) {
      const isClosed = this.#socket !== socket;
      const answer = parse(this.#received, isHead, isClosed);
      if (answer !== undefined) return answer;
      if (isClosed) return { status: 0, body: '' };
      await new Promise<void>((resolve) => (this.#settle = resolve));
    }
  }

  close(): void {
    this.#socket?.destroy();
  }

  private open(): Socket {
    const socket = connect(this.port, this.host);
    const proceed = () => this.#settle?.();
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (data: string) => {
      if (this.#socket === socket) this.#received += data;
      proceed();
    });
    socket.on('error', () => undefined);
    socket.setTimeout(30_000, () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      proceed();
    });
    return socket;
  }
}

/** The answer, once all of it is there. */
function parse(received: string, isHead: boolean, isClosed: boolean): SoakAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = received.slice(0, end).toLowerCase();
  // Node closes after what it could not parse; waiting for that keeps the next request off this socket.
  if (head.includes('\r\nconnection: close') && !isClosed) return undefined;
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? '0';
  const body = received.slice(end + 4);
  if (!isHead && !isClosed && body.length < Number(length)) return undefined;
  return { status: Number(head.slice(9, 12)), body };
}

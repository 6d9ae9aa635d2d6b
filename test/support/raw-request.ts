import { connect } from 'node:net';

export interface RawRequest {
  method?: string;
  path?: string;
  /** Sent in this order as `name: value`, unchecked, as Latin-1 bytes: repeats, spaces and all. */
  headers?: [name: string, value: string][];
  /** An array is sent chunked, one chunk per item. */
  body?: string | string[];
}

export interface RawResponse {
  status: number;
  /** In wire order, names as the server spelled them. */
  headers: [name: string, value: string][];
  /** Every value sent under this name, in wire order; the name's case does not matter. */
  header(name: string): string[];
  body: string;
}

const TIMEOUT_MS = 10_000;

/**
 * One HTTP/1.1 exchange over a bare socket, for what `fetch` would refuse to send or would join.
 *
 * Adds `Host`, `Connection: close` and the framing header of the body, each only when the caller
 * gives none.
 */
export async function rawRequest(url: string, request: RawRequest = {}): Promise<RawResponse> {
  const { hostname, port, host } = new URL(url);
  const sent = serialize(request, host);
  const received = await exchange(hostname, Number(port), sent);
  return parse(received, request.method === 'HEAD');
}

function serialize(request: RawRequest, host: string): Buffer {
  const { method = 'GET', path = '/', headers = [], body } = request;
  const given = new Set(headers.map(([name]) => name.trim().toLowerCase()));
  const added = [['Host', host], ['Connection', 'close'], ...framing(body, given)].filter(
    ([name]) => !given.has(name!.toLowerCase()),
  );
  const lines = [...added, ...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
  return Buffer.concat([head, ...content(body)]);
}

function framing(body: RawRequest['body'], given: Set<string>): [string, string][] {
  if (body === undefined || given.has('content-length') || given.has('transfer-encoding')) {
    return [];
  }
  if (Array.isArray(body)) return [['Transfer-Encoding', 'chunked']];
  return [['Content-Length', String(Buffer.byteLength(body))]];
}

function content(body: RawRequest['body']): Buffer[] {
  if (!Array.isArray(body)) return [Buffer.from(body ?? '')];
  const chunks = body.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`);
  return [Buffer.from(`${chunks.join('')}0\r\n\r\n`)];
}

function exchange(hostname: string, port: number, sent: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(port, hostname, () => socket.write(sent));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('No complete answer in time')));
    socket.on('data', (data) => received.push(data));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(received)));
  });
}

function parse(received: Buffer, isHead: boolean): RawResponse {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) {
    throw new Error(`No complete HTTP answer: ${JSON.stringify(received.toString('latin1'))}`);
  }
  const [statusLine, ...lines] = received.toString('latin1', 0, headEnd).split('\r\n');
  const headers = lines.map(parseHeaderLine);
  const header = (name: string) =>
    headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

  const rest = received.subarray(headEnd + 4);
  const isChunked = header('transfer-encoding').includes('chunked') && !isHead;
  const body = (isChunked ? joinChunks(rest) : rest).toString('utf8');
  return { status: Number(statusLine!.split(' ')[1]), headers, header, body };
}

function parseHeaderLine(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function joinChunks(wire: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const sizeEnd = wire.indexOf('\r\n', at);
    const size = Number.parseInt(wire.toString('latin1', at, sizeEnd), 16);
    if (sizeEnd < 0 || Number.isNaN(size)) throw new Error('The chunked body is cut short');
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(wire.subarray(sizeEnd + 2, sizeEnd + 2 + size));
    at = sizeEnd + 2 + size + 2;
  }
}

import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** A request that is written as given, where `fetch` would refuse or normalise it. */
export interface RawRequest {
  readonly method: string;
  /** The path and query or, in absolute form, a URL. */
  readonly target: string;
  /** Written in this order, duplicates included, as Latin-1. */
  readonly headers: readonly HeaderLine[];
  readonly body?: string | undefined;
}

export type HeaderLine = readonly [name: string, value: string];

export interface RawAnswer {
  /** 0 where the connection was closed without an answer. */
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** Status line, headers and body, as they came. */
  readonly text: string;
}

/** Whether a status says that something answered the request as it was meant. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

const TIMEOUT_MS = 10_000;

/** Answers that precede the one that counts, such as 103 Early Hints. */
const INTERIM = /^(?:HTTP\/1\.1 1(?!01)\d\d(?:(?!\r\n\r\n)[^])*\r\n\r\n)+/;

/** One HTTP/1.1 exchange over a connection of its own. */
export async function exchange(url: string, request: RawRequest): Promise<RawAnswer> {
  const received = await send(new URL(url), serialize(request, new URL(url).host));
  const text = received.replace(INTERIM, '');
  const [statusLine = '', ...lines] = text.split('\r\n\r\n', 1)[0]!.split('\r\n');
  const status = Number(statusLine.split(' ')[1] ?? 0) || 0;
  return { status, headers: lines.map(parseLine), text };
}

function serialize({ method, target, headers, body }: RawRequest, host: string): Buffer {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const added: HeaderLine[] = [
    ['Host', host],
    ['Connection', 'close'],
    // Servers may refuse clients that do not send them.
    ['Accept', '*/*'],
    ['User-Agent', 'node'],
    ...(body === undefined
      ? []
      : ([['Content-Length', String(Buffer.byteLength(body))]] satisfies HeaderLine[])),
  ];
  const lines = [...added.filter(([name]) => !given.has(name.toLowerCase())), ...headers]
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
  return Buffer.concat([head, Buffer.from(body ?? '')]);
}

/** Sends a request and reads the answer, even if the server closes the connection while the request is being sent. */
function send({ protocol, hostname, port }: URL, sent: Buffer): Promise<string> {
  const at = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  };
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    // The application under test runs on this machine, with any certificate.
    const socket =
      protocol === 'https:'
        ? connectSecurely({ ...at, rejectUnauthorized: false }, () => socket.write(sent))
        : connect(at, () => socket.write(sent));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (data: Buffer) => received.push(data));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
  });
}

function parseLine(line: string): HeaderLine {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

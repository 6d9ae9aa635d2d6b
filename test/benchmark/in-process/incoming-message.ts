import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Lines } from '../cases.js';

/** What Node's parser calls; its types do not know it. */
interface Parsed extends IncomingMessage {
  _addHeaderLines(rawHeaders: string[], length: number): void;
}

const socket = new Socket();

const ORDINARY: Lines = [
  ['Host', 'api.example'],
  ['Connection', 'keep-alive'],
  ['User-Agent', 'benchmark/1.0'],
  ['Accept', 'application/json'],
  ['Accept-Encoding', 'gzip, deflate, br'],
];

/** A request as Node's server hands it over: its own class, its own headers, strings fresh from the wire. */
export function incomingMessage(lines: Lines): IncomingMessage {
  const message = new IncomingMessage(socket) as Parsed;
  const rawHeaders = [...ORDINARY, ...lines].flat().map(fromTheWire);
  message.method = 'GET';
  message.url = '/items';
  message._addHeaderLines(rawHeaders, rawHeaders.length);
  // Frameworks and body parsers have read the headers before any guard does.
  void message.headers;
  return Object.assign(message, { query: {}, body: undefined });
}

/** A flat copy: concatenated text would be flattened, and a constant's hash be known, at the guard's expense. */
function fromTheWire(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

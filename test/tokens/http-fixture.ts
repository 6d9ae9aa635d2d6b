import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export const json =
  (body: unknown, contentType = 'application/json', status = 200): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': contentType })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end('{}');

export const silence: Answer = () => undefined;

export interface FakeServer {
  url: string;
  /** What it answers by path; 404 to any other. It may be changed at any time. */
  answers: Record<string, Answer>;
  /** The paths asked for, in order. */
  requests: string[];
  /** The last request's header and body. */
  last: { headers: IncomingMessage['headers']; method: string; body: string };
}

/** Serves on 127.0.0.1 until the test is over. */
export async function fakeServer(answers: Record<string, Answer> = {}): Promise<FakeServer> {
  const server = createServer(async (request, response) => {
    fake.requests.push(request.url!);
    const body = Buffer.concat(await request.toArray()).toString();
    fake.last = { headers: request.headers, method: request.method!, body };
    (fake.answers[request.url!] ?? status(404))(response, request);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const last = { headers: {}, method: '', body: '' };
  const fake: FakeServer = { url, answers, requests: [], last };
  return fake;
}

/** Sent at once and to the end: Node 20 waits for ever then, whatever the signal of a fetch says. */
const NOT_BROTLI =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: br\r\n\r\n{"keys":[],"active":true}';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Every way a server has of not answering as it should; a key set may be of any type, or of none. */
export const keySetOutages: [name: string, answer: Answer][] = [
  ['status 500', status(500)],
  ['status 404', status(404)],
  ['status 204', (response) => response.writeHead(204).end()],
  ['a redirect', status(302, { location: '/elsewhere' })],
  ['HTML', json('<html>', 'text/html')],
  ['broken JSON', json('{"keys":')],
  ['nothing', json('')],
  ['null', json('null')],
  ['a list', json('[]')],
  ['no keys', json({ keys: [] })],
  ['keys of no use', json({ keys: [{ kty: 'oct', k: 'AA', kid: 'a' }, { kty: 'RSA' }, null] })],
  [
    'invalid UTF-8',
    (response) =>
      response
        .writeHead(200, JSON_TYPE)
        .end(Buffer.from('{"keys":[],"active":true,"x":"\xff"}', 'latin1')),
  ],
  ['silence', silence],
  ['silence after the header', (response) => void response.writeHead(200, JSON_TYPE).write('{"ke')],
  ['a broken connection', (response) => void response.destroy()],
  ['a connection broken midway', (response) => midway(response)],
  ['an endless body', (response) => endless(response)],
  ['what is not compressed as it says', (response) => void response.socket!.end(NOT_BROTLI)],
];

/** The same, where JSON has to be called so. */
export const outages: typeof keySetOutages = [
  ...keySetOutages,
  ['JSON of another type', json('{"keys":[],"active":true}', 'text/plain')],
  ['no content type', (response) => response.end('{"keys":[],"active":true}')],
];

function midway(response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE).write('{"keys":[');
  setImmediate(() => response.destroy());
}

function endless(response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE).write(`{"keys":[],"active":true,"padding":"`);
  const pour = () => {
    if (response.destroyed) return;
    response.write('x'.repeat(65_536), () => setImmediate(pour));
  };
  pour();
}

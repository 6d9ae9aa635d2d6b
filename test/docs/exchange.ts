import { createHash } from 'node:crypto';
import type { Header } from '../sample/call.js';
import type { RawRequest, RawResponse } from '../support/raw-request.js';

/** One request and its answer, as a page prints them. */
export interface Exchange {
  request: RawRequest;
  answer: { status: number; headers: Header[]; body: string };
}

/** What earlier answers held at the places that a page marks as `<token>`. */
export type Captured = Map<string, string>;

/** Reads an `http` block: the request, an empty line, the answer. */
export function readExchange(block: string): Exchange {
  const at = /^HTTP\/1\.1 (\d{3}) .+$/m.exec(block);
  if (at === null) throw new Error(`No answer follows the request:\n${block}`);
  const [request, answer] = [block.slice(0, at.index), block.slice(at.index)].map(readMessage) as [
    Message,
    Message,
  ];
  const [method, path] = request.startLine.split(' ') as [string, string];
  return {
    request: {
      method,
      path,
      headers: request.headers,
      ...(request.body && { body: request.body }),
    },
    answer: { status: Number(at[1]), headers: answer.headers, body: answer.body },
  };
}

interface Message {
  startLine: string;
  headers: Header[];
  body: string;
}

function readMessage(text: string): Message {
  const [head = '', ...rest] = text.trim().split('\n\n');
  const [startLine = '', ...lines] = head.split('\n');
  // A line that begins with spaces goes on with the one before it, as in the RFCs.
  const headers = lines.join('\n').replaceAll(/\n +/g, ' ').split('\n').filter(Boolean);
  return {
    startLine,
    headers: headers.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
    body: rest.join('\n\n'),
  };
}

/** The request with what was captured in it; a `<response>` is a Digest answer to the challenge before. */
export function requestWith(request: RawRequest, captured: Captured, password: string): RawRequest {
  const path = fill(request.path!, captured);
  return {
    ...request,
    path,
    headers: (request.headers ?? []).map(([name, value]) => {
      const filled = fill(value, captured);
      const digest = digestResponse(filled, request.method!, password);
      return [name, filled.replace('<response>', digest)];
    }),
    ...(typeof request.body === 'string' && { body: fill(request.body, captured) }),
  };
}

/** What an answer has other than its page prints; headers that the page leaves out do not count. */
export function differences(expected: Exchange['answer'], actual: RawResponse, captured: Captured) {
  const names = [...new Set(expected.headers.map(([name]) => name))];
  const printed = names.map((name) =>
    expected.headers.filter(([other]) => other === name).map(([, value]) => value),
  );
  const sent = names.map((name) => actual.header(name));
  const { status } = actual;
  return {
    expected: { status: expected.status, headers: printed, body: bodyOf(expected.body) },
    actual: {
      status,
      headers: sent.map((values, i) =>
        values.map((value, j) => asPrinted(printed[i]?.[j], value, captured)),
      ),
      body:
        expected.body === '' ? '' : asPrinted(bodyOf(expected.body), bodyOf(actual.body), captured),
    },
  };
}

/** The printed text where the sent one is what it stands for, otherwise what was sent. */
function asPrinted(printed: string | undefined, sent: string, captured: Captured): string {
  if (printed === undefined) return sent;
  const names: string[] = [];
  const pattern = printed
    .split(/(<\w+>|…)/)
    .map((part) => {
      const name = /^<(\w+)>$/.exec(part)?.[1];
      if (name !== undefined) names.push(name);
      return name !== undefined ? '([^"]+)' : part === '…' ? '.*' : escaped(part);
    })
    .join('');
  const match = new RegExp(`^${pattern}$`, 's').exec(sent);
  if (match === null) return sent;
  names.forEach((name, index) => captured.set(name, match[index + 1]!));
  return printed;
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/** JSON is printed over several lines and sent on one. */
function bodyOf(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text.trim();
  }
}

function fill(text: string, captured: Captured): string {
  return text.replaceAll(/<(\w+)>/g, (mark, name: string) => captured.get(name) ?? mark);
}

function digestResponse(authorization: string, method: string, password: string): string {
  const parameter = (name: string) =>
    new RegExp(`\\b${name}="?([^",]+)`).exec(authorization)?.[1] ?? '';
  const a1 = sha256(`${parameter('username')}:${parameter('realm')}:${password}`);
  const a2 = sha256(`${method}:${parameter('uri')}`);
  const middle = ['nonce', 'nc', 'cnonce', 'qop'].map(parameter).join(':');
  return sha256(`${a1}:${middle}:${a2}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

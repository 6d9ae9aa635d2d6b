import { createHash } from 'node:crypto';
import { readChallenge } from '../support/read-challenge.js';

/** What a client answers with; what is left out follows from the challenge. */
export interface DigestClient {
  username?: string;
  password?: string;
  method?: string;
  uri?: string;
  nc?: number | string;
  cnonce?: string;
  qop?: string;
  algorithm?: string;
  /** The body that `auth-int` protects. */
  body?: string;
  /** What another client would hash for the user name. */
  userhash?: boolean;
  /** Sent in place of what was computed; `undefined` leaves a parameter out. */
  sent?: Record<string, string | undefined>;
}

/** The parameters of a challenge. */
export function paramsOf(challenge: string): Record<string, string> {
  return Object.fromEntries(readChallenge(challenge).params);
}

/** An `Authorization` value in answer to a challenge, computed without the library. */
export function digestAnswer(challenge: string, client: DigestClient = {}): string {
  const { realm, nonce, opaque, ...asked } = paramsOf(challenge);
  const { username = 'Mufasa', password = 'Circle of Life', method = 'GET', uri = '/' } = client;
  const { cnonce = 'f2/wE4q7', qop = 'auth', algorithm = asked['algorithm']!, body = '' } = client;
  const nc = typeof client.nc === 'string' ? client.nc : hex8(client.nc ?? 1);
  const h = (...parts: (string | undefined)[]) => hash(algorithm, parts.join(':'));
  const secret = h(username, realm, password);
  const a1 = algorithm.toLowerCase().endsWith('-sess') ? h(secret, nonce, cnonce) : secret;
  const a2 = qop === 'auth-int' ? h(method, uri, h(body)) : h(method, uri);
  const response = h(a1, nonce, nc, cnonce, qop, a2);
  const name = client.userhash ? h(username, realm) : username;
  const userhash = client.userhash ? 'true' : undefined;
  const computed = { username: name, realm, nonce, uri, response, algorithm, cnonce, opaque };
  return serialize({ ...computed, qop, nc, userhash, ...client.sent });
}

function serialize(params: Record<string, string | undefined>): string {
  const written = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (BARE.has(name) ? `${name}=${value}` : `${name}="${value}"`));
  return `Digest ${written.join(', ')}`;
}

const BARE = new Set(['algorithm', 'qop', 'nc', 'userhash', 'username*']);

const hex8 = (count: number) => count.toString(16).padStart(8, '0');

function hash(algorithm: string, text: string): string {
  const name = algorithm.toLowerCase().replace(/-sess$/, '');
  const node = name === 'sha-512-256' ? 'sha512-256' : name.replace('-', '');
  return createHash(node).update(text).digest('hex');
}

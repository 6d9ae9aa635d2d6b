import { vi } from 'vitest';
import type { HTTPDigestOptions } from '../../lib/schemes/http-digest-options.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import type { SecurityRequest } from '../../lib/schemes/security-request.js';
import { authorized } from '../support/security-request.js';
import { digestAnswer, type DigestClient, paramsOf } from './http-digest-client.js';

export const PASSWORD = 'Circle of Life';
export const USER = { user: 'Mufasa', scopes: ['pride'] };

export type DigestRequest = SecurityRequest & { originalUrl?: string; rawBody?: unknown };

export const findMufasa = vi.fn((username: string) =>
  username === 'Mufasa' ? { ...USER, password: PASSWORD } : null,
);

export const schemeWith = (options: HTTPDigestOptions<string> = {}) =>
  new HTTPDigest({ findUser: findMufasa, ...options });

/** What becomes of a request with this `Authorization` value. */
export async function verify(
  scheme: HTTPDigest<string>,
  authorization: string,
  request: Partial<DigestRequest> = {},
) {
  const { headers, ...line } = authorized(authorization);
  const sent = { ...line, ...request, headers: { ...headers, ...request.headers } };
  const credentials = scheme.extract(sent);
  return credentials && scheme.validate!(credentials, { scopes: [], scopeStr: '', request: sent });
}

/** What becomes of a client's answer to a new challenge. */
export const attempt = (
  scheme: HTTPDigest<string>,
  client?: DigestClient,
  request?: Partial<DigestRequest>,
) => verify(scheme, digestAnswer(scheme.challenge(), client), request);

/** A nonce with a signature, but not one of the scheme under test. */
export function foreignNonce(): string {
  class Foreign extends HTTPDigest<string> {}
  return paramsOf(new Foreign({ findUser: findMufasa }).challenge())['nonce']!;
}

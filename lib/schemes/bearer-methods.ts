import { Strategy } from 'passport-http-bearer';
import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { parseBearerAuthorization, parseBearerToken } from '../protocol/bearer.js';
import { isFormMediaType } from '../protocol/media-type.js';
import { readQueryParameter } from '../protocol/query-string.js';
import type { HTTPAuthorizationCredentials } from './authorization.js';
import { readHeader } from './request-header.js';
import type { SecurityRequest } from './security-request.js';

/**
 * The places RFC 6750 section 2 lets a client put a token, by their RFC 9728 names.
 *
 * @publicApi
 */
export type BearerMethod = 'header' | 'body' | 'query';

/** Accepts whatever token it is shown, so that only its reading of the request counts. */
const strategy = new Strategy((token, done) => done(null, token));

/** What it reads, without Passport: the token, `undefined` without one, or 400 where it finds several. */
function readBy(request: object): string | 400 | undefined {
  let read: string | 400 | undefined;
  const run = Object.assign(Object.create(strategy) as { authenticate(request: object): void }, {
    success: (token: string) => (read = token),
    fail: (challenge: unknown) => (read = challenge === 400 ? challenge : undefined),
    error: (error: unknown) => {
      throw error;
    },
  });
  run.authenticate(request);
  return read;
}

/** The token of the `Authorization` header, the only place that is read unless a scheme asks for more. */
export function readHeaderToken(
  request: SecurityRequest,
): HTTPAuthorizationCredentials | undefined {
  const value = readHeader(request, 'authorization');
  return value === undefined ? undefined : parseBearerAuthorization(value);
}

/**
 * The token in whichever of the methods the client used.
 *
 * @throws InvalidRequestException when it is sent in more than one of them (RFC 6750 section 2).
 */
export function readTokenByMethods(
  request: SecurityRequest,
  methods: readonly BearerMethod[],
): HTTPAuthorizationCredentials | undefined {
  const header = methods.includes('header') ? readHeaderToken(request) : undefined;
  const read = readBy({
    // Without a prototype: what something put there is none of the request's.
    headers: { __proto__: null, authorization: header && `Bearer ${header.credentials}` },
    query: { access_token: methods.includes('query') ? queryToken(request) : undefined },
    body: { access_token: methods.includes('body') ? formToken(request) : undefined },
  });
  if (read === 400) {
    throw new InvalidRequestException('The access token was sent in more than one place');
  }
  return header ?? (read === undefined ? undefined : { scheme: 'Bearer', credentials: read });
}

function queryToken(request: SecurityRequest): string | undefined {
  return single(readQueryParameter(request.url ?? '', 'access_token'));
}

/** RFC 6750 2.2: only in a form, and never where the method gives a body no meaning. */
function formToken({ method, headers, body }: SecurityRequest): string | undefined {
  if (
    method === 'GET' ||
    method === 'HEAD' ||
    !isFormMediaType(headers['content-type'] as string)
  ) {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'access_token')) {
    return undefined;
  }
  return single([(body as { access_token: unknown }).access_token]);
}

function single(values: readonly unknown[]): string | undefined {
  if (values.length === 0) return undefined;
  const [token] = values;
  if (values.length > 1 || typeof token !== 'string') {
    throw new InvalidRequestException('The parameter access_token was sent more than once');
  }
  return parseBearerToken(token);
}

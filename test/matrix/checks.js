// @ts-check
import { once } from 'node:events';
import { request } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { SignJWT } from 'jose';

export const SECRET = 'a secret of the cells, at least thirty-two bytes';

/** @typedef {{ status: number, challenge?: string | null, body?: unknown }} Answer */
/** @typedef {{ name: string, path: string, init?: RequestInit, lines?: string[], answer: Answer }} Check */

const token = await new SignJWT({ scope: 'me' })
  .setProtectedHeader({ alg: 'HS256' })
  .setIssuer('https://login.example')
  .setAudience('https://api.example')
  .setSubject('ada')
  .setIssuedAt()
  .setExpirationTime('1h')
  .sign(new TextEncoder().encode(SECRET));

/** @param {string} value */
const authorization = (value) => ({ headers: { Authorization: value } });
/** @param {string} userPass */
const basic = (userPass) => authorization(`Basic ${Buffer.from(userPass).toString('base64')}`);
/** @param {string} value */
const key = (value) => ({ headers: { 'X-API-Key': value } });
/** @param {Record<string, string>} fields */
const form = (fields) => ({ method: 'POST', body: new URLSearchParams(fields) });

const BASIC = 'Basic realm="Restricted", charset="UTF-8"';

/** The part of the end-to-end tests that every cell is asked. @type {Check[]} */
export const checks = [
  {
    name: 'a signed token',
    path: '/me',
    init: authorization(`Bearer ${token}`),
    answer: { status: 200, challenge: null, body: { user: 'ada' } },
  },
  { name: 'no token', path: '/me', answer: { status: 401, challenge: 'Bearer scope="me"' } },
  {
    name: 'a token that was changed',
    path: '/me',
    init: authorization(`Bearer ${token}x`),
    answer: { status: 401 },
  },
  {
    name: 'a scope that is missing',
    path: '/items',
    init: authorization(`Bearer ${token}`),
    answer: { status: 403, challenge: 'Bearer error="insufficient_scope", scope="items"' },
  },
  {
    name: 'two tokens',
    path: '/me',
    lines: [`Bearer ${token}`, `Bearer ${token}`],
    answer: { status: 400 },
  },
  {
    name: 'a key',
    path: '/key',
    init: key('key-of-billing'),
    answer: { status: 200, challenge: null, body: { user: 'billing' } },
  },
  {
    name: 'a wrong key',
    path: '/key',
    init: key('guess'),
    answer: { status: 401, challenge: 'APIKey' },
  },
  {
    name: 'a password, and a rule that allows',
    path: '/basic',
    init: basic('ada:secret'),
    answer: { status: 200, body: { user: 'ada' } },
  },
  {
    name: 'a password, and a rule that does not',
    path: '/basic',
    init: basic('john:secret'),
    answer: { status: 403, challenge: null },
  },
  {
    name: 'a wrong password',
    path: '/basic',
    init: basic('ada:guess'),
    answer: { status: 401, challenge: BASIC },
  },
  {
    name: 'nobody, where that is allowed',
    path: '/optional',
    answer: { status: 200, body: { user: null } },
  },
  {
    name: 'a wrong key, where nobody is allowed',
    path: '/optional',
    init: key('guess'),
    answer: { status: 401 },
  },
  {
    name: 'a token request',
    path: '/token',
    init: form({ username: 'ada', password: 'secret', scope: 'me' }),
    answer: { status: 200, body: { access_token: 'ada', token_type: 'bearer', scope: 'me' } },
  },
  {
    name: 'a token request with a wrong password',
    path: '/token',
    init: form({ username: 'ada', password: 'guess' }),
    answer: { status: 400, body: { error: 'invalid_grant' } },
  },
];

/** What of the document has to be there, by operation. @type {Record<string, unknown>} */
const SECURITY = {
  '/me': [{ UserToken: ['me'] }],
  '/items': [{ UserToken: ['items'] }],
  '/key': [{ APIKeyHeader: [] }],
  '/basic': [{ HTTPBasic: [] }],
  '/optional': [{ APIKeyHeader: [] }, {}],
};

/** What the application at this URL answers otherwise than it should. @param {string} url */
export async function failuresOf(url) {
  const failures = await Promise.all(
    checks.map(async ({ name, path, init, lines, answer }) => {
      const actual = lines ? await sendLines(url + path, lines) : await send(url + path, init);
      const differs = Object.entries(answer).some(
        ([part, value]) => !isDeepStrictEqual(actual[/** @type {keyof Answer} */ (part)], value),
      );
      return differs ? [`${name}: ${JSON.stringify(actual)}`] : [];
    }),
  );
  return [...failures.flat(), ...(await documentFailures(url))];
}

/** @param {string} url @param {RequestInit | undefined} init @returns {Promise<Answer>} */
async function send(url, init) {
  const response = await fetch(url, init);
  const challenge = response.headers.get('WWW-Authenticate');
  return { status: response.status, challenge, body: await response.json() };
}

/**
 * One `Authorization` line for each value, which `fetch` would join.
 *
 * @param {string} url
 * @param {string[]} values
 * @returns {Promise<Answer>}
 */
async function sendLines(url, values) {
  const sent = request(url, { headers: values.flatMap((value) => ['Authorization', value]) });
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  return { status: response.statusCode };
}

/** @param {string} url */
async function documentFailures(url) {
  const document = /** @type {{ paths: Record<string, { get: { security: unknown } }> }} */ (
    await (await fetch(`${url}/openapi`)).json()
  );
  return Object.entries(SECURITY)
    .filter(([path, security]) => !isDeepStrictEqual(document.paths[path]?.get.security, security))
    .map(([path]) => `the document of ${path}`);
}

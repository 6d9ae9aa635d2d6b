import type { SecurityRequest } from '../schemes/security-request.js';

/** What looks like a secret wherever it stands: credentials of HTTP, a JWT, the user of a URL. */
const SECRETS = /\b(?:Bearer|Basic|DPoP|Digest)\s+\S+|\beyJ[\w-]+\.[\w.-]*|(?<=:\/\/)[^\s/@]+@/gi;

/** Names of headers whose values are nobody else's business. */
const SECRET_HEADER = /auth|cookie|key|token|secret|session|signature/i;

const REDACTED = '[redacted]';

/** A text without the credentials of a call, and without anything else that looks like some. */
export function withoutSecrets(text: string, credentials: unknown): string {
  const secrets = secretsIn(credentials);
  const words = text.split(/(\w+)/).map((word) => (secrets.includes(word) ? REDACTED : word));
  // A short one would be found in the middle of words that have nothing to do with it.
  return secrets
    .filter(({ length }) => length > 3)
    .reduce((clean, secret) => clean.replaceAll(secret, REDACTED), words.join(''))
    .replace(SECRETS, REDACTED);
}

/** The texts that credentials are made of, the longest first; a strategy's are somewhere in the request. */
function secretsIn(credentials: unknown): string[] {
  if (Array.isArray(credentials)) return longestFirst(credentials.flatMap(secretsIn));
  const texts = isRequest(credentials) ? sentIn(credentials) : textsOf(credentials);
  return longestFirst(texts.filter((text) => text !== ''));
}

function longestFirst(texts: string[]): string[] {
  return texts.sort((a, b) => b.length - a.length);
}

function isRequest(credentials: unknown): credentials is SecurityRequest {
  return typeof (credentials as Partial<SecurityRequest> | null | undefined)?.headers === 'object';
}

function sentIn({ headers, body, url = '' }: SecurityRequest): string[] {
  const named = Object.entries(headers).filter(([name]) => SECRET_HEADER.test(name));
  const query = url.split('?').slice(1).join('?');
  return [
    // Each value, and its parts: a scheme and its credentials, a cookie's name and its value.
    ...named.flatMap(([, value]) => [value].flat().flatMap((line) => [line, ...parts(line)])),
    ...textsOf(body),
    ...parts(query),
    ...new URLSearchParams(query).values(),
  ].filter((text) => typeof text === 'string');
}

function parts(line = ''): string[] {
  return line.split(/[\s;,=&"]+/).filter(({ length }) => length > 3);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((text) => typeof text === 'string');
}

/** Names of headers that hold nothing of whoever sends them. */
const PLAIN_HEADER = /^(?:host|connection|user-agent|accept.*|content-.*|cache-control|sec-.*)$/;

/** Everything that was sent with a call and could be a credential, wherever a scheme of the application reads it. */
export function sentWith(request: SecurityRequest): unknown[] {
  const headers = Object.entries(request.headers).filter(([name]) => !PLAIN_HEADER.test(name));
  return [request, ...headers.flatMap(([, value]) => [value].flat())];
}

/** What identifies a user, in credentials, and is no secret. */
const PUBLIC_MEMBERS = /^(?:user(?:name)?|email|login|scheme|realm|algorithm|qop|nc|uri|userhash)$/;

/** How much of a user is looked at; one that holds more is taken to carry something. */
const MOST_VALUES = 2000;

/** Whether a user is made of credentials, wherever within: a token that was kept with them, for instance. */
export function carries(user: unknown, credentials: unknown, request: SecurityRequest): boolean {
  const secrets = new Set(isRequest(credentials) ? headersIn(request) : secretMembers(credentials));
  const seen = new Set<unknown>([user]);
  for (const value of seen) {
    if (value === credentials || seen.size > MOST_VALUES) return true;
    if (typeof value === 'string' && holdsSecret(value, secrets)) return true;
    if (typeof value === 'object' && value !== null)
      membersOf(value).forEach((one) => seen.add(one));
  }
  return false;
}

function holdsSecret(text: string, secrets: ReadonlySet<string>): boolean {
  if (secrets.has(text)) return true;
  return [...secrets].some((secret) => secret.length > 7 && text.includes(secret));
}

function secretMembers(credentials: unknown): string[] {
  if (typeof credentials !== 'object' || credentials === null) return textsOf(credentials);
  const secret = Object.entries(credentials).filter(([name]) => !PUBLIC_MEMBERS.test(name));
  return secret.flatMap(([, value]) => (typeof value === 'string' && value !== '' ? [value] : []));
}

function headersIn({ headers, body }: SecurityRequest): string[] {
  const named = Object.entries(headers).filter(([name]) => SECRET_HEADER.test(name));
  return [...named.flatMap(([, value]) => [value].flat().flatMap(parts)), ...secretMembers(body)];
}

/** What an object holds, without running what it may compute. */
function membersOf(value: object): unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return [...value];
  return Object.values(Object.getOwnPropertyDescriptors(value)).map((member) => member.value);
}

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

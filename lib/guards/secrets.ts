import { isRequest, parts, SECRET_HEADER, textsOf } from '../schemes/redaction.js';
import type { SecurityRequest } from '../schemes/security-request.js';

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

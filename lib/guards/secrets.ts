import { readingsOf } from '../schemes/encodings.js';
import { isRequest, SECRET_HEADER, sentWith, spellingsOf } from '../schemes/redaction.js';
import type { SecurityRequest } from '../schemes/security-request.js';

/** What identifies a user, in credentials, and is no secret. */
const PUBLIC_MEMBERS = /^(?:user(?:name)?|email|login|scheme|realm|algorithm|qop|nc|uri|userhash)$/;

/** Names of what is a secret in a body, beside those of headers. */
const SECRET_MEMBER = /pass|pin$|otp|code|assertion/i;

/** A shorter text is a secret only where a scheme read it as one: it is in too much that has nothing to do with it. */
const LONG = 8;

/** How many texts a call may hold; one that holds more is taken to be all secrets. */
const MOST_TEXTS = 2000;

/** What was sent with a call, in all the ways in which somebody may have kept it. */
export class SentSecrets {
  /** What schemes read, whole, however short. */
  readonly #exact: ReadonlySet<string>;
  /** In lower case, found anywhere in a text. */
  readonly #within: readonly string[];
  readonly #isTooMuch: boolean;

  constructor(request: SecurityRequest, credentials: readonly unknown[]) {
    const read = credentials.flatMap((one) => (isRequest(one) ? [] : members(one)));
    const own = read.filter(({ name }) => !PUBLIC_MEMBERS.test(name)).map(({ text }) => text);
    const sent = [...own, ...textsSent(request, credentials.some(isRequest))];
    const names = read.filter(({ name, text }) => PUBLIC_MEMBERS.test(name) && !own.includes(text));
    const known = new Set(names.map(({ text }) => text.toLowerCase()));
    this.#isTooMuch = sent.length > MOST_TEXTS;
    this.#exact = new Set(own);
    const spelled = this.#isTooMuch ? [] : sent.flatMap(partsOf).flatMap(spellingsOf);
    // A user name is in the credentials of Basic, and is no secret, unless it is the password too.
    this.#within = [...new Set(spelled.map((text) => text.toLowerCase()))].filter(
      (text) => text.length >= LONG && !known.has(text),
    );
  }

  /** Whether a text is a secret, or holds one, also for whoever decodes it. */
  isIn(text: string): boolean {
    if (this.#isTooMuch || this.#exact.has(text)) return true;
    if (text.length < LONG || this.#within.length === 0) return false;
    const readings = [text, ...readingsOf(text)].join('\n').toLowerCase();
    return this.#within.some((secret) => readings.includes(secret));
  }
}

/** A JWT is no secret without its signature, which may be kept apart. */
function partsOf(text: string): string[] {
  return /^eyJ[\w-]*\.[\w-]*\./.test(text) ? [text, ...text.split('.')] : [text];
}

interface Member {
  readonly name: string;
  readonly text: string;
}

function members(value: unknown): Member[] {
  if (typeof value === 'string') return [{ name: '', text: value }];
  if (typeof value !== 'object' || value === null) return [];
  const texts = Object.entries(value).filter(([, text]) => typeof text === 'string' && text !== '');
  return texts.map(([name, text]) => ({ name, text: text as string }));
}

/** A body is the application's own, apart from what its name gives away, unless a strategy reads all of a request. */
function textsSent(request: SecurityRequest, isAllRead: boolean): string[] {
  const [, ...lines] = sentWith(request);
  const body = members(request.body).filter(
    ({ name }) => isAllRead || SECRET_HEADER.test(name) || SECRET_MEMBER.test(name),
  );
  const query = new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'));
  const named = [...query].map(([name, text]) => (text === '' ? name : { name, text }));
  const all = [...lines.flatMap(valuesOf), ...body, ...named];
  return all.flatMap((one) => {
    if (typeof one === 'string') return [one];
    return PUBLIC_MEMBERS.test(one.name) ? [] : [one.text];
  });
}

/** A header's value and its parts: credentials after the name of their scheme, cookies and parameters without theirs. */
function valuesOf(line: unknown): (string | Member)[] {
  if (typeof line !== 'string') return [];
  const words = line.split(/[\s;,]+/).map((word) => {
    // The last characters of base64 are no value.
    const [, name, text] = /^([^=]+)=(?!=*$)"?([^"]*)/.exec(word) ?? [];
    return name === undefined || text === undefined ? word : { name, text };
  });
  return [line, ...words];
}

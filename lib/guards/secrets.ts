import { readingsOf } from '../schemes/encodings.js';
import {
  isRequest,
  MOST_TEXTS,
  SECRET_HEADER,
  sentWith,
  spellingsOf,
} from '../schemes/redaction.js';
import type { SecurityRequest } from '../schemes/security-request.js';

/** Members of credentials that identify a user or describe the scheme, and are not secret. */
const PUBLIC_MEMBERS = /^(?:user(?:name)?|email|login|scheme|realm|algorithm|qop|nc|uri|userhash)$/;

/** Names of members of a body that are secret, besides those that are secret as headers. */
const SECRET_MEMBER = /pass|pin$|otp|code|assertion/i;

/**
 * Shorter texts count as secrets only where a scheme read them as credentials: they occur by chance in too many others.
 */
const LONG = 8;

/** What was sent with a call, in all the encodings in which somebody may have kept it. */
export class SentSecrets {
  /** Texts that schemes read as credentials, however short: secret where a text equals one. */
  readonly #exact: ReadonlySet<string>;
  /** Longer texts, in lower case: secret wherever a text contains one. */
  readonly #within: readonly string[];
  /** Whether more was sent than is compared: then every text is taken to be a secret. */
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
    // The user name in credentials of Basic is no secret, unless it is the password too.
    this.#within = [...new Set(spelled.map((text) => text.toLowerCase()))].filter(
      (text) => text.length >= LONG && !known.has(text),
    );
  }

  /** Whether a text is a secret or contains one, as it is or once it is decoded. */
  isIn(text: string): boolean {
    if (this.#isTooMuch || this.#exact.has(text)) return true;
    if (text.length < LONG || this.#within.length === 0) return false;
    const readings = [text, ...readingsOf(text)].join('\n').toLowerCase();
    return this.#within.some((secret) => readings.includes(secret));
  }
}

/** A text and, where it is a JWT, each of its parts: its signature alone is a secret too. */
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

/**
 * The texts sent with a request. Of its body only members with telling names count, as the rest is the application's
 * own data, unless a strategy reads the whole request.
 */
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

/**
 * A header's value and its parts: credentials without the name of their scheme, cookies and parameters without theirs.
 */
function valuesOf(line: unknown): (string | Member)[] {
  if (typeof line !== 'string') return [];
  const words = line.split(/[\s;,]+/).map((word) => {
    // An `=` that pads base64 does not begin a value.
    const [, name, text] = /^([^=]+)=(?!=*$)"?([^"]*)/.exec(word) ?? [];
    return name === undefined || text === undefined ? word : { name, text };
  });
  return [line, ...words];
}

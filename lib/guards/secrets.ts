import { readingsOf } from '../schemes/encodings.js';
import { isRequest, MOST_TEXTS, SECRET_HEADER, sentWith } from '../schemes/redaction.js';
import { spellingsOf } from '../schemes/secret-spellings.js';
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
interface Collected {
  /** Texts that schemes read as credentials, however short: secret where a text equals one. */
  readonly exact: ReadonlySet<string>;
  /** Longer texts, in lower case, by how they begin: secret wherever a text contains one. */
  readonly within: ReadonlyMap<string, readonly string[]>;
  /** Whether more was sent than is compared: then every text is taken to be a secret. */
  readonly isTooMuch: boolean;
}

/** Looks for what was sent with a call; it collects that only once there is a text to look in. */
export class SentSecrets {
  #collected: Collected | undefined;

  constructor(
    private readonly request: SecurityRequest,
    private readonly credentials: readonly unknown[],
  ) {}

  /** Whether a text is a secret or contains one, as it is or once it is decoded. */
  isIn(text: string): boolean {
    this.#collected ??= collected(this.request, this.credentials);
    const { exact, within, isTooMuch } = this.#collected;
    if (isTooMuch || exact.has(text)) return true;
    if (text.length < LONG || within.size === 0) return false;
    const readings = [text, ...readingsOf(text)].join('\n').toLowerCase();
    for (let at = 0; at + LONG <= readings.length; at++) {
      const secrets = within.get(readings.slice(at, at + LONG));
      if (secrets?.some((secret) => readings.startsWith(secret, at))) return true;
    }
    return false;
  }
}

function collected(request: SecurityRequest, credentials: readonly unknown[]): Collected {
  const read = credentials.flatMap((one) => (isRequest(one) ? [] : members(one)));
  const own = read.filter(({ name }) => !PUBLIC_MEMBERS.test(name)).map(({ text }) => text);
  const sent = [...own, ...textsSent(request, credentials.some(isRequest))];
  const names = read.filter(({ name, text }) => PUBLIC_MEMBERS.test(name) && !own.includes(text));
  const known = new Set(names.map(({ text }) => text.toLowerCase()));
  const isTooMuch = sent.length > MOST_TEXTS;
  const spelled = isTooMuch ? [] : [...new Set(sent.flatMap(partsOf))].flatMap(spellingsOf);
  // The user name in credentials of Basic is no secret, unless it is the password too.
  const long = [...new Set(spelled.map((text) => text.toLowerCase()))].filter(
    (text) => text.length >= LONG && !known.has(text),
  );
  const within = new Map<string, string[]>();
  for (const text of long) {
    const alike = within.get(text.slice(0, LONG));
    if (alike === undefined) within.set(text.slice(0, LONG), [text]);
    else alike.push(text);
  }
  return { exact: new Set(own), within, isTooMuch };
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

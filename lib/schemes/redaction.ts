import { readingsOf, SHORTEST_ENCODED } from './encodings.js';
import { decodingsOf, LONGEST_SECRET, SHORTEST_SECRET, spellingsOf } from './secret-spellings.js';
import type { SecurityRequest } from './security-request.js';

/** Text that looks like a secret anywhere: HTTP credentials, a JWT, the user information of a URL. */
const SECRETS = /\b(?:Bearer|Basic|DPoP|Digest)\s+\S+|\beyJ[\w-]+\.[\w.-]*|(?<=:\/\/)[^\s/@]+@/gi;

/** Names of headers whose values are secret. */
export const SECRET_HEADER = /auth|cookie|key|token|secret|session|signature/i;

/** Names of headers that hold nothing secret. */
const PLAIN_HEADER =
  /^(?:host|connection|user-agent|accept.*|content-.*|cache-control|pragma|sec-(?!websocket).*|te|dnt|date|expect|origin|range|upgrade.*|priority|transfer-encoding)$/i;

/** Names of HTTP's own schemes, which precede credentials and are not secret. */
const SCHEME_NAME = /^(?:Bearer|Basic|DPoP|Digest)$/i;

const REDACTED = '[redacted]';
const ALL_REDACTED = '[redacted: it held what was sent, encoded]';
const TOO_MUCH = '[redacted: more was sent than is looked for]';

/** How many texts are looked for, and characters of them: more would keep a server busy, and whoever sends them decides. */
export const MOST_TEXTS = 300;
const MOST_CHARACTERS = 40_000;

/** How many values may hold them. */
const MOST_VALUES = 10_000;

/** How much of a text is kept, in characters. */
const LONGEST_TEXT = 4000;

/** The number of consecutive characters of a secret that count as an excerpt of it. */
const EXCERPT = 8;

/** The same for a secret with blanks in it, such as a pass phrase, from the beginning of a word. */
const LONG_EXCERPT = 16;

/** The lengths of words that count where they are found encoded, up to that of the excerpts of longer ones. */
const WORD_LENGTHS = [SHORTEST_ENCODED, SHORTEST_ENCODED + 1, EXCERPT];

/**
 * A text without the credentials of a call, whole or in part, and without anything else that looks like credentials.
 * All of it is replaced where it holds them in one of the usual encodings, and where more was sent than can be looked
 * for.
 */
export function withoutSecrets(text: string, credentials: unknown): string {
  if (text === '') return text;
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  const secrets = [...new Set(secretsIn(credentials))];
  if (isTooMuch(secrets)) return TOO_MUCH;
  const words = new Set(secrets.filter(({ length }) => length < EXCERPT));
  const clean = withoutParts(shown, secrets);
  if (holdsEncoded(clean, secrets)) return ALL_REDACTED;
  return clean
    .split(/(\w+)/)
    .map((word) => (words.has(word) ? REDACTED : word))
    .join('')
    .replace(SECRETS, REDACTED);
}

/** Everything sent with a call that could be a credential, wherever a scheme of the application may read it. */
export function sentWith(request: SecurityRequest): unknown[] {
  const headers = Object.entries(request.headers).filter(([name]) => !PLAIN_HEADER.test(name));
  const lines = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
  // The raw headers are added because Node drops the second of two lines from `headers`.
  const raw = lines.filter((_, index) => index % 2 === 1 && !PLAIN_HEADER.test(lines[index - 1]!));
  return [request, ...headers.flatMap(([, value]) => [value].flat()), ...raw];
}

/** Whether the credentials are a whole request, as those of a Passport strategy are. */
export function isRequest(credentials: unknown): credentials is SecurityRequest {
  return typeof (credentials as Partial<SecurityRequest> | null | undefined)?.headers === 'object';
}

/** A header's value and its parts: a scheme and its credentials, a cookie's name and its value. */
function parts(line = ''): string[] {
  return line.split(/[\s;,=&"]+/).filter(({ length }) => length >= SHORTEST_SECRET);
}

/** The text that a value is, or all texts in it; where it holds too many values, more texts than are looked for. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  const seen = new Set<unknown>(Object.values(value));
  for (const member of seen) {
    if (seen.size > MOST_VALUES) return Array.from({ length: MOST_TEXTS + 1 }, (_, at) => `${at}`);
    if (typeof member === 'object' && member !== null) {
      Object.values(member).forEach((one) => seen.add(one));
    }
  }
  return [...seen].filter((text) => typeof text === 'string');
}

function isTooMuch(texts: readonly string[]): boolean {
  return texts.length > MOST_TEXTS || texts.join('').length > MOST_CHARACTERS;
}

/** The texts in credentials; those of a Passport strategy may be anywhere in the request. */
function secretsIn(credentials: unknown): string[] {
  if (Array.isArray(credentials)) return credentials.flatMap(secretsIn);
  const texts = isRequest(credentials) ? sentIn(credentials) : textsOf(credentials);
  return texts.filter((text) => text !== '' && !SCHEME_NAME.test(text));
}

function sentIn({ headers, body, url = '' }: SecurityRequest): string[] {
  const named = Object.entries(headers).filter(([name]) => SECRET_HEADER.test(name));
  const query = url.split('?').slice(1).join('?');
  return [
    ...named.flatMap(([, value]) => [value].flat().flatMap((line) => [line, ...parts(line)])),
    ...textsOf(body),
    ...parts(query),
    ...new URLSearchParams(query).values(),
  ].filter((text) => typeof text === 'string');
}

/** Replaces the secrets and excerpts of them that are found, ignoring case. */
function withoutParts(text: string, secrets: readonly string[]): string {
  const marks = new Uint8Array(text.length);
  const excerpts = new Excerpts(inLowerCase(text));
  const spelled = secrets.flatMap(spellingsOf).map(inLowerCase);
  for (const part of new Set(spelled.flatMap((one) => [one, ...longWords(one)]))) {
    for (const excerpt of excerptsOf(part)) {
      for (const at of excerpts.take(excerpt)) marks.fill(1, at, at + excerpt.length);
    }
  }
  return marks.includes(1) ? withoutMarked(text, marks) : text;
}

/** What counts as an excerpt of a secret: together, those found where the secret is cover all of it. */
function excerptsOf(secret: string): string[] {
  if (!/\s/.test(secret)) return partsOfLength(secret, Math.min(secret.length, EXCERPT));
  const last = Math.max(0, secret.length - LONG_EXCERPT);
  const starts = [...secret.matchAll(/\S+/g)].map(({ index }) => index).filter((at) => at < last);
  const excerpts = [...starts, last].map((at) => secret.slice(at, at + LONG_EXCERPT).trim());
  // What many blanks leave of one may be a letter, which stands anywhere.
  return excerpts.filter(({ length }) => length >= SHORTEST_SECRET);
}

function longWords(text: string): string[] {
  return text.split(/\s+/).filter(({ length }) => length >= EXCERPT);
}

/** Where the excerpts of a text stand in it, by their length. */
class Excerpts {
  private readonly places = new Map<number, Map<string, number[]>>();

  constructor(private readonly text: string) {}

  /** Tells of each excerpt once: whoever sends a secret could have it repeat one without end. */
  take(excerpt: string): readonly number[] {
    const places = this.ofLength(excerpt.length);
    const found = places.get(excerpt);
    places.delete(excerpt);
    return found ?? [];
  }

  private ofLength(length: number): Map<string, number[]> {
    const known = this.places.get(length);
    if (known !== undefined) return known;
    const places = new Map<string, number[]>();
    partsOfLength(this.text, length).forEach((excerpt, at) => {
      const others = places.get(excerpt);
      if (others === undefined) places.set(excerpt, [at]);
      else others.push(at);
    });
    this.places.set(length, places);
    return places;
  }
}

/**
 * A text in lower case, each character in its place: that of `İ` has two characters, and that of `Σ` depends on what
 * follows it.
 */
function inLowerCase(text: string): string {
  return text.replaceAll('İ', 'i').replaceAll('Σ', 'σ').toLowerCase();
}

/** Whether a text contains some of the secrets once it is decoded. */
function holdsEncoded(text: string, secrets: readonly string[]): boolean {
  const readings = inLowerCase(readingsOf(text).join('\n'));
  if (readings === '') return false;
  const excerpts = new Set(WORD_LENGTHS.flatMap((length) => partsOfLength(readings, length)));
  // Words that are still in the redacted text were kept on purpose, such as the name of a scheme.
  const kept = inLowerCase(text);
  return secrets
    .flatMap((secret) => [secret, ...decodingsOf(secret)])
    .flatMap((secret) => inLowerCase(secret.slice(0, LONGEST_SECRET)).split(/\s+/))
    .some((word) =>
      word.length < EXCERPT
        ? excerpts.has(word) && !kept.includes(word)
        : partsOfLength(word, EXCERPT).some((part) => excerpts.has(part)),
    );
}

/** All consecutive characters of a text of some length. */
function partsOfLength(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

function withoutMarked(text: string, marks: Uint8Array): string {
  let clean = '';
  for (let at = 0; at < text.length; at++) {
    if (marks[at] === 0) clean += text[at];
    else if (marks[at - 1] !== 1) clean += REDACTED;
  }
  return clean;
}

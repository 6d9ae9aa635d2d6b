import { SHORTEST_ENCODED } from './encodings.js';

/** Shorter secrets are replaced only where they are whole words: in parts of words they would be found by chance. */
export const SHORTEST_SECRET = 4;

/** Of longer secrets, only the beginning is searched for. */
export const LONGEST_SECRET = 20_000;

/** The ways to write a secret: as it is, in a URL, a form, JSON, base64 or hexadecimal, or what it decodes to. */
export function spellingsOf(secret: string): string[] {
  const text = secret.slice(0, LONGEST_SECRET);
  if (text.length < SHORTEST_SECRET) return [];
  const sent = [text, ...decodingsOf(text)];
  return [
    ...sent,
    ...sent.flatMap((one) => [
      new URLSearchParams([['', one]]).toString().slice(1),
      // Via bytes, as `encodeURIComponent` throws for a text that was cut within a surrogate pair.
      encodeURIComponent(Buffer.from(one).toString()),
      JSON.stringify(one).slice(1, -1),
      ...(one.length < SHORTEST_ENCODED ? [] : inBytes(Buffer.from(one))),
    ]),
  ];
}

/**
 * Base64 and hexadecimal of bytes. Base64 depends on the number of bytes before them, and its last character on those
 * after.
 */
function inBytes(bytes: Buffer): string[] {
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64url')
      .slice(before && before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1),
  );
  const plus = base64.map((text) => text.replaceAll('-', '+').replaceAll('_', '/'));
  return [...base64, ...plus, bytes.toString('hex')];
}

/** What a text decodes to, if it is URL-encoded, or base64 as in Basic credentials. */
export function decodingsOf(text: string): string[] {
  const texts: string[] = [];
  try {
    texts.push(decodeURIComponent(text.replaceAll('+', ' ')));
  } catch {
    // It is not URL-encoded.
  }
  const base64 = /^[\w+/-]{4,}={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString() : '';
  if (/^[^\p{Cc}\ufffd]+$/u.test(base64)) texts.push(base64, ...base64.split(':'));
  return texts.filter((one) => one !== text && one.length >= SHORTEST_SECRET);
}

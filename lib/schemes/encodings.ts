/** How many layers of encoding are decoded. */
const DEPTH = 3;

/** How many decoded texts are kept of one text. */
const MOST_READINGS = 16;

/** Shorter texts are not taken for encoded ones. */
export const SHORTEST_ENCODED = 6;

const PERCENT = /(?:%[0-9a-f]{2})+/gi;
const ESCAPES = /\\u\{?([0-9a-f]{1,6})\}?|\\x([0-9a-f]{2})/gi;
const ENTITIES = /&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi;
const HEXADECIMAL = /(?:[0-9a-f]{2}(?:[\s:,-]|0x)*){6,}/gi;
const DECIMAL = /\d{1,3}(?:\s*,\s*\d{1,3}){5,}/g;
const BASE64 = /[\w+/-]{8,}/g;
/** White space and invisible characters. */
const INVISIBLE = /[\s\0\p{Cf}]+/gu;
const READABLE = new RegExp(`[^\\p{Cc}\\ufffd]{${SHORTEST_ENCODED},}`, 'gu');

const DECODERS: readonly ((text: string) => string)[] = [
  (text) =>
    text.replace(PERCENT, (run) => textOf(Buffer.from(run.replaceAll('%', ''), 'hex'), run)),
  (text) => text.replace(ESCAPES, (_, long: string, short: string) => character(long ?? short, 16)),
  (text) =>
    text.replace(ENTITIES, (_, hex: string, dec: string) => character(hex ?? dec, hex ? 16 : 10)),
  (text) =>
    text.replace(HEXADECIMAL, (run) =>
      textOf(Buffer.from(run.replace(/0x|[^0-9a-f]/gi, ''), 'hex'), run),
    ),
  (text) => text.replace(DECIMAL, (run) => textOf(Buffer.from(run.split(',').map(Number)), run)),
  (text) => text.replace(BASE64, ofBase64),
  (text) => text.replace(INVISIBLE, ''),
];

/**
 * The texts that a text contains in encoded form: percent-encoding, escapes of JavaScript and HTML, bytes in
 * hexadecimal or decimal, base64, and letters with blanks between them, also nested.
 *
 * It does not find text that is reversed, compressed or encrypted.
 */
export function readingsOf(text: string): string[] {
  const readings = new Set([text]);
  let last: readonly string[] = [text];
  for (let depth = 0; depth < DEPTH; depth++) {
    last = last
      .flatMap((one) => DECODERS.map((decode) => decode(one)))
      .filter((one) => !readings.has(one) && readings.size < MOST_READINGS && readings.add(one));
  }
  readings.delete(text);
  return [...readings];
}

/** The readable text in bytes; `written`, from which they were decoded, where there is none. */
function textOf(bytes: Uint8Array, written: string): string {
  // ASCII in UTF-16 has a zero byte beside each letter.
  const readable = Buffer.from(bytes).toString().replaceAll('\0', '').match(READABLE);
  return readable?.join(' ') ?? written;
}

/** Decodes base64 at each alignment, as it may begin anywhere in the run, such as after a slash. */
function ofBase64(run: string): string {
  const readings = [0, 1, 2, 3].map((at) => textOf(Buffer.from(run.slice(at), 'base64'), ''));
  return readings.join(' ').trim() || run;
}

function character(code: string, radix: number): string {
  const point = Number.parseInt(code, radix);
  return point > 0x10ffff ? '' : String.fromCodePoint(point);
}

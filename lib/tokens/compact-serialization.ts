import type { CompactJWSHeaderParameters, JWTPayload } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';

/** The header and claims of a JSON Web Token whose signature is good. */
export interface SignedClaims {
  readonly header: CompactJWSHeaderParameters;
  readonly claims: JWTPayload;
}

/** Why a text is no JSON Web Token: nothing of it is quoted. */
export const MALFORMED = 'The token is malformed';

const HEADER = /[\w-]+\./y;
const SIGNATURE = /[\w-]*$/y;
const PAYLOAD = /\.[\w-]*\./;

/** A byte order mark before the header, which text decoders skip. */
const MARK = Buffer.from('\uFEFF').toString('base64url');

/** By a part's length modulo 4: the last characters that leave no bits unused. */
const LAST_CHARACTERS = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'] as const;

/**
 * Whether text is three parts of base64url without padding, white space or unused bits, so that each token has one
 * spelling. The characters within the payload are left to `isWhole`.
 *
 * @see [RFC 7515, section 2](https://www.rfc-editor.org/rfc/rfc7515#section-2)
 */
export function isCompactJws(token: unknown): token is string {
  if (typeof token !== 'string' || token.startsWith(MARK)) return false;
  HEADER.lastIndex = 0;
  if (!HEADER.test(token)) return false;
  const payload = HEADER.lastIndex;
  const second = token.indexOf('.', payload);
  if (second === -1) return false;
  SIGNATURE.lastIndex = second + 1;
  return (
    SIGNATURE.test(token) &&
    isCanonical(token, 0, payload - 1) &&
    isCanonical(token, payload, second) &&
    isCanonical(token, second + 1, token.length)
  );
}

function isCanonical(token: string, start: number, end: number): boolean {
  const last = LAST_CHARACTERS[(end - start) % 4];
  return last === undefined || last.includes(token[end - 1]!);
}

/**
 * Whether the payload has no more characters than its bytes need, and so no white space or padding. Looking at each
 * character takes longer, and `jose` does so when it decodes them.
 */
export function isWhole(token: string, payload: Uint8Array): boolean {
  const start = token.indexOf('.') + 1;
  return token.indexOf('.', start) - start === Math.ceil((payload.length * 4) / 3);
}

/** Whether the characters of a token's payload are all of base64url. */
export function hasPayload(token: string): boolean {
  return PAYLOAD.test(token);
}

/** The `iss` that a token claims, before anything is verified. */
export function claimedIssuer(token: unknown): unknown {
  if (!isCompactJws(token) || !hasPayload(token)) throw new InvalidTokenException(MALFORMED);
  return readClaims(decodePart(token.split('.')[1]!)).iss;
}

/** Parses a token again whose signature was verified before. */
export function rereadCompactJws(token: string): SignedClaims {
  const [header, payload] = token.split('.');
  return { header: readHeader(header!), claims: readClaims(decodePart(payload!)) };
}

/** Parses a header that has been looked at before. */
export function readHeader(header: string): CompactJWSHeaderParameters {
  return readClaims(decodePart(header)) as CompactJWSHeaderParameters;
}

function decodePart(part: string): Uint8Array {
  return Buffer.from(part, 'base64url');
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The claims that a payload holds: a JSON object. */
export function readClaims(payload: Uint8Array): JWTPayload {
  const claims = parseJson(payload);
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new InvalidTokenException(MALFORMED);
  }
  return claims as JWTPayload;
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(payload));
  } catch {
    throw new InvalidTokenException(MALFORMED);
  }
}

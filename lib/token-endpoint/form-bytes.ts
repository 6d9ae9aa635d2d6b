import { decodeUtf8 } from '../protocol/utf8.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { OAuth2Exception } from './oauth2.exception.js';

/** The members of a stream that are used. */
interface Bytes {
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
}

/** The bytes sent so far; of a form that is too long, only the length is kept. */
interface KeptForm {
  chunks: Buffer[];
  length: number;
}

/** Kept forms, by the request that the framework passes to handlers. */
const KEPT = new WeakMap<object, KeptForm>();

/**
 * How many bytes of a form are kept: Fastify's default limit for bodies. Parsers have limits of their own, but after
 * refusing a body Express's reads it to its end, however long it is.
 */
const LONGEST = 1024 * 1024;

/**
 * Keeps the bytes of a form that a body parser is about to read; call it right before the parser begins.
 *
 * Parsers pass on wrong encodings as they are, or replace them by U+FFFD, so that their result does not show them.
 */
export function keepBytes(request: object, body: unknown): void {
  const kept: KeptForm = { chunks: [], length: 0 };
  KEPT.set(request, kept);
  (body as Bytes).on('data', (chunk) => {
    kept.length += Buffer.byteLength(chunk);
    if (kept.length > LONGEST) kept.chunks = [];
    else kept.chunks.push(Buffer.from(chunk as string));
  });
}

/** The refusal of a form that is too long, or that is not UTF-8 before or after percent-decoding, as far as it was kept. */
export function bytesRefusal(request: SecurityRequest): OAuth2Exception | undefined {
  const { chunks, length } = KEPT.get(request) ?? { chunks: [], length: 0 };
  KEPT.delete(request);
  if (length > LONGEST) {
    return new OAuth2Exception('invalid_request', 'The body is too large', { status: 413 });
  }
  return decoded(Buffer.concat(chunks)) === undefined
    ? new OAuth2Exception('invalid_request', 'Malformed form')
    : undefined;
}

/**
 * Returns its result so that bundlers keep the call: they drop calls whose result is not used, although these may
 * throw.
 */
function decoded(form: Buffer): string | undefined {
  try {
    return decodeURIComponent(decodeUtf8(form));
  } catch {
    return undefined;
  }
}

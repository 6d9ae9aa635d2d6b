import { decodeUtf8 } from '../protocol/utf8.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { OAuth2Exception } from './oauth2.exception.js';

/** What is used of a stream. */
interface Bytes {
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
}

/** What was sent so far; of a form that is too long, only its length is known. */
interface KeptForm {
  chunks: Buffer[];
  length: number;
}

/** By the request as the framework hands it to handlers. */
const KEPT = new WeakMap<object, KeptForm>();

/**
 * How many bytes of a form are kept, which is Fastify's default limit of a body. Parsers have limits of their own, but
 * Express's reads on to the end of a body that it has refused, however long a client makes it.
 */
const LONGEST = 1024 * 1024;

/**
 * Keeps what a body parser is about to read of a form: it must be called at once before that.
 *
 * Parsers take what is wrongly encoded for what it is, or put U+FFFD in its place, so that their result does not tell.
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

/** Bundlers leave out a call whose result nobody uses, though it throws. */
function decoded(form: Buffer): string | undefined {
  try {
    return decodeURIComponent(decodeUtf8(form));
  } catch {
    return undefined;
  }
}

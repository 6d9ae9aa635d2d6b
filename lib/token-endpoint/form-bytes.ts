import { decodeUtf8 } from '../protocol/utf8.js';
import type { SecurityRequest } from '../schemes/security-request.js';

/** What is used of a stream. */
interface Bytes {
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
}

/** Of a request as the framework hands it to handlers. */
const kept = new WeakMap<object, Buffer[]>();

/**
 * Keeps what a body parser is about to read of a form: it must be called at once before that.
 *
 * Parsers take what is wrongly encoded for what it is, or put U+FFFD in its place, so that their result does not tell.
 */
export function keepBytes(request: object, body: unknown): void {
  const chunks: Buffer[] = [];
  kept.set(request, chunks);
  (body as Bytes).on('data', (chunk) => chunks.push(Buffer.from(chunk as string)));
}

/** Whether a form is UTF-8, and so what is percent-encoded in it, as far as it was kept. */
export function isDecodable(request: SecurityRequest): boolean {
  const form = Buffer.concat(kept.get(request) ?? []);
  kept.delete(request);
  return decoded(form) !== undefined;
}

/** Bundlers leave out a call whose result nobody uses, though it throws. */
function decoded(form: Buffer): string | undefined {
  try {
    return decodeURIComponent(decodeUtf8(form));
  } catch {
    return undefined;
  }
}

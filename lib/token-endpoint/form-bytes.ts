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
 * Parsers take what is wrongly percent-encoded for what it is, so that their result does not tell.
 */
export function keepBytes(request: object, body: unknown): void {
  const chunks: Buffer[] = [];
  kept.set(request, chunks);
  (body as Bytes).on('data', (chunk) => chunks.push(Buffer.from(chunk as string)));
}

/** Whether the names and values of a form are percent-encoded UTF-8, as far as it was kept. */
export function isDecodable(request: SecurityRequest): boolean {
  const form = Buffer.concat(kept.get(request) ?? []).toString();
  kept.delete(request);
  return decoded(form) !== undefined;
}

/** Bundlers leave out a call whose result nobody uses, though it throws. */
function decoded(form: string): string | undefined {
  try {
    return decodeURIComponent(form);
  } catch {
    return undefined;
  }
}

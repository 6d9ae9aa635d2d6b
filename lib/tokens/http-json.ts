import { decodeUtf8 } from '../protocol/utf8.js';

/**
 * How much a fetch may cost.
 *
 * @publicApi
 */
export interface HttpLimits {
  /** Seconds until an answer must be complete. Default: 5. */
  readonly timeout?: number;
  /** Bytes an answer may have, decompressed. Default: 262144 (256 KiB). */
  readonly maxResponseSize?: number;
}

const DEFAULT_TIMEOUT = 5;
const DEFAULT_MAX_RESPONSE_SIZE = 256 * 1024;

/** An answer other than 200 with JSON. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Fetches JSON within limits; redirects are not followed. */
export async function fetchJson(
  url: URL,
  { timeout = DEFAULT_TIMEOUT, maxResponseSize = DEFAULT_MAX_RESPONSE_SIZE }: HttpLimits,
  init: { method?: string; headers?: Record<string, string>; body?: URLSearchParams } = {},
): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout * 1000),
  });
  const complaint = complaintAbout(response);
  if (complaint !== undefined) {
    await response.body?.cancel();
    throw new UnexpectedResponseError(`${url.href} answered ${complaint}`, response.status);
  }
  return JSON.parse(decodeUtf8(await readBody(response, maxResponseSize)));
}

function complaintAbout({ status, headers }: Response): string | undefined {
  if (status !== 200) return `with status ${status}`;
  const [essence = ''] = (headers.get('content-type') ?? '').split(';');
  // RFC 8259 and the structured syntax suffix of RFC 6839, such as application/jwk-set+json
  const isJson = /^application\/(?:json|[\w.-]+\+json)$/i.test(essence.trim());
  return isJson ? undefined : 'with something other than JSON';
}

async function readBody(response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > limit) throw new Error(`${response.url} answered with more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

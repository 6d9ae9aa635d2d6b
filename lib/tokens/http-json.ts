import { ServiceUnavailableException } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { LONGEST_DEADLINE, withDeadline } from '../protocol/deadline.js';
import type { OptionNames } from '../errors/known-options.js';
import { decodeUtf8 } from '../protocol/utf8.js';
import { assertNumbers } from './option-checks.js';
import { assertInsecureHosts, assertNoNearer } from './trusted-url.js';

/**
 * Limits of requests to other servers, and which servers to trust.
 *
 * @publicApi
 */
export interface HttpOptions {
  /** Seconds within which an answer must be complete, 2147483 (24 days) at most. Default: 5. */
  readonly timeout?: number;
  /** The most bytes that an answer may have, decompressed. Default: 262144 (256 KiB). */
  readonly maxResponseSize?: number;
  /**
   * Hosts that are trusted over plain http, such as `['keycloak']` within a cluster: anyone on the network path to them
   * can forge tokens. An issuer's metadata may name them, too. Default: none but loopback.
   */
  readonly allowInsecureHttp?: readonly string[];
}

export const HTTP_OPTIONS = {
  timeout: true,
  maxResponseSize: true,
  allowInsecureHttp: true,
} satisfies OptionNames<HttpOptions>;

const DEFAULT_TIMEOUT = 5;
const DEFAULT_MAX_RESPONSE_SIZE = 256 * 1024;

// RFC 8259 and the structured syntax suffix of RFC 6839, such as application/jwk-set+json
const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)$/i;
/** What file servers and object stores send as the type of a key set. */
const UNTYPED = /^(?:|text\/plain|(?:application|binary)\/octet-stream)$/i;

/** Refuses limits that no answer could meet, and malformed hosts. */
export function assertHttpOptions(owner: string, options: HttpOptions): void {
  assertNumbers(owner, options, { timeout: 0.001, maxResponseSize: 1 });
  if ((options.timeout ?? 0) > LONGEST_DEADLINE) {
    throw new ConfigurationError(`${owner}: timeout must be ${LONGEST_DEADLINE} seconds or less`);
  }
  assertInsecureHosts(owner, options);
}

/** An answer other than 200 with JSON. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';

  constructor(
    message: string,
    readonly status: number,
    /** Whether the answer is the error code that the request named as `refusal`. */
    readonly isRefusal = false,
  ) {
    super(message);
  }
}

interface JsonRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
  /** Whether JSON is accepted under a neutral `Content-Type`, or without one. Default: `false`. */
  readonly untyped?: boolean;
  /** The error code (RFC 6749) that is an answer about what was asked, rather than a failed request. Default: none. */
  readonly refusal?: string;
  /**
   * The server that named the URL, where the configuration did not: the URL must not be nearer to this machine than it.
   */
  readonly namedBy?: URL;
}

/** Fetches JSON within limits; redirects are not followed. No error contains anything of the answer. */
export function fetchJson(
  url: URL,
  options: HttpOptions,
  request: JsonRequest = {},
): Promise<unknown> {
  const { timeout = DEFAULT_TIMEOUT, maxResponseSize = DEFAULT_MAX_RESPONSE_SIZE } = options;
  const exchange = exchangeJson(url, { ...options, timeout, maxResponseSize }, request);
  // Badly compressed answers can leave Node 20 waiting for ever, despite the signal.
  return withDeadline(exchange, timeout, url.origin + url.pathname);
}

async function exchangeJson(
  url: URL,
  options: HttpOptions & Required<Pick<HttpOptions, 'timeout' | 'maxResponseSize'>>,
  { untyped = false, refusal, namedBy, headers, ...init }: JsonRequest,
): Promise<unknown> {
  const { timeout, maxResponseSize } = options;
  const signal = AbortSignal.timeout(Math.ceil(timeout * 1000));
  if (namedBy !== undefined) await assertNoNearer(url, namedBy, options);
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', ...headers },
    redirect: 'manual',
    signal,
  }).catch(throwPlainly);
  const where = url.origin + url.pathname;
  const complaint = complaintAbout(response, untyped);
  if (complaint !== undefined) {
    const { status } = response;
    const isRefusal = refusal !== undefined && (await isError(refusal, response, maxResponseSize));
    if (!response.bodyUsed) await response.body?.cancel();
    throw new UnexpectedResponseError(`${where} answered ${complaint}`, status, isRefusal);
  }
  const body = await readBody(response, maxResponseSize).catch(throwPlainly);
  if (body === undefined) throw new Error(`${where} answered with over ${maxResponseSize} bytes`);
  return parseJson(body, where);
}

async function isError(code: string, response: Response, limit: number): Promise<boolean> {
  if (response.status !== 400) return false;
  try {
    const json = JSON.parse(decodeUtf8((await readBody(response, limit))!)) as { error?: unknown };
    return json.error === code;
  } catch {
    return false;
  }
}

/** The platform's errors may hold what was received, such as claims: only their messages and codes are kept. */
function throwPlainly(failure: unknown): never {
  throw plainError(failure as Error);
}

function plainError({ message, cause, code }: Error & { readonly code?: unknown }): Error {
  const options = cause instanceof Error ? { cause: plainError(cause) } : undefined;
  return Object.assign(new Error(message, options), typeof code === 'string' && { code });
}

function complaintAbout({ status, headers }: Response, untyped: boolean): string | undefined {
  if (status !== 200) return `with status ${status}`;
  const [essence = ''] = (headers.get('content-type') ?? '').split(';');
  const type = essence.trim();
  const isExpected = JSON_TYPE.test(type) || (untyped && UNTYPED.test(type));
  return isExpected ? undefined : 'with something other than JSON';
}

/** The whole body; `undefined` where it is over the limit. */
async function readBody(response: Response, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The engine's errors quote the text, which may be claims. A file saved by an editor may begin with a byte order mark.
 */
function parseJson(body: Buffer, where: string): unknown {
  try {
    return JSON.parse(decodeUtf8(body).replace(/^\uFEFF/, ''));
  } catch {
    throw new Error(`${where} answered with malformed JSON`);
  }
}

/** The 503 for a dependency that did not answer, or answered wrongly. The cause is for logs; it is never sent. */
export function unavailable(cause: unknown): ServiceUnavailableException {
  return new ServiceUnavailableException('Service unavailable', { cause });
}

import type { IncomingMessage } from 'node:http';
import { BadRequestException, PayloadTooLargeException } from '@nestjs/common';

/** The longest body, in bytes: the SDK has the same limit. */
const LONGEST_BODY = 4 * 1024 * 1024;

/** A request whose body may have been parsed already. */
interface BodyCarrier {
  readonly method?: string | undefined;
  readonly raw?: unknown;
  body?: unknown;
}

/**
 * The message of a request, or a batch of them; `undefined` where its method brings none. A body that was not parsed yet
 * is stored as `request.body`, as it can be read only once.
 *
 * @throws BadRequestException where the body is not JSON.
 * @throws PayloadTooLargeException where it is too long.
 */
export async function readMessages(request: BodyCarrier): Promise<unknown> {
  if (request.method !== 'POST') return undefined;
  if (request.body === undefined && request.raw === undefined) {
    request.body = parse(await readBody(request as unknown as IncomingMessage));
  }
  return request.body;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY) throw new PayloadTooLargeException();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequestException('The body is not JSON');
  }
}

import { type DocumentedOperation, nameOf } from './documented-operation.js';
import type { ProbeCase } from './probe-case.js';
import type { ProbeCredentials } from './probe-credentials.js';
import { LET_IN } from './probe-session.js';
import { exchange } from './raw-exchange.js';

/** Methods with which clients send the length of a body even if there is none. */
const WITH_LENGTH = ['POST', 'PUT', 'PATCH'];

/** Sends a probe, and tells what the application did with it. */
export async function sendProbe(
  url: string,
  { operation, credentials }: ProbeCase,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const target = new URL(operation.target, url);
  const sent = new Headers(headers);
  for (const each of credentials) put(each, sent, target);
  const body = bodyOf(operation, sent);
  const { status } = await exchange(url, {
    method: operation.method,
    target: target.pathname + target.search,
    headers: [...sent],
    body,
  });
  if (status === 0) throw new Error(`The application did not answer ${nameOf(operation)}`);
  return status === LET_IN ? 'lets in' : String(status);
}

/** A body of a kind that adapters accept: they read it before any guard runs. */
function bodyOf(
  { method, contentType }: DocumentedOperation,
  headers: Headers,
): string | undefined {
  if (method === 'QUERY') {
    headers.set('content-type', 'application/json');
    return '{}';
  }
  if (contentType === 'application/x-www-form-urlencoded') headers.set('content-type', contentType);
  return WITH_LENGTH.includes(method) ? '' : undefined;
}

function put({ in: place, name, value }: ProbeCredentials, headers: Headers, target: URL): void {
  if (place === 'query') target.searchParams.append(name, value);
  else if (place === 'header') headers.set(name, value);
  else
    headers.set('cookie', [headers.get('cookie'), `${name}=${value}`].filter(Boolean).join('; '));
}

import type { DocumentedOperation } from './documented-operation.js';
import type { RawRequest } from './raw-exchange.js';

const FORM = 'application/x-www-form-urlencoded';

/** The headers and the body that an operation requires, if the document describes the body and it is not a file. */
export function sampleBodyOf({
  contentType = '',
  headers,
  body,
}: DocumentedOperation): Pick<RawRequest, 'headers' | 'body'> {
  if (contentType === FORM) {
    const fields = Object.entries((body ?? {}) as Record<string, unknown>);
    const form = new URLSearchParams();
    for (const [name, value] of fields) form.set(name, String(value));
    return { headers: [...headers, ['Content-Type', FORM]], body: form.toString() };
  }
  if (!/[/+]json$/.test(contentType)) return { headers };
  return { headers: [...headers, ['Content-Type', contentType]], body: JSON.stringify(body ?? {}) };
}

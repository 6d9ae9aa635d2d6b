import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { bytesRefusal, keepBytes } from '../../lib/token-endpoint/form-bytes.js';

const MEBIBYTE = 1024 * 1024;

/** What is said of a form that comes in these chunks. */
function refusalOf(chunks: readonly (Buffer | string)[]): object | undefined {
  const request = { headers: {} };
  const body = new EventEmitter();
  keepBytes(request, body);
  for (const chunk of chunks) body.emit('data', chunk);
  const refusal = bytesRefusal(request);
  return refusal && { status: refusal.getStatus(), ...(refusal.getResponse() as object) };
}

const tooLarge = {
  status: 413,
  error: 'invalid_request',
  error_description: 'The body is too large',
};

describe('the bytes of a form', () => {
  it('are taken up to a mebibyte', () => {
    const half = Buffer.alloc(MEBIBYTE / 2, 'a');
    expect(refusalOf([half, half])).toBeUndefined();
    expect(refusalOf([half, half, 'a'])).toStrictEqual(tooLarge);
  });

  it('are looked at across chunks', () => {
    expect(refusalOf(['a=%C3', '%A9', Buffer.from([0xc3]), Buffer.from([0xa9])])).toBeUndefined();
    expect(refusalOf(['a=%C3', 'b'])).toMatchObject({ status: 400 });
  });

  it('are no longer kept beyond that, however many a client sends', () => {
    const chunk = Buffer.alloc(MEBIBYTE, 'a');
    const request = { headers: {} };
    const body = new EventEmitter();
    keepBytes(request, body);
    const before = process.memoryUsage().arrayBuffers;
    for (let sent = 0; sent < 64; sent++) body.emit('data', chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MEBIBYTE);
    expect(bytesRefusal(request)).toBeDefined();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import {
  attempt,
  type DigestRequest,
  findMufasa,
  schemeWith,
  USER,
} from './http-digest-attempt.js';

beforeEach(() => void findMufasa.mockClear());

describe('HTTPDigest with auth-int', () => {
  const scheme = () => schemeWith({ qop: ['auth', 'auth-int'] });
  const client = { qop: 'auth-int', method: 'POST', body: 'hello' };
  const post = (request: Partial<DigestRequest>) => ({ method: 'POST', ...request });
  const headers = { 'content-length': '5' };

  it('T59 accepts the body that was sent', async () => {
    const request = post({ headers, rawBody: Buffer.from('hello') });
    expect(await attempt(scheme(), client, request)).toStrictEqual(USER);
  });

  it('accepts no body', async () => {
    const empty = { qop: 'auth-int' };
    expect(await attempt(scheme(), empty)).toStrictEqual(USER);
    const request = { headers: { 'content-length': '0' } };
    expect(await attempt(scheme(), empty, request)).toStrictEqual(USER);
  });

  it.each<[string, Partial<DigestRequest>]>([
    ['another body', { headers, rawBody: Buffer.from('hellO') }],
    ['no body', {}],
  ])('T59 refuses %s', async (_, request) => {
    expect(await attempt(scheme(), client, post(request))).toBeNull();
  });

  it.each<[string, Partial<DigestRequest>]>([
    ['by its length', { headers }],
    ['by its chunks', { headers: { 'transfer-encoding': 'chunked' } }],
    ['by its type alone, as in HTTP/2', { headers: { 'content-type': 'text/plain' } }],
    ['parsed, but not kept', { headers, body: 'hello' }],
    ['kept as text', { headers, rawBody: 'hello' }],
  ])('T59 refuses a body whose bytes are not there: %s', async (_, request) => {
    expect(await attempt(scheme(), client, post(request))).toBeNull();
    expect(await attempt(scheme(), { ...client, body: '' }, post(request))).toBeNull();
    expect(findMufasa).not.toHaveBeenCalled();
  });

  it('may be all that is accepted', async () => {
    const strict = schemeWith({ qop: ['auth-int'] });
    expect(await attempt(strict, { qop: 'auth-int' })).toStrictEqual(USER);
    expect(await attempt(strict)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { readHeader } from '../../lib/schemes/security-request.js';
import { authorized, requestWith } from '../support/security-request.js';

describe('readHeader', () => {
  it('reads the one line', () => {
    expect(readHeader(authorized('a'), 'authorization')).toBe('a');
  });

  it('reads a request that does not show its lines', () => {
    expect(readHeader({ headers: { authorization: 'a' } }, 'authorization')).toBe('a');
  });

  it("reads Fastify's request", () => {
    const request = { headers: { key: 'a' }, raw: { rawHeaders: ['Key', 'a'] } };
    expect(readHeader(request, 'key')).toBe('a');
  });

  it('is not misled by a value that looks like the name', () => {
    const request = requestWith(['X-First', 'authorization'], ['Authorization', 'a']);
    expect(readHeader(request, 'authorization')).toBe('a');
  });

  it.each([
    ['an absent header', { headers: {} }],
    ['an undefined header', { headers: { authorization: undefined } }],
    ['a header of the prototype', { headers: Object.create({ authorization: 'a' }) as {} }],
  ])('finds nothing in %s', (_case, request) => {
    expect(readHeader(request, 'authorization')).toBeUndefined();
  });

  it.each([
    ['two lines', authorized('a', 'b')],
    ['two spellings', requestWith(['AUTHORIZATION', 'a'], ['authorization', 'a'])],
    ['lines apart', requestWith(['Authorization', 'a'], ['X', 'y'], ['Authorization', 'b'])],
    ['a list', { headers: { authorization: ['a', 'b'] } }],
    [
      "two lines of Fastify's request",
      {
        headers: { authorization: 'a' },
        raw: { rawHeaders: ['Authorization', 'a', 'Authorization', 'b'] },
      },
    ],
  ])('refuses %s', (_case, request) => {
    expect(() => readHeader(request, 'authorization')).toThrow(
      new InvalidRequestException('The authorization header was sent more than once'),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { isLoopback, isProtected } from '../../lib/protocol/protected-url.js';

const HOSTS: [host: string, loopback: boolean][] = [
  ['localhost', true],
  ['localhost:8080', true],
  ['127.0.0.1', true],
  ['127.255.12.3:1', true],
  ['[::1]', true],
  ['127.1', true], // what URL parsers make 127.0.0.1 of
  ['[::2]', false],
  ['128.0.0.1', false],
  ['10.127.0.1', false],
  ['127.0.0.1.example.com', false],
  ['a127.0.0.1.com', false],
  ['localhost.example.com', false],
  ['notlocalhost', false],
  ['example.com', false],
];

describe.each(HOSTS)('%s', (host, loopback) => {
  it(`is ${loopback ? '' : 'not '}this machine`, () => {
    expect(isLoopback(new URL(`http://${host}`))).toBe(loopback);
  });

  it(`is ${loopback ? '' : 'not '}trusted over http`, () => {
    expect(isProtected(new URL(`http://${host}`))).toBe(loopback);
  });

  it('is trusted over https', () => {
    expect(isProtected(new URL(`https://${host}`))).toBe(true);
  });

  it.each(['ftp', 'ws', 'wss'])('is not trusted over %s', (protocol) => {
    expect(isProtected(new URL(`${protocol}://${host}`))).toBe(false);
  });
});

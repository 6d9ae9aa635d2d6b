import { describe, expect, it } from 'vitest';
import { handshakeRequest } from '../../lib/contexts/handshake.js';

const cookie = ['Cookie', 'sid=1'];
const read = (rawHeaders: string[], parameters?: unknown, origins: string[] = []) =>
  handshakeRequest({ url: '/?key=1', rawHeaders, socket: 'socket' }, parameters, origins);

describe('the request that a socket began with', () => {
  it('has its target, connection and headers', () => {
    expect(read(['Authorization', 'Bearer a', 'Host', 'api.test'])).toEqual({
      method: 'GET',
      url: '/?key=1',
      socket: 'socket',
      headers: { authorization: 'Bearer a', host: 'api.test' },
      rawHeaders: ['Authorization', 'Bearer a', 'Host', 'api.test'],
    });
  });

  it.each([
    ['a parameter', [], { AUTHORIZATION: 'Bearer a' }, 'Bearer a'],
    [
      'both',
      ['Authorization', 'Bearer a'],
      { authorization: 'Bearer b' },
      ['Bearer a', 'Bearer b'],
    ],
    [
      'two parameters',
      [],
      { authorization: 'Bearer a', Authorization: 'Bearer b' },
      ['Bearer a', 'Bearer b'],
    ],
    ['a parameter of no text', [], { authorization: { a: 1 } }, []],
    ['a parameter that is undefined', [], { authorization: undefined }, undefined],
    ['parameters that are a text', [], 'authorization', undefined],
    ['parameters that are null', [], null, undefined],
  ])('has the header of %s', (_, rawHeaders, parameters, expected) => {
    expect(read(rawHeaders, parameters).headers['authorization']).toEqual(expected);
  });

  it.each([
    ['no Origin', [], true],
    ['the same host', ['Origin', 'https://api.test', 'Host', 'api.test'], true],
    [
      'the same host with its usual port',
      ['Origin', 'http://api.test', 'Host', 'api.test:80'],
      true,
    ],
    ['the same host in capitals', ['Origin', 'https://API.test', 'Host', 'api.TEST'], true],
    ['a listed origin', ['Origin', 'https://app.test', 'Host', 'api.test'], true],
    [
      'a listed origin on another port',
      ['Origin', 'https://app.test:444', 'Host', 'api.test'],
      false,
    ],
    ['a foreign origin', ['Origin', 'https://evil.test', 'Host', 'api.test'], false],
    ['another port of the host', ['Origin', 'http://api.test:81', 'Host', 'api.test'], false],
    [
      'an origin that contains the host',
      ['Origin', 'https://api.test.evil', 'Host', 'api.test'],
      false,
    ],
    ['an opaque origin', ['Origin', 'null', 'Host', 'api.test'], false],
    ['an empty origin', ['Origin', '', 'Host', 'api.test'], false],
    ['two origins', ['Origin', 'https://app.test', 'Origin', 'https://evil.test'], false],
    ['a host that is none', ['Origin', 'https://a', 'Host', '//'], false],
    ['no host', ['Origin', 'https://api.test'], false],
    ["its own page's request", ['Sec-Fetch-Site', 'same-origin'], true],
    ["a user's request", ['Sec-Fetch-Site', 'none'], true],
    ["a foreign page's script", ['Sec-Fetch-Site', 'cross-site'], false],
    ["a script of another port's page", ['Sec-Fetch-Site', 'same-site'], false],
    ['an empty site', ['Sec-Fetch-Site', ''], false],
    ['two sites', ['Sec-Fetch-Site', 'same-origin', 'Sec-Fetch-Site', 'same-origin'], false],
    [
      'a listed origin of another site',
      ['Origin', 'https://app.test', 'Sec-Fetch-Site', 'cross-site'],
      true,
    ],
  ])('with %s', (_, rawHeaders, counts) => {
    const { headers, rawHeaders: raw } = read([...rawHeaders, ...cookie], {}, ['https://app.test']);
    expect(headers['cookie']).toBe(counts ? 'sid=1' : undefined);
    expect(raw!.includes('Cookie')).toBe(counts);
  });

  it.each([
    ['/socket.io/?EIO=4&transport=polling&j=0', false],
    ['/?j', false],
    ['/?a=?&%6A=0', false],
    ['/?j=0&j=1', false],
    ['/socket.io/?EIO=4&transport=polling', true],
    ['/?J=0&jj=1&a=j', true],
    ['/j', true],
    [undefined, true],
  ])('has the cookies of %s: %s', (url, counts) => {
    const { headers } = handshakeRequest({ url, rawHeaders: cookie }, undefined, []);
    expect(headers['cookie']).toBe(counts ? 'sid=1' : undefined);
  });

  it.each(['cookie', 'Cookie', 'origin', 'HOST'])('takes no %s from parameters', (name) => {
    expect(read([], { [name]: 'x' }).headers).toEqual({});
  });

  it('joins lines of cookies', () => {
    expect(read([...cookie, ...cookie]).headers['cookie']).toBe('sid=1; sid=1');
  });

  it('has no header of the name __proto__ but its own', () => {
    const { headers } = read([], JSON.parse('{"__proto__":"x"}'));
    expect(Object.keys(headers)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(headers)).toBeNull();
  });
});

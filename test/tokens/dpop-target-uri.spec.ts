import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeUri, targetUri } from '../../lib/tokens/dpop-proof.js';

const base = 'https://api.example.org';

describe('normalizeUri', () => {
  it.each([
    ['query', 'https://api.example.org/a?b=c', '/a'],
    ['fragment', 'https://api.example.org/a#b?c', '/a'],
    ['case of the scheme', 'HTTPS://api.example.org/a', '/a'],
    ['case of the host', 'https://API.Example.ORG/a', '/a'],
    ['default port', 'https://api.example.org:443/a', '/a'],
    ['empty port', 'https://api.example.org:/a', '/a'],
    ['empty path', 'https://api.example.org', '/'],
    ['dot segments', 'https://api.example.org/x/./../a', '/a'],
    ['escaped dot segments', 'https://api.example.org/x/%2E%2e/a', '/a'],
    ['case of escapes', 'https://api.example.org/a%2fb', '/a%2Fb'],
    ['escapes of unreserved characters', 'https://api.example.org/%61%2D%7e', '/a-~'],
    ['an escaped percent sign', 'https://api.example.org/%2561', '/%2561'],
    ['characters outside ASCII', 'https://api.example.org/ä', '/%C3%A4'],
  ])('looks past the %s', (_what, uri, path) => {
    expect(normalizeUri(uri)).toBe(base + path);
  });

  it.each([
    ['the case of the path', '/A', '/a'],
    ['a trailing slash', '/a/', '/a'],
    ['a second slash', '//a', '/a'],
    ['an escaped slash', '/a%2Fb', '/a/b'],
    ['an escaped question mark', '/a%3Fb', '/a'],
  ])('tells %s apart', (_what, one, other) => {
    expect(normalizeUri(base + one)).not.toBe(normalizeUri(base + other));
  });

  it.each([
    ['http://api.example.org/a', 'https://api.example.org/a'],
    ['https://api.example.org:444/a', 'https://api.example.org/a'],
    ['http://api.example.org:443/a', 'http://api.example.org/a'],
    ['https://api.example.org.evil.example/a', 'https://api.example.org/a'],
  ])('tells the origin of %s apart', (one, other) => {
    expect(normalizeUri(one)).toBeDefined();
    expect(normalizeUri(one)).not.toBe(normalizeUri(other));
  });

  it.each([
    undefined,
    null,
    7,
    ['https://api.example.org/'],
    '',
    '/a',
    '//api.example.org/a',
    'https:api.example.org/a',
    'https:/api.example.org/a',
    'https:///api.example.org/a',
    'https://?a',
    'ftp://api.example.org/a',
    'javascript:alert(1)',
    'https://user@api.example.org/a',
    'https://user:password@api.example.org/a',
    'https://:password@api.example.org/a',
    'https://api.example.org\\a',
    'https://api.example.org/a b',
    ' https://api.example.org/a',
    'https://api.example.org/a\n',
    'https://api.exa\tmple.org/a',
    'https://api.example.org/\u0000',
    'https://api.example.org:65536/a',
    'https://api.example.org:x/a',
    'https://[::1/a',
    'https://%/a',
  ])('finds no http(s) URI in %j', (uri) => {
    expect(normalizeUri(uri)).toBeUndefined();
  });

  it('gives a form that stays as it is', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (uri) => {
        const normal = normalizeUri(uri);
        expect(normal).toBeDefined();
        expect(normalizeUri(normal)).toBe(normal);
      }),
    );
  });

  it('throws on no text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        normalizeUri(text);
        normalizeUri(`https://${text}`);
        targetUri(base, text);
      }),
    );
  });
});

describe('targetUri', () => {
  it.each([
    ['origin-form', '/items?a=b', '/items'],
    ['origin-form with an empty query', '/items?', '/items'],
    ['the root', '/', '/'],
    ['names that begin with dots', '/..a/.../.b?c=/../d', '/..a/.../.b'],
    ['two slashes, which name no authority', '//evil.example/items', '//evil.example/items'],
    ['a path that looks like a user', '/@evil.example', '/@evil.example'],
    ['absolute-form', 'https://api.example.org/items', '/items'],
    ['absolute-form of another authority', 'http://evil.example/items?a', '/items'],
    ['absolute-form with a user', 'http://api.example.org@evil.example/items', '/items'],
    ['absolute-form without a path', 'http://evil.example', '/'],
    ['absolute-form with a query only', 'http://evil.example?/items', '/'],
  ])('takes the path of %s', (_form, target, path) => {
    expect(targetUri(base, target)).toBe(base + path);
  });

  it.each([
    undefined,
    '*',
    'evil.example:443',
    '.evil.example/items',
    ':444/items',
    '@evil.example/items',
    'ftp://evil.example/items',
    '/items\\',
    '/a b',
    '/a/../items',
    '/items/..',
    '/./items?a',
    '/a/.%2E/items',
    'http://evil.example/%2e%2e/items',
  ])('finds no resource in %j', (target) => {
    expect(targetUri(base, target)).toBeUndefined();
  });

  it('puts the path of the base first', () => {
    expect(targetUri(`${base}/v1`, '/items')).toBe(`${base}/v1/items`);
    expect(targetUri(`${base}/v1`, 'http://evil.example/items')).toBe(`${base}/v1/items`);
  });
});

import { describe, expect, it } from 'vitest';
import {
  isResourceIdentifier,
  resourceAt,
  resourceMetadataUrl,
} from '../../lib/protocol/protected-resource.js';

describe('resourceMetadataUrl', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/.well-known/oauth-protected-resource'],
    ['https://api.example.com/', 'https://api.example.com/.well-known/oauth-protected-resource'],
    // RFC 9728, section 3.1: the slash after the host goes, any other belongs to the path.
    [
      'https://resource.example.com/resource1',
      'https://resource.example.com/.well-known/oauth-protected-resource/resource1',
    ],
    [
      'https://api.example.com:8443/a/b/',
      'https://api.example.com:8443/.well-known/oauth-protected-resource/a/b/',
    ],
  ])('puts the metadata of %s between host and path', (resource, url) => {
    expect(resourceMetadataUrl(resource).href).toBe(url);
  });
});

describe('resourceAt', () => {
  const [root, v1, deep, Odd] = ['', '/v1/', '/v1/deep', '/Odd'].map(
    (path) => `https://api.example.com${path}`,
  );

  it.each([
    ['/v1', v1],
    ['/v1/', v1],
    ['/v1/items?of=/v1/deep', v1],
    ['/v1/deep?x', deep],
    ['/v1/deep/er', deep],
    ['/v1/deeper', v1],
    ['/v10', undefined],
    ['/V1', undefined],
    ['/odd', undefined],
    ['/', undefined],
    [undefined, undefined],
  ])('finds what %s is of', (target, resource) => {
    expect(resourceAt([v1!, deep!, Odd!], target)).toBe(resource);
    expect(resourceAt([deep!, Odd!, v1!], target)).toBe(resource);
    expect(resourceAt([root!, deep!, v1!, Odd!], target)).toBe(resource ?? root);
    expect(resourceAt([Odd!], target)).toBe(Odd);
  });

  it('takes other letters for the same where a server does', () => {
    expect(resourceAt([v1!, Odd!], '/V1/Items', true)).toBe(v1);
    expect(resourceAt([v1!, Odd!], '/odd', true)).toBe(Odd);
  });
});

describe('isResourceIdentifier', () => {
  it.each(['https://api.example.com', 'https://api.example.com/v1', 'http://127.0.0.1:3000/api'])(
    'accepts %s',
    (value) => {
      expect(isResourceIdentifier(value)).toBe(true);
    },
  );

  it.each([
    '',
    'api.example.com',
    '/api',
    'http://api.example.com',
    'http://127.0.0.1.example.com',
    'ftp://api.example.com',
    'https://user@api.example.com',
    'https://:secret@api.example.com',
    'https://api.example.com/?tenant=1',
    'https://api.example.com/#top',
  ])('refuses %j', (value) => {
    expect(isResourceIdentifier(value)).toBe(false);
  });
});

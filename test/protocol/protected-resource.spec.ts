import { describe, expect, it } from 'vitest';
import {
  isResourceIdentifier,
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

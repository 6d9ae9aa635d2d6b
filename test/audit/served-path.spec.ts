import { describe, expect, it } from 'vitest';
import { isRelative, servedPath } from '../../lib/audit/served-path.js';
import { audited } from '../cli/audited.js';

const routes = [
  'GET /api/v1/authorize',
  'POST /api/v2/login/token',
  'POST /api/v1/token',
  'POST /api/v1/mytoken',
  'ALL /api/v1/any',
  'POST /',
].map((name) => audited(name));

describe('servedPath', () => {
  it.each([
    ['/api/v1/token', '/api/v1/token'],
    ['token', '/api/v1/token'],
    ['/token', '/api/v1/token'],
    ['./token', '/api/v1/token'],
    ['v1/token?audience=a#b', '/api/v1/token'],
    ['login/token', '/api/v2/login/token'],
    ['any', '/api/v1/any'],
    ['', '/'],
  ])('finds the route that %j means', (url, path) => {
    expect(servedPath(url, 'POST', routes)).toBe(path);
  });

  it.each(['authorize', 'oken', 'api/token', 'token/', 'TOKEN'])('finds none for %j', (url) => {
    expect(servedPath(url, 'POST', routes)).toBeUndefined();
  });

  it('tells methods apart', () => {
    expect(servedPath('authorize', 'GET', routes)).toBe('/api/v1/authorize');
    expect(servedPath('token', 'GET', routes)).toBeUndefined();
  });
});

describe('isRelative', () => {
  it.each([
    ['token', true],
    ['/token', true],
    ['../token?a=https://b', true],
    ['https://login.example/token', false],
    ['//login.example/token', false],
    ['urn:token', false],
  ])('knows %j: %s', (url, relative) => {
    expect(isRelative(url)).toBe(relative);
  });
});

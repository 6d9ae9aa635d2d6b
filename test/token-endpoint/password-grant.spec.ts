import { describe, expect, it } from 'vitest';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';
import { parsePasswordGrant } from '../../lib/token-endpoint/password-grant.js';

const valid = { username: 'johndoe', password: 'A3ddj3w' };
const invalidRequest = (error_description: string) => ({
  error: 'invalid_request',
  error_description,
});
const unsupported = {
  error: 'unsupported_grant_type',
  error_description: 'The grant_type is not password',
};

function refusal(body: unknown, strict: boolean): unknown {
  try {
    parsePasswordGrant(body, strict);
  } catch (error) {
    if (error instanceof OAuth2Exception) return error.getResponse();
    throw error;
  }
  return undefined;
}

describe('parsePasswordGrant', () => {
  it.each([true, false])("reads RFC 6749's example, strict: %s", (strict) => {
    const grant = parsePasswordGrant({ grant_type: 'password', ...valid }, strict);
    expect({ ...grant }).toEqual({
      grant_type: 'password',
      username: 'johndoe',
      password: 'A3ddj3w',
      scope: undefined,
      client_id: undefined,
      client_secret: undefined,
    });
  });

  it.each<[string, unknown, object]>([
    ['both missing', {}, invalidRequest('Missing: username, password')],
    ['one missing', { username: 'a' }, invalidRequest('Missing: password')],
    ['one empty', { username: '', password: 'a' }, invalidRequest('Missing: username')],
    ['another grant', { ...valid, grant_type: 'client_credentials' }, unsupported],
    ['another grant, with fields missing', { grant_type: 'refresh_token' }, unsupported],
    ['another case', { ...valid, grant_type: 'Password' }, unsupported],
    ['a space behind', { ...valid, grant_type: 'password ' }, unsupported],
    [
      'repeated fields, before anything else',
      { grant_type: 'x', username: ['a', 'b'], scope: ['a', 'b'] },
      invalidRequest('Expected a single value: username, scope'),
    ],
    [
      'a repeated grant_type',
      { ...valid, grant_type: ['password', 'password'] },
      invalidRequest('Expected a single value: grant_type'),
    ],
    [
      'nested values',
      { ...valid, client_id: { x: '1' }, client_secret: [['a']] },
      invalidRequest('Expected a single value: client_id, client_secret'),
    ],
    [
      'values that are no text',
      { username: 1, password: true },
      invalidRequest('Expected a single value: username, password'),
    ],
  ])('refuses %s', (_case, body, expected) => {
    expect(refusal(body, false)).toEqual(expected);
  });

  it.each<[string, unknown, object | undefined]>([
    ['a missing grant_type', valid, invalidRequest('Missing: grant_type')],
    ['an empty grant_type', { ...valid, grant_type: '' }, invalidRequest('Missing: grant_type')],
    ['every field', {}, invalidRequest('Missing: grant_type, username, password')],
    ['another grant', { ...valid, grant_type: 'x' }, unsupported],
  ])('refuses %s when strict', (_case, body, expected) => {
    expect(refusal(body, true)).toEqual(expected);
  });

  it('accepts a form without grant_type unless strict', () => {
    expect(parsePasswordGrant(valid, false).grant_type).toBeUndefined();
    expect(parsePasswordGrant({ ...valid, grant_type: '' }, false).grant_type).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { GRANT_TYPES, type OAuth2GrantType } from '../../lib/token-endpoint/grant-type.js';
import { parseGrantType, readers } from '../../lib/token-endpoint/grants.js';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';

const client = { client_id: 'a', client_secret: 'b' };
const valid: Record<OAuth2GrantType, Record<string, unknown>> = {
  authorization_code: { grant_type: 'authorization_code', code: 'SplxlOBeZQQYbYS6WxSbIA' },
  client_credentials: { grant_type: 'client_credentials' },
  password: { grant_type: 'password', username: 'johndoe', password: 'A3ddj3w' },
  refresh_token: { grant_type: 'refresh_token', refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA' },
};

function refusal(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof OAuth2Exception) return [error.code, error.message];
    throw error;
  }
}
const refusalOf = (grant: OAuth2GrantType, body: unknown) =>
  refusal(() => readers[grant]({ headers: {}, body }));

describe.each(GRANT_TYPES)('The reader of %s', (grant) => {
  it('reads its form', () => {
    expect(readers[grant]({ headers: {}, body: { ...valid[grant], ...client } })).toMatchObject({
      grantType: grant,
      clientId: 'a',
      clientSecret: 'b',
    });
  });

  it.each(GRANT_TYPES.filter((other) => other !== grant))('refuses the form of %s', (other) => {
    expect(refusalOf(grant, { ...valid[other], ...client })).toEqual([
      'unsupported_grant_type',
      `The grant_type is not ${grant}`,
    ]);
  });

  it('refuses a form without any of its required fields', () => {
    expect(refusalOf(grant, { ...client, scope: 'me' })).toEqual([
      'invalid_request',
      `Missing: ${Object.keys(valid[grant]).join(', ')}`,
    ]);
  });

  it.each(['', undefined])('takes a required field for missing that is %j', (empty) => {
    const body = Object.fromEntries(Object.keys(valid[grant]).map((name) => [name, empty]));
    expect(refusalOf(grant, body)).toEqual([
      'invalid_request',
      `Missing: ${Object.keys(body).join(', ')}`,
    ]);
  });

  it.each([
    ['an array', ['a', 'a']],
    ['an object', { a: 'b' }],
    ['a number', 1],
  ])('refuses fields that are %s, the first of all', (_case, value) => {
    const names = [...Object.keys(valid[grant]), ...Object.keys(client)];
    const body = Object.fromEntries(names.map((name) => [name, value]));
    expect(refusalOf(grant, body)).toEqual([
      'invalid_request',
      `Expected a single value: ${names.join(', ')}`,
    ]);
  });

  it('reads nothing that a body inherits', () => {
    const body: unknown = Object.create({ ...valid[grant], ...client });
    expect(refusalOf(grant, body)).toEqual(['invalid_request', expect.stringMatching(/^Missing/)]);
  });
});

describe('parseGrantType', () => {
  const parse = (body: unknown, grants: readonly OAuth2GrantType[] = GRANT_TYPES) =>
    refusal(() => parseGrantType(body, grants));
  const unsupported = (grants: string) => [
    'unsupported_grant_type',
    `The grant_type is none of ${grants}`,
  ];
  const all = unsupported(GRANT_TYPES.join(', '));

  it.each(GRANT_TYPES)('finds %s', (grant_type) => {
    expect(parse({ grant_type })).toBe(grant_type);
  });

  it.each<[string, unknown, unknown]>([
    ['no grant_type', {}, ['invalid_request', 'Missing: grant_type']],
    ['no body', undefined, ['invalid_request', 'Missing: grant_type']],
    ['an empty one', { grant_type: '' }, ['invalid_request', 'Missing: grant_type']],
    [
      'two of them',
      { grant_type: ['password', 'password'] },
      ['invalid_request', 'Expected a single value: grant_type'],
    ],
    ['an unknown one', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }, all],
    ['another case', { grant_type: 'Password' }, all],
    ['a space behind', { grant_type: 'password ' }, all],
    ['a property of every object', { grant_type: 'toString' }, all],
    ['a prototype', { grant_type: '__proto__' }, all],
  ])('refuses %s', (_case, body, expected) => {
    expect(parse(body)).toEqual(expected);
  });

  it('refuses a grant that is not listed', () => {
    expect(parse({ grant_type: 'password' }, ['authorization_code', 'refresh_token'])).toEqual(
      unsupported('authorization_code, refresh_token'),
    );
  });

  it('leaves it to the reader where there is one grant only', () => {
    expect(parse({ grant_type: 'password' }, ['refresh_token'])).toBe('refresh_token');
  });
});

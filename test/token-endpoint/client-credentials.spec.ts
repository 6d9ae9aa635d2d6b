import { describe, expect, it } from 'vitest';
import { readClientCredentials } from '../../lib/token-endpoint/client-credentials.js';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const read = (authorization: string | undefined, form = {}) =>
  readClientCredentials({ headers: authorization === undefined ? {} : { authorization } }, form);

function refusal(authorization: string | string[], form = {}): unknown {
  const rawHeaders = [authorization].flat().flatMap((line) => ['Authorization', line]);
  try {
    const headers = { authorization: rawHeaders[1] };
    return readClientCredentials({ headers, rawHeaders }, form);
  } catch (error) {
    if (error instanceof OAuth2Exception) return [error.getStatus(), error.code, error.message];
    throw error;
  }
}

describe('readClientCredentials', () => {
  it.each<[string, string | undefined, object, [string | null, string | null]]>([
    ['none', undefined, {}, [null, null]],
    ['the form', undefined, { client_id: 'a', client_secret: 'b' }, ['a', 'b']],
    ['an identifier alone', undefined, { client_id: 'a' }, ['a', null]],
    [
      "RFC 6749's Basic example",
      'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
      {},
      ['s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw'],
    ],
    [
      "RFC 6749's other Basic example",
      'bAsIc czZCaGRSa3F0MzpnWDFmQmF0M2JW',
      {},
      ['s6BhdRkqt3', 'gX1fBat3bV'],
    ],
    ['form-urlencoded parts', basic('a%3Ab+c:%2B%25:%C3%A9'), {}, ['a:b c', '+%:é']],
    ['an empty secret', basic('a:'), {}, ['a', '']],
    ['the form beside another scheme', 'Bearer abc', { client_id: 'a' }, ['a', null]],
    ['the form beside a scheme alone', 'Negotiate', { client_id: 'a' }, ['a', null]],
    ['the form beside an empty header', '', { client_id: 'a' }, ['a', null]],
  ])('reads %s', (_case, authorization, form, [clientId, clientSecret]) => {
    expect(read(authorization, form)).toEqual({ clientId, clientSecret });
  });

  it.each([
    ['an identifier in the form', { client_id: 'a' }],
    ['a secret in the form', { client_secret: 'b' }],
    ['both in the form', { client_id: 'a', client_secret: 'b' }],
  ])('refuses Basic beside %s', (_case, form) => {
    expect(refusal(basic('a:b'), form)).toEqual([
      400,
      'invalid_request',
      'Client credentials both in the Authorization header and in the form',
    ]);
  });

  it.each([
    ['nothing', 'Basic'],
    ['no base64', 'Basic %%%'],
    ['no padding', 'Basic YTpi='],
    ['no colon', basic('ab')],
    ['no identifier', basic(':b')],
    ['bad percent-encoding', basic('a:%zz')],
    ['a control character', basic('a:%00')],
    ['bad UTF-8', basic('a:%ff')],
  ])('refuses Basic with %s', (_case, authorization) => {
    expect(refusal(authorization)).toEqual([401, 'invalid_client', expect.any(String)]);
  });

  it.each([
    ['Basic twice', [basic('a:b'), basic('a:b')]],
    ['Basic beside Bearer', ['Bearer abc', basic('a:b')]],
  ])('refuses %s', (_case, lines) => {
    expect(refusal(lines)).toEqual([
      400,
      'invalid_request',
      'The authorization header was sent more than once',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { readClient } from '../../lib/token-endpoint/client-authentication.js';
import type { OAuth2GrantClient } from '../../lib/token-endpoint/grant.js';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const read = (authorization: string | undefined, form = {}) =>
  readClient({ headers: authorization === undefined ? {} : { authorization } }, form, 'optional');

function refusalBy(read: () => object): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof OAuth2Exception) return [error.getStatus(), error.code, error.message];
    throw error;
  }
}

function refusal(authorization: string | string[], form = {}): unknown {
  const rawHeaders = [authorization].flat().flatMap((line) => ['Authorization', line]);
  const headers = { authorization: rawHeaders[1] };
  return refusalBy(() => readClient({ headers, rawHeaders }, form, 'optional'));
}

describe('readClient', () => {
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

  const twice = 'Client credentials both in the Authorization header and in the form';
  const other = 'The client_id is not that of the Authorization header';

  it.each<[string, string, object]>([
    ['the same client', basic('a:b'), { client_id: 'a' }],
    ['the same client, encoded within Basic', basic('%61:b'), { client_id: 'a' }],
    ['no client', basic('a:b'), {}],
  ])('reads Basic beside %s', (_case, authorization, form) => {
    expect(read(authorization, form)).toEqual({ clientId: 'a', clientSecret: 'b' });
  });

  it.each<[string, object, string]>([
    ['another client', { client_id: 'b' }, other],
    ['the client in another case', { client_id: 'A' }, other],
    ['a secret', { client_secret: 'b' }, twice],
    ['the same client and secret', { client_id: 'a', client_secret: 'b' }, twice],
    ['another client and secret', { client_id: 'x', client_secret: 'y' }, twice],
  ])('refuses Basic beside %s', (_case, form, description) => {
    expect(refusal(basic('a:b'), form)).toEqual([400, 'invalid_request', description]);
  });
});

describe('readClient, where the client', () => {
  const demand = (
    demanded: OAuth2GrantClient,
    client_id: string | undefined,
    client_secret: string | undefined,
  ) => refusalBy(() => readClient({ headers: {} }, { client_id, client_secret }, demanded));
  const demandOfBasic = (demanded: OAuth2GrantClient, text: string) =>
    refusalBy(() => readClient({ headers: { authorization: basic(text) } }, {}, demanded));
  const unauthenticated = [401, 'invalid_client', 'The client must authenticate'];
  const unnamed = [400, 'invalid_request', 'Missing: client_id'];

  it.each<[OAuth2GrantClient, string | undefined, string | undefined]>([
    ['authenticated', 'a', 'b'],
    ['named', 'a', undefined],
    ['named', 'a', 'b'],
    ['optional', undefined, undefined],
    ['optional', 'a', undefined],
    ['optional', undefined, 'b'],
  ])('is %s, accepts client %j with secret %j', (demanded, id, secret) => {
    expect(demand(demanded, id, secret)).toEqual({
      clientId: id ?? null,
      clientSecret: secret ?? null,
    });
  });

  it.each<[OAuth2GrantClient, string | undefined, string | undefined, unknown]>([
    ['authenticated', undefined, undefined, unauthenticated],
    ['authenticated', 'a', undefined, unauthenticated],
    ['authenticated', undefined, 'b', unauthenticated],
    ['named', undefined, undefined, unnamed],
    ['named', undefined, 'b', unnamed],
  ])('is %s, refuses client %j with secret %j', (demanded, id, secret, expected) => {
    expect(demand(demanded, id, secret)).toEqual(expected);
  });

  it('takes an empty secret in Basic for a name, and for no authentication', () => {
    expect(demandOfBasic('named', 'a:')).toEqual({ clientId: 'a', clientSecret: '' });
    expect(demandOfBasic('authenticated', 'a:')).toEqual(unauthenticated);
  });
});

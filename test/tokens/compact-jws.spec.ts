import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import {
  AUDIENCE,
  claims,
  compact,
  expectRefused,
  hs256,
  ISSUER,
  SECRET,
  signer,
} from './jwt-fixture.js';

const verifier = JwtVerifier.fromSecret(SECRET, { issuer: ISSUER, audience: AUDIENCE });
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const malformed = 'The token is malformed';

/** Of each part's length modulo 4 there is one among these. */
const tokens = Array.from({ length: 6 }, (_, n) => hs256(claims({ a: 'x'.repeat(n) })));

describe('JwtVerifier knows one spelling of a token:', () => {
  const good = tokens[0]!;
  const [header = '', payload = '', signature = ''] = good.split('.');

  it.each<[string, string]>([
    ['padding behind the signature', `${good}=`],
    ['padding behind the header', `${header}=.${payload}.${signature}`],
    ['padding behind the payload', `${header}.${payload}==.${signature}`],
    ['a line feed at the end', `${good}\n`],
    ['a line feed at the beginning', `\n${good}`],
    ['a space at the end', `${good} `],
    [
      'a space within the signature',
      `${header}.${payload}.${signature.slice(0, 9)} ${signature.slice(9)}`,
    ],
    [
      'a tab within the header',
      `${header.slice(0, 4)}\t${header.slice(4)}.${payload}.${signature}`,
    ],
    [
      'a line feed within the payload',
      `${header}.${payload.slice(0, 4)}\n${payload.slice(4)}.${signature}`,
    ],
    ['a byte order mark', `\uFEFF${good}`],
    ['a null at the end', `${good}\0`],
    ['the other alphabet', good.replaceAll('-', '+').replaceAll('_', '/') + '+'],
    ['a letter of another script', `${header}.${payload}.${signature.slice(0, -1)}ä`],
    ['a single last character', `${header}.${payload}.${signature}A`.padEnd(good.length + 2, 'A')],
    ['a dot at the end', `${good}.`],
    ['a dot at the beginning', `.${good}`],
  ])('%s is refused', async (_, token) => {
    await verifier.verify(good);
    await expectRefused(verifier.verify(token), malformed);
  });

  it.each<[string, string, string]>([
    ['padding behind the payload', header, `${payload}=`],
    ['more padding behind the payload', header, `${payload}==`],
    ['a space behind the payload', header, `${payload} `],
    ['a line feed within the payload', header, `${payload.slice(0, 8)}\n${payload.slice(8)}`],
    ['four spaces within the payload', header, `${payload.slice(0, 8)}    ${payload.slice(8)}`],
    ['a plus in the payload', header, payload.replace(/^./, '+')],
    ['a null behind the payload', header, `${payload}\0`],
    ['a letter of another script in the payload', header, `${payload}ä`],
    ['no payload', header, ''],
    ['padding behind the header', `${header}=`, payload],
    ['a space behind the header', `${header} `, payload],
    ['a line feed within the header', `${header.slice(0, 4)}\n${header.slice(4)}`, payload],
  ])('%s is refused though it is signed', async (_, first, second) => {
    const text = `${first}.${second}`;
    const signed = createHmac('sha256', SECRET).update(text).digest('base64url');
    await expectRefused(verifier.verify(`${text}.${signed}`), malformed);
  });

  it('a byte order mark within what is signed is refused', async () => {
    const mark = (json: object) =>
      Buffer.from(`\uFEFF${JSON.stringify(json)}`).toString('base64url');
    const plain = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const sign = (text: string) =>
      `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
    const alg = { alg: 'HS256' };
    await verifier.verify(sign(`${plain(alg)}.${plain(claims())}`));
    await expectRefused(verifier.verify(sign(`${mark(alg)}.${plain(claims())}`)), malformed);
    await expectRefused(verifier.verify(sign(`${plain(alg)}.${mark(claims())}`)), malformed);
  });

  it.each(tokens)('no other last character of any part of %s', async (token) => {
    await verifier.verify(token);
    const parts = token.split('.');
    for (const at of [0, 1, 2]) {
      for (const character of ALPHABET) {
        const changed = parts.with(at, parts[at]!.slice(0, -1) + character).join('.');
        if (changed !== token) await expectRefused(verifier.verify(changed));
      }
    }
  });
});

describe('JwtVerifier refuses JSON that is too deep:', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const sign = (header: string, payload: string) =>
    compact(header, payload, signer('HS256', SECRET));
  const payload = (depth: number) =>
    JSON.stringify(claims({ a: 0 })).replace('"a":0', `"a":${deep(depth)}`);
  const header = '{"alg":"HS256"}';

  it.each([64, 1000, 200_000])('claims, by %i', async (depth) => {
    await expectRefused(verifier.verify(sign(header, payload(depth))), malformed);
  });

  it.each([64, 1000, 200_000])('a header, by %i', async (depth) => {
    const deepHeader = `{"alg":"HS256","a":${deep(depth)}}`;
    await expectRefused(verifier.verify(sign(deepHeader, payload(1))), malformed);
    await expectRefused(verifier.verify(`${sign(deepHeader, payload(1)).slice(0, -4)}AAAA`));
  });

  it('an issuer, where there are several', async () => {
    const several = JwtVerifier.fromIssuers([ISSUER], { audience: AUDIENCE });
    const iss = JSON.stringify({ iss: 0 }).replace('0', deep(200_000));
    await expectRefused(several.verify(sign(header, iss)), 'The issuer is not accepted');
  });

  it('but not what is read by somebody', async () => {
    await verifier.verify(sign(header, payload(62)));
  });
});

describe('JwtVerifier says in no refusal what a token says:', () => {
  const forged = (payload: unknown, header: object = {}) =>
    compact({ alg: 'HS256', ...header }, payload, signer('HS256', 'x'.repeat(32)));
  const canary = { sub: 'canary', email: 'canary' };

  it.each<[string, string]>([
    ['expired', hs256(claims({ ...canary, exp: 1 }))],
    ['not valid yet', hs256(claims({ ...canary, nbf: 8e12 }))],
    ['of another issuer', hs256(claims({ ...canary, iss: 'canary' }))],
    ['for another audience', hs256(claims({ ...canary, aud: 'canary' }))],
    ['without exp', hs256(claims({ ...canary, exp: undefined }))],
    ['with a date that is none', hs256(claims({ ...canary, iat: 'canary' }))],
    ['an ID token', hs256(claims({ ...canary, nonce: 'canary' }))],
    ['of another type', hs256(claims(canary), { typ: 'canary' })],
    ['bound', hs256(claims({ ...canary, cnf: { jkt: 'canary' } }))],
    ['forged', forged(claims(canary), { kid: 'canary' })],
    ['with an unknown algorithm', forged(claims(canary), { alg: 'canary' })],
    ['with an unknown extension', forged(claims(canary), { crit: ['canary'], canary: 1 })],
    ['with a payload that is no JSON', hs256('canary')],
    ['with a header that is no JSON', compact('canary', claims(), signer('HS256', SECRET))],
    ['that is none', 'canary'],
    ['that is a list', ['canary'] as unknown as string],
  ])('%s', async (_, token) => {
    const error = await verifier.verify(token).catch((thrown: unknown) => thrown);
    expect((error as InvalidTokenException).getStatus()).toBe(401);
    const shown = inspect(error, { depth: 20, showHidden: true, getters: true });
    expect(shown).not.toContain('canary');
    for (const part of String(token).split('.')) {
      if (part.length > 20) expect(shown).not.toContain(part);
    }
  });

  it('but why jose refused it', async () => {
    await expect(verifier.verify(forged(claims()))).rejects.toMatchObject({
      cause: { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' },
    });
  });
});

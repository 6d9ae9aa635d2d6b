import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { JWK } from 'jose';
import { expect } from 'vitest';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';

// What is logged has tests of its own.
Logger.overrideLogger(false);

export const ISSUER = 'https://login.example.com';
export const AUDIENCE = 'https://api.example.com';
export const SECRET = 'a secret of thirty-two bytes ....';

/** Keys are costly to make, and any will do. */
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
export const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
export const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
export const ed25519 = generateKeyPairSync('ed25519');

export const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
export const jwk = (key: KeyObject, members: Partial<JWK> = {}): JWK => ({
  ...(key.export({ format: 'jwk' }) as JWK),
  ...members,
});

export const now = () => Math.floor(Date.now() / 1000);
export const claims = (changed: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  exp: now() + 300,
  iat: now(),
  ...changed,
});

type Sign = (data: string) => Buffer;
const hash = (alg: string) => `sha${alg.slice(2)}`;

/** How each algorithm signs, by Node's own cryptography: not by the library under test. */
export function signer(alg: string, key: KeyObject | string): Sign {
  if (alg.startsWith('HS')) {
    return (data) => createHmac(hash(alg), key).update(data).digest();
  }
  const options = alg.startsWith('PS')
    ? { padding: 6, saltLength: 32 }
    : alg.startsWith('ES')
      ? { dsaEncoding: 'ieee-p1363' as const }
      : {};
  const digest = alg.startsWith('Ed') ? null : hash(alg);
  return (data) => sign(digest, Buffer.from(data), { key: key as KeyObject, ...options });
}

const base64url = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A compact JWS of any header and payload, well-formed or not; text is taken as it is. */
export function compact(
  header: unknown,
  payload: unknown,
  signature: Sign = () => Buffer.alloc(0),
) {
  const data = `${base64url(header)}.${base64url(payload)}`;
  return `${data}.${signature(data).toString('base64url')}`;
}

/** A good token signed with RSA, but for what is changed. */
export function rs256(
  payload: unknown = claims(),
  header: Record<string, unknown> = {},
  key: KeyObject = rsa.privateKey,
): string {
  return compact({ alg: 'RS256', ...header }, payload, signer('RS256', key));
}

/** A good token signed with the secret, but for what is changed. */
export const hs256 = (payload: unknown = claims(), header: Record<string, unknown> = {}) =>
  compact({ alg: 'HS256', ...header }, payload, signer('HS256', SECRET));

/** Asserts a 401 for this reason, which holds nothing of the token. */
export async function expectRefused(answer: Promise<unknown>, reason?: string): Promise<void> {
  const error = await answer.then(
    () => 'no refusal',
    (refusal: unknown) => refusal,
  );
  expect(error).toBeInstanceOf(InvalidTokenException);
  const { description } = error as InvalidTokenException;
  expect(description).toMatch(/^[A-Za-z -,.]+$/);
  if (reason !== undefined) expect(description).toBe(reason);
}

/** Asserts a 503 with a cause for the logs and none for the client. */
export async function expectUnavailable(answer: Promise<unknown>): Promise<void> {
  await expect(answer).rejects.toMatchObject({
    status: 503,
    response: { message: 'Service unavailable', error: 'Service Unavailable', statusCode: 503 },
    cause: expect.any(Error),
  });
}

import { Logger } from '@nestjs/common';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppModule } from '../../sample/02-oauth2-scopes/app.module.js';
import { AccessTokens } from '../../sample/02-oauth2-scopes/tokens/access-tokens.js';
import { adapters, createApp } from '../support/adapters.js';

/** Long enough for HS512 too. */
const SECRET = 'a secret of thirty-two bytes or more'.repeat(2);
const CLAIMS = { subject: 'johndoe', scopes: ['me', 'items'] };

beforeEach(() => {
  Logger.overrideLogger(false);
  vi.stubEnv('SECRET', SECRET);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

interface Token {
  alg?: string;
  typ?: string;
  key?: string;
  issuer?: string;
  audience?: string;
  expires?: string;
}

function sign({ alg, typ, key, issuer, audience, expires }: Token = {}): Promise<string> {
  return new SignJWT({ scope: 'me items' })
    .setProtectedHeader({ alg: alg ?? 'HS256', typ: typ ?? 'at+jwt' })
    .setIssuer(issuer ?? 'https://items.example')
    .setAudience(audience ?? 'https://items.example/api')
    .setSubject('johndoe')
    .setExpirationTime(expires ?? '1m')
    .sign(Buffer.from(key ?? SECRET));
}

function unsigned(): string {
  return new UnsecuredJWT({ scope: 'me items' })
    .setIssuer('https://items.example')
    .setAudience('https://items.example/api')
    .setSubject('johndoe')
    .setExpirationTime('1m')
    .encode();
}

describe('AccessTokens', () => {
  it('reads what it issued', async () => {
    const tokens = new AccessTokens();
    expect(await tokens.verify(await tokens.issue(CLAIMS))).toMatchObject(CLAIMS);
  });

  it('reads a token without scopes', async () => {
    const tokens = new AccessTokens();
    const claims = { subject: 'johndoe', scopes: [] };
    expect(await tokens.verify(await tokens.issue(claims))).toMatchObject(claims);
  });

  it('accepts a token signed with SECRET', async () => {
    expect(await new AccessTokens().verify(await sign())).toMatchObject(CLAIMS);
  });

  it.each<[string, () => string | Promise<string>]>([
    ['with another key', () => sign({ key: SECRET.toUpperCase() })],
    ['with another algorithm', () => sign({ alg: 'HS512' })],
    ['for another use', () => sign({ typ: 'refresh+jwt' })],
    ['by another issuer', () => sign({ issuer: 'https://other.example' })],
    ['for another audience', () => sign({ audience: 'https://other.example' })],
    ['that has expired', () => sign({ expires: '1s ago' })],
    ['that is not signed', unsigned],
    ['that is no JWT', () => 'johndoe'],
  ])('refuses a token %s', async (_, token) => {
    expect(await new AccessTokens().verify(await token())).toBeNull();
  });

  it('makes a key of its own where there is no SECRET', async () => {
    vi.stubEnv('SECRET', undefined);
    const tokens = new AccessTokens();
    expect(await tokens.verify(await tokens.issue(CLAIMS))).toMatchObject(CLAIMS);
    expect(await new AccessTokens().verify(await tokens.issue(CLAIMS))).toBeNull();
  });

  it.each(['', 'thirty-one bytes are too short.'])(
    'does not start with SECRET="%s"',
    async (key) => {
      vi.stubEnv('SECRET', key);
      await expect(createApp(adapters[0]!, AppModule)).rejects.toThrow(
        'SECRET must have 32 bytes or more',
      );
    },
  );
});

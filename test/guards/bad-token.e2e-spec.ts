import { Controller, Get, Logger } from '@nestjs/common';
import { JwtService, type JwtSignOptions } from '@nestjs/jwt';
import { errors } from 'jose';
import { AuthModule, HTTPBearer, optional, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { recordLogs } from '../security/recorded-logs.js';

const SECRET = 'a secret of this test, and of no other';
const jwts = new JwtService();
let secret = SECRET;
let error: Error | undefined;

/** As Nest's recipe has it: what `verifyAsync` throws is left as it is. */
const token = new HTTPBearer({
  schemeName: 'Token',
  async validate({ credentials }) {
    if (error !== undefined) throw error;
    return { user: await jwts.verifyAsync(credentials, { audience: 'a', secret }) };
  },
});

@Controller()
class Routes {
  @Get('me') @Security(token) me() {
    return 'handled';
  }
  @Get('perhaps') @Security(optional(token)) perhaps() {
    return 'handled';
  }
}

const sign = (claims: object, key = SECRET, options: JwtSignOptions = {}) =>
  jwts.sign({ aud: 'a', ...claims }, { secret: key, ...options });
const good = sign({ sub: 'ada' });
const ofKeys = (message: string) =>
  Object.assign(new Error(`error in secret or public key callback: ${message}`), {
    name: 'JsonWebTokenError',
  });
const NO_KEY = 'secret or public key must be provided';
const coded = (code: string) => Object.assign(new Error('x'), { code });

describe.each(adapters)('what a library for tokens throws on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  async function call(bearer: string, path = '/me') {
    const logs = recordLogs();
    Logger.overrideLogger(logs.logger);
    const response = await fetch(running.url + path, {
      headers: { Authorization: `Bearer ${bearer}` },
    });
    const challenge = response.headers.get('WWW-Authenticate');
    logs.restore();
    return { status: response.status, challenge, logs: logs.text() };
  }

  it('should not keep a good token out', async () => {
    expect(await call(good)).toMatchObject({ status: 200 });
  });

  it.each([
    [
      'expired',
      sign({ exp: 1 }),
      'Bearer error="invalid_token", error_description="The token expired"',
    ],
    ['is not valid yet', sign({ nbf: 4e9 }), 'Bearer error="invalid_token"'],
    ['is signed by another', sign({}, 'another secret'), 'Bearer error="invalid_token"'],
    ['is not signed', sign({}, '', { algorithm: 'none' }), 'Bearer error="invalid_token"'],
    ['is for another audience', sign({ aud: 'b' }), 'Bearer error="invalid_token"'],
    ['is none', 'abc', 'Bearer error="invalid_token"'],
  ])('should refuse a token that %s, and log nothing', async (_what, bearer, challenge) => {
    expect(await call(bearer)).toEqual({ status: 401, challenge, logs: '' });
    expect(await call(bearer, '/perhaps')).toMatchObject({ status: 401 });
  });

  it('should be an error of the server where it has no key', async () => {
    secret = '';
    expect(await call(good)).toMatchObject({ status: 500 });
    secret = SECRET;
  });

  describe("where it cannot be had from Nest's recipe", () => {
    afterAll(() => (error = undefined));

    it.each<[string, Error, number, string]>([
      ['jsonwebtoken, of a key', ofKeys(`none for ${good}`), 401, 'JsonWebTokenError'],
      ['jsonwebtoken, whose caller has none', ofKeys(NO_KEY), 401, 'answer is 401'],
      ['jsonwebtoken, of keys it cannot fetch', ofKeys('connect ECONNREFUSED ::1'), 503, 'ECONN'],
      ['jose, expired', new errors.JWTExpired('x', {}), 401, ''],
      ['jose, of a signature', new errors.JWSSignatureVerificationFailed(), 401, ''],
      ['jose, of a key that is not there', new errors.JWKSNoMatchingKey(), 401, ''],
      ['jose, of a key set', new errors.JWKSInvalid('x'), 500, 'Token failed'],
      ['jose, late', new errors.JWKSTimeout(), 503, 'ERR_JWKS_TIMEOUT'],
      ['fast-jwt', coded('FAST_JWT_INVALID_SIGNATURE'), 401, ''],
      ['fast-jwt, of something else', coded('FAST_JWT_VERIFY_ERROR'), 401, 'answer is 401'],
      [
        'fast-jwt, of more than a signature',
        coded('FAST_JWT_INVALID_SIGNATURE_X'),
        401,
        'answer is 401',
      ],
      ['firebase-admin', coded('auth/id-token-expired'), 401, ''],
      [
        'one that only ends like firebase-admin',
        coded('app/auth/id-token-expired'),
        500,
        'Token failed',
      ],
      ['one that only begins like it', coded('auth/id-token-expired/app'), 500, 'Token failed'],
      ['one that is named within', coded('NO_ERR_JWT_EXPIRED'), 500, 'Token failed'],
      [
        'one that is not known',
        Object.assign(new Error(), { name: 'JwtParseError' }),
        401,
        'answer is 401',
      ],
      ['a database', coded('23505'), 500, 'Token failed'],
    ])('should tell %s from the rest', async (_what, thrown, status, logged) => {
      error = thrown;
      const answer = await call(good);
      expect(answer.status).toBe(status);
      expect(answer.logs).not.toContain(good);
      if (logged === '') expect(answer.logs).toBe('');
      else expect(answer.logs).toContain(logged);
    });
  });
});

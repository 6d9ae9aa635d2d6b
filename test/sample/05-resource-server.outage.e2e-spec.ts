import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppModule } from '../../sample/05-resource-server/app.module.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { unavailable } from '../support/answer.js';
import { bearer, call, success } from './call.js';
import { obtainTokens } from './code-flow.js';
import { OpenIdProvider } from './openid-provider.js';

const DISCOVERY = '/.well-known/openid-configuration';
const JWKS = '/jwks';
/** Past the 30 seconds in which an unknown key starts no second fetch. */
const PAST_COOLDOWN = 31_000;
/** Past the 10 minutes for which keys are not fetched anew. */
const PAST_MAX_AGE = 601_000;

describe.each(adapters)('05-resource-server on $name', { timeout: 30_000 }, (adapter) => {
  let provider: OpenIdProvider;
  let running: RunningApp;

  const notes = (token: string) => call(running.url, '/notes', { headers: bearer(token) });
  const statusFor = async (token: string) => (await notes(token)).status;
  const opaqueToken = async () => {
    const flow = { scope: 'notes:read', clientId: 'notes-docs-opaque' };
    return (await obtainTokens(provider.issuer, flow)).access_token;
  };
  /** Lets the monotonic clock jump; tokens' own dates stay as they are. */
  const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

  beforeEach(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    vi.useFakeTimers({ toFake: ['performance'] });
    provider = await OpenIdProvider.start();
    vi.stubEnv('ISSUER', provider.issuer);
    running = await createApp(adapter, AppModule);
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await running.app.close();
    await provider.down();
  });

  it('asks for the provider’s keys once, whoever comes first', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.sign({})));
    expect(await Promise.all(tokens.map(statusFor))).toEqual(tokens.map(() => 200));
    expect(provider.requests).toEqual([DISCOVERY, JWKS]);
  });

  it('takes a new key after one fetch, and the old one no more', async () => {
    const old = await provider.sign({});
    expect(await statusFor(old)).toBe(200);

    await provider.changeKey('second');
    expect(await statusFor(old)).toBe(200);
    expect(provider.requests).toEqual([]);

    pass(PAST_COOLDOWN);
    const fresh = await Promise.all(Array.from({ length: 20 }, () => provider.sign({})));
    expect(await Promise.all(fresh.map(statusFor))).toEqual(fresh.map(() => 200));
    expect(provider.requests).toEqual([JWKS]);

    expect(await notes(old)).toMatchObject({
      status: 401,
      challenges: ['Bearer error="invalid_token", error_description="The signing key is unknown"'],
    });
    expect(provider.requests).toEqual([JWKS]);
  });

  it('takes a token that was really issued under the new key', async () => {
    expect(await statusFor(await provider.sign({}))).toBe(200);
    await provider.changeKey('second');
    pass(PAST_COOLDOWN);
    const { access_token } = await obtainTokens(provider.issuer, { scope: 'notes:read' });
    expect(await notes(access_token)).toEqual(success([]));
  });

  it('serves on with the keys it has while the provider is down', async () => {
    const token = await provider.sign({});
    const expired = await provider.sign({ exp: Math.floor(Date.now() / 1000) - 60 });
    expect(await statusFor(token)).toBe(200);
    await provider.down();
    expect(await statusFor(token)).toBe(200);
    pass(PAST_MAX_AGE);
    expect(await statusFor(token)).toBe(200);
    expect(await statusFor(expired)).toBe(401);
  });

  it('blames no opaque token for the outage', async () => {
    const token = await opaqueToken();
    expect(await notes(token)).toEqual(success([]));
    await provider.down();
    expect(await notes(token)).toEqual(unavailable);
    await provider.up();
    expect(await notes(token)).toEqual(success([]));
  });

  it('blames no token for keys that it cannot fetch', async () => {
    const token = await provider.sign({});
    await provider.down();
    expect(await notes(token)).toEqual(unavailable);
    await provider.up();
    expect(await notes(token)).toEqual(success([]));

    await provider.changeKey('second');
    const fresh = await provider.sign({});
    await provider.down();
    pass(PAST_COOLDOWN);
    expect(await notes(fresh)).toEqual(unavailable);
  });

  it('answers wrongly to nobody while the provider restarts under load', async () => {
    const stranger = await OpenIdProvider.start();
    const tokens = {
      valid: await provider.sign({}),
      forged: await stranger.sign({ iss: provider.issuer }),
      opaque: await opaqueToken(),
    };
    await stranger.down();
    expect(await statusFor(tokens.valid)).toBe(200);

    const seen = { valid: new Set<number>(), forged: new Set<number>(), opaque: new Set<number>() };
    let restarting = true;
    const load = Object.entries(tokens).map(async ([kind, token]) => {
      while (restarting) seen[kind as keyof typeof seen].add(await statusFor(token));
    });
    try {
      for (let restart = 0; restart < 5; restart++) {
        await provider.down();
        expect(await statusFor(tokens.opaque)).toBe(503);
        await provider.up();
        expect(await statusFor(tokens.opaque)).toBe(200);
      }
    } finally {
      restarting = false;
      await Promise.all(load);
    }

    expect([...seen.valid]).toEqual([200]);
    expect([...seen.forged]).toEqual([401]);
    expect([...seen.opaque].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });
});

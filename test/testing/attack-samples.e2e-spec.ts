import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';
import { attack, expectNoBreach } from 'nestjs-security/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppModule as SimpleOAuth2 } from '../../sample/01-simple-oauth2/app.module.js';
import { AppModule as OAuth2Scopes } from '../../sample/02-oauth2-scopes/app.module.js';
import { AppModule as EveryScheme } from '../../sample/03-every-scheme/app.module.js';
import { AppModule as TokenServer } from '../../sample/04-token-server/app.module.js';
import { AppModule as ResourceServer } from '../../sample/05-resource-server/app.module.js';
import { AppModule as EveryContext } from '../../sample/06-every-context/app.module.js';
import { serveDocumentation } from '../../sample/03-every-scheme/documentation.js';
import { OpenIdProvider } from '../sample/openid-provider.js';
import { adapters, createApp } from '../support/adapters.js';
import { bearer, logIn } from '../sample/call.js';

const JOHNDOE = { username: 'johndoe', password: 'secret' };

interface Sample {
  sample: string;
  module: Type;
  /** The good credentials of somebody, if they are easily had. */
  headers?: (url: string) => Promise<Record<string, string>> | Record<string, string>;
}

const token = async (url: string, scope = '') => {
  const logged = await logIn(url, { ...JOHNDOE, scope });
  return Object.fromEntries(bearer(logged)) as Record<string, string>;
};

const samples: Sample[] = [
  { sample: '01-simple-oauth2', module: SimpleOAuth2, headers: (url) => token(url) },
  { sample: '02-oauth2-scopes', module: OAuth2Scopes, headers: (url) => token(url, 'me items') },
  {
    sample: '03-every-scheme',
    module: EveryScheme,
    headers: () => ({
      authorization: 'Bearer demo-secret',
      'x-api-key': 'demo-secret',
      cookie: 'session=demo-secret',
    }),
  },
  { sample: '04-token-server', module: TokenServer },
  { sample: '05-resource-server', module: ResourceServer },
  {
    sample: '06-every-context',
    module: EveryContext,
    headers: async (url) => {
      const logged = await logIn(url, { username: 'ada', password: 'secret' });
      return Object.fromEntries(bearer(logged)) as Record<string, string>;
    },
  },
];

describe.each(adapters)('attack on $name', { timeout: 60_000 }, (adapter) => {
  let provider: OpenIdProvider;
  let app: INestApplication | undefined;
  // Its GraphQL driver serves Express alone.
  const served = samples.filter(
    ({ sample }) => adapter.name === 'Express' || sample !== '06-every-context',
  );

  beforeAll(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    provider = await OpenIdProvider.start();
    vi.stubEnv('ISSUER', provider.issuer);
  });
  afterEach(() => app?.close());
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await provider.down();
  });

  it.each(served)('raises no false alarm about $sample', async ({ module, headers }) => {
    const running = await createApp(adapter, module, serveDocumentation);
    ({ app } = running);
    const report = await attack(app, createDocument(app, new DocumentBuilder().build()), {
      headers: (await headers?.(running.url)) ?? {},
    });
    expectNoBreach(report);
    expect(report.answers.length).toBeGreaterThan(100);
    if (headers !== undefined) {
      expect(report.answers.map(({ kind }) => kind)).toContain('altered credentials');
    }
  });
});

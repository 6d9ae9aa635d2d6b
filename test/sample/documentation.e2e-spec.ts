import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';
import { OpenIdProvider } from './openid-provider.js';
import { documented, load } from './samples.js';

interface Document {
  info: { title: string; description: string };
  paths: Record<string, Record<string, { summary?: string }>>;
}

describe.each(adapters)('the first page on $name', { timeout: 30_000 }, (adapter) => {
  let provider: OpenIdProvider;

  beforeAll(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    provider = await OpenIdProvider.start();
    vi.stubEnv('ISSUER', provider.issuer);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await provider.down();
  });

  it.each(documented)(
    'of %s should lead to what can be tried, and say what happens',
    async (name) => {
      const { AppModule, serveDocumentation } = await load(name);
      const { app, url } = await createApp(adapter, AppModule, serveDocumentation);
      try {
        const answer = await fetch(url, { redirect: 'manual' });
        // A sample with a page of its own links to it.
        if (answer.status === 200) expect(await answer.text()).toContain('href="/docs"');
        else expect(answer.headers.get('Location')).toBe('/docs');
        const { info, paths } = (await (await fetch(`${url}/docs-json`)).json()) as Document;
        expect(info.title).toMatch(/: .+/);
        expect(info.description).toMatch(/Authorize.+(200|201)/s);
        expect(info.description).toContain('401');
        const silent = Object.entries(paths).flatMap(([path, operations]) =>
          Object.entries(operations).flatMap(([method, { summary }]) =>
            summary ? [] : [`${method} ${path}`],
          ),
        );
        expect(silent).toEqual([]);
      } finally {
        await app.close();
      }
    },
  );
});

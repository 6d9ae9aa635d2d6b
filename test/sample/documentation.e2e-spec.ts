import type { INestApplication, Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { AppModule as First } from '../../sample/01-simple-oauth2/app.module.js';
import { serveDocumentation as serveFirst } from '../../sample/01-simple-oauth2/documentation.js';
import { AppModule as Scopes } from '../../sample/02-oauth2-scopes/app.module.js';
import { serveDocumentation as serveScopes } from '../../sample/02-oauth2-scopes/documentation.js';
import { AppModule as Every } from '../../sample/03-every-scheme/app.module.js';
import { serveDocumentation as serveEvery } from '../../sample/03-every-scheme/documentation.js';
import { adapters, createApp } from '../support/adapters.js';

const samples: { sample: string; module: Type; serve: (app: INestApplication) => void }[] = [
  { sample: '01-simple-oauth2', module: First, serve: serveFirst },
  { sample: '02-oauth2-scopes', module: Scopes, serve: serveScopes },
  { sample: '03-every-scheme', module: Every, serve: serveEvery },
];

describe.each(adapters)('the first page on $name', (adapter) => {
  it.each(samples)('of $sample should lead to what can be tried', async ({ module, serve }) => {
    const { app, url } = await createApp(adapter, module, serve);
    try {
      const answer = await fetch(url, { redirect: 'manual' });
      expect(answer.status).toBe(302);
      expect(answer.headers.get('Location')).toBe('/docs');
      const document = (await (await fetch(`${url}/docs-json`)).json()) as {
        info: { description: string };
      };
      expect(document.info.description).toMatch(/Authorize/);
    } finally {
      await app.close();
    }
  });
});

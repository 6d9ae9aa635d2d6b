import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import createClient from 'openapi-fetch';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../sample/02-oauth2-scopes/app.module.js';
import { serveDocumentation } from '../../sample/02-oauth2-scopes/documentation.js';
import { errorsIn, programOf } from '../docs/snippets.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';

/** A client as its author writes it, on the types that are generated from the document. */
const CLIENT = `
import createClient from 'openapi-fetch';
import type { paths } from './schema.js';

export async function items(baseUrl: string, scope: string) {
  const client = createClient<paths>({ baseUrl });
  const { data: token, error } = await client.POST('/token', {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: { username: 'johndoe', password: 'secret', scope },
  });
  if (token === undefined) throw new Error(error?.error);
  client.use({
    onRequest({ request }) {
      request.headers.set('Authorization', 'Bearer ' + token.access_token);
      return request;
    },
  });
  const { data, error: refusal } = await client.GET('/users/me/items');
  const owner: string | undefined = data?.[0]?.owner;
  return refusal === undefined ? { owner } : { refused: refusal.statusCode satisfies number };
}
`;

describe.each(adapters)("a client of 02-oauth2-scopes' document on $name", (adapter) => {
  let running: RunningApp;
  let schema: string;

  beforeAll(async () => {
    running = await createApp(adapter, AppModule, serveDocumentation);
    const document = (await (await fetch(`${running.url}/docs-json`)).json()) as OpenAPI3;
    schema = astToString(await openapiTS(document));
  }, 60_000);
  afterAll(() => running.app.close());

  /** The client's function, of what the compiler makes of its file. */
  function itemsOf(): (baseUrl: string, scope: string) => Promise<unknown> {
    const code = ts.transpile(CLIENT.replace(/^import createClient.*$/m, ''), {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.CommonJS,
    });
    const exports = {} as { items: (baseUrl: string, scope: string) => Promise<unknown> };
    // oxlint-disable-next-line no-new-func -- a client is a file of its own, made by this test
    new Function('exports', 'createClient', code)(exports, createClient);
    return exports.items;
  }

  it('should compile, and not with a path, a field or an answer that is not in the document', () => {
    const clients = [
      CLIENT,
      CLIENT.replace('/users/me/items', '/users/you'),
      CLIENT.replace('username:', 'user:'),
      CLIENT.replace('.owner', '.holder'),
      CLIENT.replace('.access_token', '.token'),
    ].map((text, index) => ({ name: `client-${index}.ts`, text }));
    const program = programOf([...clients, { name: 'schema.ts', text: schema }]);
    const broken = clients.map((client) => errorsIn(program, client).length > 0);
    expect(broken).toEqual([false, true, true, true, true]);
  }, 60_000);

  it('should log in and call a route with the scope it asked for, and be refused without it', async () => {
    const items = itemsOf();
    expect(await items(running.url, 'me items')).toEqual({ owner: 'johndoe' });
    expect(await items(running.url, 'me')).toEqual({ refused: 403 });
    await expect(items(running.url, 'other')).rejects.toThrow('invalid_scope');
  });
});

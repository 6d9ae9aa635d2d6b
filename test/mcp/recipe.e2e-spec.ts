import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, Type } from '@nestjs/common';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModule, startApplication } from '../docs/application.js';
import { pages } from '../docs/pages.js';
import { adapters, createApp } from '../support/adapters.js';
import { bearer, connect, initialize, post, request } from './mcp-application.js';

const page = pages.find(({ name }) => name === 'recipes/mcp.md')!;
const snippet = (name: string) =>
  page.snippets.find((each) => each.name === `recipes/mcp/${name}`)!;

const METADATA =
  'resource_metadata="https://notes.example.com/.well-known/oauth-protected-resource/mcp"';

describe.each(adapters)('the server of mcp-nest in the recipe, on $name', (adapter) => {
  let app: INestApplication;
  let issuer: Server;
  let url: string;
  let issue: (scope: string, audience?: string) => Promise<string>;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const key = { ...(await exportJWK(publicKey)), kid: '1', alg: 'RS256' };
    issuer = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ issuer: origin, jwks_uri: `${origin}/keys`, keys: [key] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    issue = (scope, audience = 'https://notes.example.com/mcp') =>
      new SignJWT({ scope })
        .setProtectedHeader({ alg: 'RS256', kid: '1', typ: 'at+jwt' })
        .setIssuer(origin)
        .setAudience(audience)
        .setSubject('ada')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    const snippets = page.snippets.map((each) => ({
      ...each,
      text: each.text.replaceAll('https://login.example.com', origin),
    }));
    app = await startApplication(snippet('main.ts'), snippets, adapter);
    url = `${await app.getUrl()}/mcp`.replace('[::1]', '127.0.0.1');
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    issuer.close();
  });

  it.each([
    ['notes:read', ['list-notes']],
    ['notes:read notes:write', ['list-notes', 'add-note']],
  ])('lists to a token for %s %j', async (scope, names) => {
    const client = await connect(url, bearer(await issue(scope)));
    expect((await client.listTools()).tools.map(({ name }) => name)).toStrictEqual(names);
    const { content } = await client.callTool({ name: 'list-notes', arguments: {} });
    expect(content).toStrictEqual([{ type: 'text', text: '["A note of ada"]' }]);
    await client.close();
  });

  it('adds a note for who may write, and asks others for the scope', async () => {
    const add = request('tools/call', { name: 'add-note', arguments: { text: 'Hello' } });
    const refused = await post(url, add, bearer(await issue('notes:read')));
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="notes:read notes:write", ${METADATA}`,
    );
    const added = await post(url, add, bearer(await issue('notes:read notes:write')));
    expect(await added.json()).toHaveProperty('result.content.0.text', '"ada: Hello"');
  });

  it('refuses tokens for another server', async () => {
    const token = await issue('notes:read', 'https://notes.example.com/api');
    expect((await post(url, initialize, bearer(token))).status).toBe(401);
  });
});

describe("the SDK's own server in the recipe", () => {
  let app: INestApplication;
  let url: string;
  beforeAll(async () => {
    app = await startApplication(snippet('sdk/main.ts'), page.snippets);
    url = `${await app.getUrl()}/mcp`.replace('[::1]', '127.0.0.1');
  }, 60_000);
  afterAll(() => app?.close());

  const good = bearer('a-token-from-your-store');

  it('lists and runs what the token is for', async () => {
    const client = await connect(url, good);
    expect((await client.listTools()).tools.map(({ name }) => name)).toStrictEqual(['list-notes']);
    const { content } = await client.callTool({ name: 'list-notes', arguments: {} });
    expect(content).toStrictEqual([{ type: 'text', text: 'Notes of ada' }]);
    await client.close();
  });

  it('challenges who has no token, and asks for the scopes of a tool', async () => {
    const challenged = await post(url, initialize);
    expect(challenged.status).toBe(401);
    expect(challenged.headers.get('www-authenticate')).toBe(`Bearer scope="read", ${METADATA}`);
    const metadata = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', url));
    expect(await metadata.json()).toHaveProperty('scopes_supported', ['read', 'write']);
    const add = request('tools/call', { name: 'add-note', arguments: {} });
    const refused = await post(url, add, good);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="read write", ${METADATA}`,
    );
  });

  const list = request('tools/list');
  const named = (name: unknown) => request('tools/call', { name, arguments: {} });
  it.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{"jsonrpc":'],
    ['null', 'null'],
    ['a number', '7'],
    ['a text', '"tools/list"'],
    ['an empty list', []],
    ['a list of null', [null]],
    ['a batch', [list, named('list-notes')]],
    ['a batch with a notification', [list, { jsonrpc: '2.0', method: 'notifications/progress' }]],
    ['a batch of one id twice', [list, list]],
    ['an empty object', {}],
    ['a message without a version', { id: 1, method: 'tools/list' }],
    ['parameters that are none', request('tools/call', null)],
    ['parameters that are a list', request('tools/call', [])],
    ['a name that is a number', named(7)],
    ['a name that is a list', named(['add-note'])],
    ['no name', named(undefined)],
    ['a tool that is none', named('steal')],
    ['a name that objects have', named('constructor')],
    ['a name with a prototype', named('__proto__')],
    ['an unknown method', request('tools/steal')],
  ])('answers %s with an error that is not its own', async (_what, body) => {
    const answer = await post(url, body, good);
    const text = await answer.text();
    expect([answer.status, text]).toStrictEqual([
      answer.status === 200 ? 200 : 400,
      expect.stringMatching(/"error":|"isError":true/),
    ]);
    expect(text).not.toMatch(/Added|TypeError|\.ts:/);
    // Nest parses bodies before it asks guards.
    expect([400, 401]).toContain((await post(url, body)).status);
  });

  it('accepts a notification', async () => {
    const message = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect((await post(url, message, good)).status).toBe(202);
  });

  it('has no stream', async () => {
    const answer = await fetch(url, { headers: good });
    expect([answer.status, answer.headers.get('allow')]).toStrictEqual([405, 'POST']);
    expect((await fetch(url)).status).toBe(401);
  });
});

describe.each(adapters)('an API beside the server in the recipe, on $name', (adapter) => {
  it.each([
    ['/api/notes', 'Bearer', '/api'],
    ['/mcp', 'Bearer scope="notes:read",', '/mcp'],
  ])('has metadata of its own: %s', async (path, challenge, resource) => {
    const { BesideModule } = (await loadModule('recipes/mcp/beside.module.ts', page.snippets)) as {
      BesideModule: Type;
    };
    const { app, url } = await createApp(adapter, BesideModule);
    try {
      const answer = await fetch(url + path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(
        `${challenge} resource_metadata="https://notes.example.com/.well-known/oauth-protected-resource${resource}"`,
      );
      const metadata = await fetch(`${url}/.well-known/oauth-protected-resource${resource}`);
      expect(await metadata.json()).toStrictEqual({
        resource: `https://notes.example.com${resource}`,
        authorization_servers: ['https://login.example.com'],
        scopes_supported: ['notes:read'],
        bearer_methods_supported: ['header'],
      });
    } finally {
      await app.close();
    }
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NotesClient } from '../../sample/07-mcp-server/client/notes-client.js';
import { Person } from './code-flow.js';

const REDIRECT_URL = 'http://127.0.0.1:7777/callback';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('07-mcp-server', { timeout: 30_000 }, () => {
  let provider: Server;
  let app: INestApplication;
  let resource: string;
  const asked: { scope: string | null; resource: string | null; method: string | null }[] = [];

  beforeAll(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    const issuer = `http://127.0.0.1:${await freePort()}`;
    const port = await freePort();
    resource = `http://127.0.0.1:${port}/mcp`;
    vi.stubEnv('ISSUER', issuer);
    vi.stubEnv('PORT', String(port));
    // The settings are read when they are imported.
    const { startProvider } = await import('../../sample/07-mcp-server/provider/start-provider.js');
    const { startServer } = await import('../../sample/07-mcp-server/start-server.js');
    provider = await startProvider(issuer, resource);
    app = await startServer({ logger: false });
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await app.close();
    provider.close();
    provider.closeAllConnections();
  });
  beforeEach(() => {
    asked.length = 0;
  });

  /** The official client, and somebody who logs in wherever it wants them to. */
  function clientOf(name: string): NotesClient {
    const person = new Person(name, REDIRECT_URL);
    return new NotesClient(new URL(resource), REDIRECT_URL, async (url) => {
      const sent = url.searchParams;
      asked.push({
        scope: sent.get('scope'),
        resource: sent.get('resource'),
        method: sent.get('code_challenge_method'),
      });
      const answer = await person.follow(url);
      expect(Object.fromEntries(answer)).toHaveProperty('code');
      return answer;
    });
  }

  it('is found, registered with, logged in to, called, and asked for more', async () => {
    const client = clientOf('ada');
    await client.connect();
    expect(client.clientId).toMatch(/./);
    expect(asked).toStrictEqual([{ scope: 'notes:read', resource, method: 'S256' }]);
    expect(client.scopes).toBe('notes:read');
    expect(await client.tools()).toStrictEqual(['list-notes']);
    expect(await client.call('list-notes')).toStrictEqual([]);
    expect(asked).toHaveLength(1);

    expect(await client.call('add-note', { text: 'Milk' })).toBe('Added.');
    expect(asked[1]).toStrictEqual({ scope: 'notes:read notes:write', resource, method: 'S256' });
    expect(await client.tools()).toStrictEqual(['list-notes', 'add-note']);
    expect(await client.call('list-notes')).toStrictEqual(['Milk']);
    expect(asked).toHaveLength(2);
    await client.close();
  });

  it.each([
    [
      'who did not agree',
      (state: string) => ({ state, error: 'access_denied', error_description: 'Cancelled' }),
      'Nobody logged in: Cancelled',
    ],
    ['a code of another login', () => ({ state: 'x', code: 'y' }), 'the end of another login'],
    ['a code of no login', () => ({ code: 'y' }), 'the end of another login'],
  ])('has a client that tells %s', async (_what, answerOf, message) => {
    const client = new NotesClient(new URL(resource), REDIRECT_URL, (url) =>
      Promise.resolve(new URLSearchParams(answerOf(url.searchParams.get('state')!))),
    );
    await expect(client.connect()).rejects.toThrow(message);
    await client.close();
  });

  it("keeps everybody's notes apart", async () => {
    const client = clientOf('bob');
    await client.connect();
    expect(await client.call('list-notes')).toStrictEqual([]);
    await client.close();
  });
});

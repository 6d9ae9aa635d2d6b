import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpController, Tool } from '@rekog/mcp-nest';
import { optional, Public, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../support/adapters.js';
import { type RunningServer, startServer, token } from './mcp-application.js';

const called: string[] = [];

@McpController()
@Security(token)
class Tools {
  @Tool({ name: 'mine', description: '' }) mine() {
    called.push('mine');
  }
  @Tool({ name: 'maybe', description: '' }) @Security(optional(token)) maybe() {
    called.push('maybe');
  }
  @Tool({ name: 'all', description: '' }) @Public() all() {
    called.push('all');
    return 'for all';
  }
}

describe('a server over stdio, where no request has a token', () => {
  let running: RunningServer;
  let client: Client;
  beforeAll(async () => {
    running = await startServer(adapters[0]!, { controllers: [Tools] });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    // What mcp-nest's StdioTransport does, but for the process's own streams.
    const bound = running.server.createBoundServer({ transport: 'stdio', stateless: false });
    await bound.connect(theirs as never);
    client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(ours);
  });
  afterAll(async () => {
    await client.close();
    await running.app.close();
  });

  it('lists what is for everybody', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toStrictEqual(['all']);
  });

  it.each(['mine', 'maybe'])('refuses what takes a token: %s', async (name) => {
    const answer = await client.callTool({ name, arguments: {} });
    expect(answer.isError).toBe(true);
    expect(called).not.toContain(name);
  });

  it('runs what is for everybody', async () => {
    const { content } = await client.callTool({ name: 'all', arguments: {} });
    expect(content).toStrictEqual([{ type: 'text', text: '"for all"' }]);
  });
});

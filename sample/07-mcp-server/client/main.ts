import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotesClient } from './notes-client.js';

// A native client: the person comes back from the login to a port of it on loopback.
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const redirectUrl = `http://127.0.0.1:${port}/callback`;

async function login(url: URL): Promise<string> {
  console.log(`Log in by any name and password, and agree: ${url.href}`);
  const [request, response] = (await once(server, 'request')) as [
    { url: string },
    { end(text: string): void },
  ];
  response.end('You may close this page.');
  return new URL(request.url, redirectUrl).searchParams.get('code') ?? '';
}

const url = new URL(process.env.RESOURCE ?? `http://127.0.0.1:${process.env.PORT ?? 3000}/mcp`);
const client = new NotesClient(url, redirectUrl, login);
await client.connect();
console.log(`With the scopes ${client.scopes} it sees`, await client.tools());
await client.call('add-note', { text: 'Written by an MCP client.' });
console.log(`With the scopes ${client.scopes} it sees`, await client.tools());
console.log(await client.call('list-notes'));
await client.close();
server.close();
server.closeAllConnections();

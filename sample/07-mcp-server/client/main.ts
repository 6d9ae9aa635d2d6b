import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotesClient } from './notes-client.js';

// A native client: the person comes back from the login to a port of it on loopback.
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', redirectUrl);
  // Browsers ask for an icon, too.
  if (pathname !== '/callback') return void response.writeHead(404).end();
  response.end('You may close this page.');
  server.emit('login', searchParams);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const redirectUrl = `http://127.0.0.1:${port}/callback`;

async function login(url: URL): Promise<URLSearchParams> {
  console.log(`Log in by any name and password, and agree: ${url.href}`);
  const [answer] = (await once(server, 'login')) as [URLSearchParams];
  return answer;
}

const url = new URL(process.env.RESOURCE ?? `http://127.0.0.1:${process.env.PORT ?? 3000}/mcp`);
const client = new NotesClient(url, redirectUrl, login);
try {
  await client.connect();
  console.log(`With the scopes ${client.scopes} it sees`, await client.tools());
  await client.call('add-note', { text: 'Written by an MCP client.' });
  console.log(`With the scopes ${client.scopes} it sees`, await client.tools());
  console.log(await client.call('list-notes'));
} catch (error) {
  // `fetch` says in the cause what failed.
  const { message, cause } = error as Error & { cause?: Error };
  console.error(`${url.href}: ${cause?.message ?? message}`);
  process.exitCode = 1;
} finally {
  await client.close();
  server.close();
  server.closeAllConnections();
}

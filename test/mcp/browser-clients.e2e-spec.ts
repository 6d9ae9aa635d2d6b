import { McpController, Tool } from '@rekog/mcp-nest';
import { Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../support/adapters.js';
import {
  bearer,
  post,
  request,
  type RunningServer,
  startServer,
  token,
} from './mcp-application.js';

@McpController()
@Security(token, ['read'])
class Notes {
  @Tool({ name: 'list', description: '' }) list() {
    return [];
  }
}

const origin = 'https://inspector.example';
const cases = adapters.flatMap((adapter) =>
  (['by itself', 'by a controller'] as const).map((mount) => ({
    name: `${adapter.name}, mounted ${mount}`,
    adapter,
    mount,
  })),
);

describe.each(cases)('a client in a browser, on $name', ({ adapter, mount }) => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer(adapter, {
      controllers: [Notes],
      mount,
      auth: {
        protectedResource: {
          resource: 'https://notes.example/mcp',
          authorizationServers: ['https://login.example'],
        },
      },
      configure: (app) =>
        app.enableCors({ origin, exposedHeaders: ['WWW-Authenticate', 'Mcp-Session-Id'] }),
    });
  });
  afterAll(() => running.app.close());

  it('is let in by the browser before it sends a token', async () => {
    const answer = await fetch(running.url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,mcp-protocol-version',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
  });

  it.each([
    ['a challenge', {}, 401],
    ['an answer', bearer('ada.read'), 200],
    ['what it takes', bearer('ada'), 403],
  ])('may read %s', async (_what, headers, status) => {
    const message = request('tools/call', { name: 'list', arguments: {} });
    const answer = await post(running.url, message, { origin, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
  });

  it('may read where to get a token', async () => {
    const { origin: server } = new URL(running.url);
    const path = '/.well-known/oauth-protected-resource/mcp';
    const answer = await fetch(server + path, { headers: { origin } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });
});

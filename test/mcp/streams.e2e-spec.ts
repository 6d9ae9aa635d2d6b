import { McpController, Tool } from '@rekog/mcp-nest';
import { allOf, OAuth2ClientCredentialsBearer, Public, Security } from 'nestjs-security';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters } from '../support/adapters.js';
import {
  bearer,
  initialize,
  key,
  post,
  request,
  type RunningServer,
  startServer,
} from './mcp-application.js';

const NOW = 1_700_000_000;

/** A token says when it expires, in seconds from now; `never` does not. */
const expiring = new OAuth2ClientCredentialsBearer({
  schemeName: 'Expiring',
  tokenUrl: 'https://login.example/token',
  validate: (token) => ({
    user: { id: 'ada' },
    ...(token !== 'never' && { expiresAt: NOW + Number(token) }),
  }),
});

@McpController()
@Security(allOf(key, expiring))
class Notes {
  @Tool({ name: 'read', description: '' }) read() {
    return 'note';
  }
}

const headersOf = (token: string) => ({ ...bearer(token), 'x-api-key': 'good' });

/** How the stream is asked for, in either revision of the protocol. */
const STREAMS = {
  'GET, of a session': async (url: string, headers: Record<string, string>) => {
    const begun = await post(url, initialize, headers);
    const session = { 'mcp-session-id': begun.headers.get('mcp-session-id')! };
    return fetch(url, { headers: { accept: 'text/event-stream', ...headers, ...session } });
  },
  'subscriptions/listen': (url: string, headers: Record<string, string>) =>
    post(
      url,
      request('subscriptions/listen', {
        notifications: { toolsListChanged: true },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
        },
      }),
      {
        ...headers,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
    ),
};

const cases = adapters.flatMap((adapter) =>
  Object.entries(STREAMS).map(([name, open]) => ({
    name: `${name}, on ${adapter.name}`,
    adapter,
    open,
  })),
);

describe.each(cases)('a stream by $name', ({ adapter, open }) => {
  let running: RunningServer;
  beforeEach(async () => {
    running = await startServer(adapter, {
      controllers: [Notes],
      auth: { schemes: [key, expiring] },
      transport: { statefulMode: true },
    });
    vi.useFakeTimers({ now: NOW * 1000, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await running.app.close();
  });

  const opened = async (token: string) => {
    const answer = await open(running.url, headersOf(token));
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    let ended = false;
    const reader = answer.body!.getReader();
    const read = async () => {
      while (!(await reader.read()).done);
      ended = true;
    };
    return { end: read(), hasEnded: () => ended, leave: () => reader.cancel() };
  };

  it('ends when the token expires, and not before', async () => {
    const stream = await opened('60');
    await vi.advanceTimersByTimeAsync(59_000);
    expect(stream.hasEnded()).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await stream.end;
  });

  it('ends far from now, beyond what a timer can wait', async () => {
    const days = 40 * 24 * 60 * 60;
    const stream = await opened(String(days));
    await vi.advanceTimersByTimeAsync(days * 1000 - 1000);
    expect(stream.hasEnded()).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await stream.end;
  });

  it('survives what happens after it ended', async () => {
    const stream = await opened('60');
    await vi.advanceTimersByTimeAsync(60_000);
    await stream.end;
    running.server.registerTool({
      name: 'late',
      description: '',
      handler: () => Promise.resolve({ content: [] }),
    });
    const answer = await post(running.url, initialize, headersOf('120'));
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  });

  it('goes on for a token that does not say when it expires', async () => {
    const stream = await opened('never');
    await vi.advanceTimersByTimeAsync(90_000);
    expect(stream.hasEnded()).toBe(false);
    await stream.leave();
  });
});

@McpController()
class Mixed {
  @Tool({ name: 'open', description: '' }) @Public() open(_sent: unknown) {
    return 'open';
  }
  @Tool({ name: 'mine', description: '' }) @Security(expiring) mine() {
    return 'mine';
  }
}

it.each(adapters)(
  'of a session that nobody began ends with the first who uses it, on $name',
  async (adapter) => {
    const { app, url } = await startServer(adapter, {
      controllers: [Mixed],
      auth: { schemes: [expiring] },
      transport: { statefulMode: true },
    });
    try {
      const begun = await post(url, initialize);
      const session = { 'mcp-session-id': begun.headers.get('mcp-session-id')! };
      await begun.text();
      const call = (name: string, headers = {}) =>
        post(url, request('tools/call', { name, arguments: {} }), { ...session, ...headers });
      const listening = await fetch(url, {
        headers: { accept: 'text/event-stream', ...session },
      });
      expect(listening.status).toBe(200);
      let hasEnded = false;
      const end = listening.text().then(() => (hasEnded = true));
      expect(await (await call('open')).text()).toContain('open');
      expect(hasEnded).toBe(false);
      expect(await (await call('mine', bearer('never'))).text()).toContain('mine');
      await end;
      expect((await call('open')).status).toBe(404);
      expect(await (await call('open', bearer('never'))).text()).toContain('open');
    } finally {
      await app.close();
    }
  },
);

import { McpController, Tool } from '@rekog/mcp-nest';
import { CurrentUser, Public, Scopes, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../support/adapters.js';
import {
  bearer,
  initialize,
  post,
  request,
  type RunningServer,
  startServer,
  token,
} from './mcp-application.js';

/** Calls that wait until they are all there. */
class Gathering {
  private waiting: (() => void)[] = [];

  constructor(private readonly size: number) {}

  async join(): Promise<void> {
    const all = new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.waiting.length === this.size) this.waiting.forEach((resolve) => resolve());
    await all;
  }
}

let gathering = new Gathering(1);

@McpController()
@Security(token)
class Notes {
  @Tool({ name: 'whoami', description: '' })
  async whoami(@CurrentUser() user: { id: string }) {
    await gathering.join();
    return user.id;
  }

  @Tool({ name: 'purge', description: '' })
  @Scopes('admin')
  purge() {
    throw new Error('must not run');
  }

  @Tool({ name: 'hello', description: '' })
  @Public()
  hello() {
    return 'hello';
  }
}

const whoami = (id: number) => request('tools/call', { name: 'whoami', arguments: {} }, id);
const resultIn = async (answer: Response) => {
  const text = await answer.text();
  const line = text.split('\n').find((each) => each.startsWith('data: '));
  return JSON.parse(line === undefined ? text : line.slice('data: '.length)) as {
    result?: { content: [{ text: string }]; tools: { name: string }[] };
    error?: unknown;
  };
};

describe.each(adapters)('an MCP server with sessions, on $name', (adapter) => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer(adapter, {
      controllers: [Notes],
      transport: { statefulMode: true },
    });
  });
  afterAll(() => running.app.close());

  const begin = async (headers: Record<string, string>) => {
    const answer = await post(running.url, initialize, headers);
    await answer.text();
    const session = { 'mcp-session-id': answer.headers.get('mcp-session-id')! };
    await post(
      running.url,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      {
        ...headers,
        ...session,
      },
    );
    return session;
  };

  it.each<[string, (url: string, headers: Record<string, string>) => Promise<Response>]>([
    ['a call', (url, headers) => post(url, whoami(2), headers)],
    [
      'a public call',
      (url, headers) => post(url, request('tools/call', { name: 'hello', arguments: {} }), headers),
    ],
    ['a list', (url, headers) => post(url, request('tools/list'), headers)],
    [
      'an answer to a question of the server',
      (url, headers) => post(url, { jsonrpc: '2.0', id: 1, result: {} }, headers),
    ],
    [
      'the stream of its messages',
      (url, headers) => fetch(url, { headers: { accept: 'text/event-stream', ...headers } }),
    ],
    ['its end', (url, headers) => fetch(url, { method: 'DELETE', headers })],
  ])("refuses %s in another caller's session", async (_what, send) => {
    const session = await begin(bearer('ada'));
    const stolen = await send(running.url, { ...bearer('bob'), ...session });
    expect(stolen.status).toBe(404);
    // Nobody is not the owner either, and the session is there still.
    const owner = await post(running.url, request('tools/list'), { ...bearer('ada'), ...session });
    expect(owner.status).toBe(200);
  });

  it('refuses a session to others though it began with an empty header', async () => {
    const session = await begin({ ...bearer('ada'), 'mcp-session-id': '' });
    const list = (sent: object) =>
      post(running.url, request('tools/list'), { ...session, ...sent });
    expect((await list(bearer('bob'))).status).toBe(404);
    expect((await list(bearer('ada'))).status).toBe(200);
  });

  it("refuses a session to who has no token, and takes its owner's next token", async () => {
    const session = await begin(bearer('ada'));
    expect((await post(running.url, request('tools/list'), session)).status).toBe(404);
    const next = await post(running.url, request('tools/list'), {
      ...bearer('ada.admin'),
      ...session,
    });
    expect((await resultIn(next)).result?.tools.map(({ name }) => name)).toContain('purge');
  });

  it('gives a session that nobody owned to who first brings a token', async () => {
    const session = await begin({});
    const list = (headers: object) =>
      post(running.url, request('tools/list'), { ...session, ...headers });
    expect((await list({})).status).toBe(200);
    expect((await list(bearer('ada'))).status).toBe(200);
    expect((await list(bearer('bob'))).status).toBe(404);
    expect((await list({})).status).toBe(404);
  });

  it('ends a session for its owner, and then for all', async () => {
    const session = await begin(bearer('ada'));
    const headers = { ...bearer('ada'), ...session };
    expect((await fetch(running.url, { method: 'DELETE', headers })).status).toBe(200);
    expect((await post(running.url, request('tools/list'), headers)).status).toBe(404);
  });

  it('keeps a session with its owner where ending it is refused', async () => {
    const session = await begin(bearer('ada'));
    const headers = { ...bearer('ada'), ...session };
    const unknown = { ...headers, 'mcp-protocol-version': '1999-12-31' };
    expect((await fetch(running.url, { method: 'DELETE', headers: unknown })).status).toBe(400);
    const list = (sent: object) =>
      post(running.url, request('tools/list'), { ...session, ...sent });
    expect((await list(bearer('bob'))).status).toBe(404);
    expect((await list(bearer('ada'))).status).toBe(200);
  });

  it.each(['made-up', '__proto__', 'constructor'])('knows no session %s', async (id) => {
    const headers = { ...bearer('ada'), 'mcp-session-id': id };
    await begin(bearer('ada'));
    expect((await post(running.url, request('tools/list'), headers)).status).toBe(404);
  });

  it('answers each of several calls at once in one session for its own token', async () => {
    const session = await begin(bearer('ada'));
    const tokens = ['ada', 'ada.read', 'ada.write', 'ada.admin'];
    gathering = new Gathering(tokens.length);
    const lists = tokens.map(async (value, index) => {
      const headers = { ...bearer(value), ...session };
      const [called, listed] = await Promise.all([
        post(running.url, whoami(index), headers),
        post(running.url, request('tools/list', {}, 100 + index), headers),
      ]);
      expect((await resultIn(called)).result?.content[0].text).toBe('"ada"');
      return (await resultIn(listed)).result?.tools.map(({ name }) => name);
    });
    const all = await Promise.all(lists);
    gathering = new Gathering(1);
    expect(all.map((names) => names?.includes('purge'))).toStrictEqual([false, false, false, true]);
  });
});

describe.each(adapters)('an MCP server, on $name', (adapter) => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer(adapter, { controllers: [Notes] });
  });
  afterAll(() => running.app.close());

  it.each([
    ['a list', request('tools/list')],
    ['the first message', initialize],
    ['a call', whoami(1)],
    ['an unknown method', request('tools/steal')],
    ['an empty batch', []],
    ['no message', null],
    ['a number', 7],
  ])('refuses %s with a bad token, though some tools are public', async (_what, message) => {
    const answer = await post(running.url, message, bearer('bad'));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it.each([
    ['a tool that is not listed', 'purge', 403],
    ['a name that is none', 'toString', 200],
    ['a name with a prototype', '__proto__', 200],
  ])('does not run %s', async (_what, name, status) => {
    const answer = await post(
      running.url,
      request('tools/call', { name, arguments: {} }),
      bearer('ada'),
    );
    expect(answer.status).toBe(status);
    expect(await answer.json()).toHaveProperty('error');
  });

  it('refuses a whole batch for one of its calls', async () => {
    const purge = request('tools/call', { name: 'purge', arguments: {} }, 2);
    const answer = await post(running.url, [whoami(1), purge], bearer('ada'));
    expect(answer.status).toBe(403);
  });

  it.each([
    ['no JSON', '{"jsonrpc":', 400],
    ['four megabytes and more', `"${'a'.repeat(4 * 1024 * 1024)}"`, 413],
  ])('refuses %s', async (_what, body, status) => {
    expect((await post(running.url, body, bearer('ada'))).status).toBe(status);
  });

  it.skipIf(adapter.name === 'Fastify')('refuses a bad token before what is no JSON', async () => {
    expect((await post(running.url, '{"jsonrpc":', bearer('bad'))).status).toBe(401);
  });

  it('tells nobody why it failed', async () => {
    const { validate } = await import('./mcp-application.js');
    validate.mockImplementationOnce(() => {
      throw new Error('the password of the database');
    });
    const answer = await post(running.url, whoami(1), bearer('ada'));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('password');
  });
});

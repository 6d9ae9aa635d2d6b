import { Payload } from '@nestjs/microservices';
import { McpController, Prompt, Resource, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import { Authorize, Public, rule, Scopes, Security } from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
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

const ran: string[] = [];
const read = (uri: string, ...values: string[]) => {
  ran.push(uri);
  return { contents: [{ uri, text: JSON.stringify(values) }] };
};
const said = (prompt: string) => {
  ran.push(prompt);
  return { messages: [] };
};
const own = rule<{ id: string }>('It is yours.', ({ user, params }) => params['id'] === user.id);

/** One name for each kind of handler, each under scopes of its own, and names that objects have of themselves. */
@McpController()
@Security(token)
class Vault {
  @Tool({ name: 'vault://same', description: '' }) @Public() tool() {
    ran.push('tool');
    return 'tool';
  }

  @Prompt({ name: 'vault://same', description: '' }) @Scopes('admin') prompt() {
    return said('prompt');
  }

  @Resource({ uri: 'vault://same', name: 'vault://same' }) @Scopes('write') resource() {
    return read('vault://same');
  }

  @Prompt({ name: 'constructor', description: '' }) @Scopes('admin') constructorPrompt() {
    return said('constructor');
  }

  @Prompt({ name: '__proto__', description: '' }) @Scopes('admin') protoPrompt() {
    return said('__proto__');
  }

  @Prompt({ name: 'mine', description: '', parameters: z.object({ id: z.string() }) })
  @Authorize(own)
  mine(@Payload() { id }: { id: string }) {
    return said(`mine of ${id}`);
  }

  @Resource({ uri: 'vault://__proto__', name: 'p' }) @Scopes('admin') protoResource() {
    return read('vault://__proto__');
  }

  @ResourceTemplate({ uriTemplate: 'vault://of/{id}', name: 'of' })
  @Scopes('read')
  @Authorize(own)
  of(@Payload() { id, uri }: { id: string; uri: string }) {
    return read(uri, id);
  }
}

const tool = request('tools/call', { name: 'vault://same', arguments: {} });
const prompt = (name: string, sent?: object) => request('prompts/get', { name, arguments: sent });
const resource = (uri: string, more: object = {}) => request('resources/read', { uri, ...more });
const CALLERS = {
  nobody: {},
  'a bad token': bearer('bad'),
  'no scopes': bearer('ada'),
  read: bearer('ada.read'),
  write: bearer('ada.write'),
  admin: bearer('ada.admin'),
} as const;
type Caller = keyof typeof CALLERS;

const cases = adapters.flatMap((adapter) =>
  [false, true].map((statefulMode) => ({
    name: `${adapter.name}, ${statefulMode ? 'with' : 'without'} sessions`,
    adapter,
    statefulMode,
  })),
);

describe.each(cases)('resources and prompts on $name', ({ adapter, statefulMode }) => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer(adapter, {
      controllers: [Vault],
      transport: { statefulMode, enableJsonResponse: true },
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    ran.length = 0;
  });

  /** In a session of the caller's own, where there are sessions. */
  const send = async (message: unknown, caller: Caller) => {
    const headers: Record<string, string> = { ...CALLERS[caller] };
    if (statefulMode) {
      const begun = await post(running.url, initialize, headers);
      const id = begun.headers.get('mcp-session-id');
      if (id !== null) headers['mcp-session-id'] = id;
    }
    const answer = await post(running.url, message, headers);
    const body = (await answer.json()) as {
      result?: Record<string, Record<string, string>[]>;
      error?: { code: number };
    };
    return { status: answer.status, body };
  };

  it.each<[Caller, string[]]>([
    ['nobody', []],
    ['a bad token', []],
    ['no scopes', ['mine']],
    ['read', ['mine', 'vault://of/{id}']],
    ['write', ['mine', 'vault://same']],
    ['admin', ['vault://same', 'constructor', '__proto__', 'mine', 'vault://__proto__']],
  ])('list to %s what they may use', async (caller, names) => {
    const lists = [
      ['prompts/list', 'prompts', 'name'],
      ['resources/list', 'resources', 'uri'],
      ['resources/templates/list', 'resourceTemplates', 'uriTemplate'],
    ] as const;
    const listed: (string | undefined)[] = [];
    for (const [method, items, name] of lists) {
      const { body } = await send(request(method), caller);
      listed.push(...(body.result?.[items] ?? []).map((item) => item[name]));
    }
    expect(listed).toStrictEqual(names);
  });

  it.each<[string, unknown, Partial<Record<Caller, number>>]>([
    ['the public tool of the same name', tool, { nobody: 200, 'no scopes': 200 }],
    ['a prompt named as a tool', prompt('vault://same'), { nobody: 401, write: 403, admin: 200 }],
    ['a resource named as both', resource('vault://same'), { nobody: 401, admin: 403, write: 200 }],
    ['it by another scheme, with a slash', resource('other://SAME/'), { nobody: 401, admin: 403 }],
    ['the prompt constructor', prompt('constructor'), { nobody: 401, read: 403, admin: 200 }],
    ['the prompt __proto__', prompt('__proto__'), { nobody: 401, read: 403, admin: 200 }],
    ['__proto__ as a URI', resource('vault://__proto__'), { nobody: 401, read: 403, admin: 200 }],
    ['a template', resource('vault://of/ada'), { nobody: 401, admin: 403, read: 200 }],
  ])('answer %s by its own scopes', async (_what, message, statuses) => {
    for (const [caller, status] of Object.entries({ ...statuses, 'a bad token': 401 })) {
      ran.length = 0;
      const answer = await send(message, caller as Caller);
      expect([caller, answer.status, ran.length]).toStrictEqual([
        caller,
        status,
        status === 200 ? 1 : 0,
      ]);
    }
  });

  it.each<[string, unknown, number | undefined]>([
    ['a resource that is none', resource('vault://x/y/z'), -32602],
    ['a prompt that is none', prompt('toString'), -32602],
    ['what is no text', request('prompts/get', { name: ['mine'] }), undefined],
    ['what is not encoded', resource('vault://of/%ff'), undefined],
    [
      'a completion of a prompt',
      request('completion/complete', {
        ref: { type: 'ref/prompt', name: 'mine' },
        argument: { name: 'id', value: 'a' },
      }),
      -32601,
    ],
    [
      'a completion of a template',
      request('completion/complete', {
        ref: { type: 'ref/resource', uri: 'vault://of/{id}' },
        argument: { name: 'id', value: 'a' },
      }),
      -32601,
    ],
    ['a subscription', request('resources/subscribe', { uri: 'vault://same' }), -32601],
    ['its end', request('resources/unsubscribe', { uri: 'vault://same' }), -32601],
    [
      'a question for a client',
      request('sampling/createMessage', { messages: [], maxTokens: 1 }),
      -32601,
    ],
    ['a task', request('tasks/result', { taskId: '1' }), -32601],
  ])('answer %s with an error, whoever asks', async (_what, message, code) => {
    for (const caller of ['nobody', 'no scopes', 'read'] as const) {
      const { body } = await send(message, caller);
      expect(body.error).toMatchObject(code === undefined ? {} : { code });
    }
    expect((await send(message, 'a bad token')).status).toBe(401);
    expect(ran).toStrictEqual([]);
  });

  it('run nothing for a prototype in the place of parameters', async () => {
    const params = '{"__proto__":{"name":"mine","arguments":{"id":"ada"}}}';
    const message = `{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":${params}}`;
    expect((await send(message, 'admin')).body).not.toHaveProperty('result');
    expect(ran).toStrictEqual([]);
  });

  it('let a client choose how much is logged to it, unless its token is bad', async () => {
    const level = request('logging/setLevel', { level: 'debug' });
    expect(await send(level, 'no scopes')).toMatchObject({ status: 200, body: { result: {} } });
    expect((await send(level, 'a bad token')).status).toBe(401);
  });

  it.each<[string, unknown]>([
    ['beside the URI', resource('vault://of/bob', { id: 'ada' })],
    ['in _meta', resource('vault://of/bob', { _meta: { id: 'ada' } })],
    ['in arguments', resource('vault://of/bob', { arguments: { id: 'ada' } })],
    ['in a query', resource('vault://of/bob?id=ada')],
  ])(
    'take what a template is asked for from the URI, not from what stands %s',
    async (_where, message) => {
      const { body } = await send(message, 'read');
      expect(body.error).toMatchObject({ data: { statusCode: 403, error: 'access_denied' } });
      expect(ran).toStrictEqual([]);
    },
  );

  it.each([
    [{ id: 'ada' }, 'mine of ada'],
    [{ id: 'bob' }, undefined],
    [{}, undefined],
    [undefined, undefined],
  ])('ask the rules of a prompt about its arguments: %j', async (sent, run) => {
    const { body } = await send(prompt('mine', sent), 'no scopes');
    expect(ran).toStrictEqual(run === undefined ? [] : [run]);
    if (run === undefined) expect(body.error).toMatchObject({ data: { error: 'access_denied' } });
  });

  it('refuse a batch for one of its messages, and run none', async () => {
    const messages = [tool, { ...prompt('vault://same'), id: 2 }];
    expect((await send(messages, 'read')).status).toBe(403);
    expect(ran).toStrictEqual([]);
    expect((await send(messages, 'admin')).body).toHaveLength(2);
  });
});

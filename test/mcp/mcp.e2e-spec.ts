import { InternalServerErrorException, NotFoundException } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpController, Prompt, Resource, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import {
  anyOf,
  Authorize,
  CurrentUser,
  optional,
  Public,
  rule,
  Scopes,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adapters } from '../support/adapters.js';
import {
  bearer,
  connect,
  key,
  post,
  request,
  type RunningServer,
  startServer,
  token,
  validate,
} from './mcp-application.js';

interface User {
  readonly id: string;
}

const isAda = rule<User>('Ada only.', ({ user }) => user.id === 'ada');
const ownNote = rule<User>(
  'The note is yours.',
  // It fails where there are no arguments, as in a list.
  ({ user, params }) => params['id']!.toLowerCase() === user.id,
);
const failing = rule<User>('Failing.', ({ user }) => {
  if (user.id === 'fay') throw new Error('of the store');
  if (user.id === 'eve') throw new InternalServerErrorException();
  if (user.id === 'bob') throw new NotFoundException();
  return user.id === 'nobody';
});
const text = (uri: string, value: unknown) => ({
  contents: [{ uri, mimeType: 'text/plain', text: JSON.stringify(value) }],
});
const said = (value: string) => ({
  messages: [{ role: 'user' as const, content: { type: 'text' as const, text: value } }],
});

@McpController()
@Security(token)
class Notes {
  @Tool({ name: 'whoami', description: '' })
  whoami(@CurrentUser() user: User) {
    return user.id;
  }

  @Tool({ name: 'read', description: '' })
  @Scopes('read')
  read(@CurrentUser() user: User) {
    return user.id;
  }

  @Tool({ name: 'write', description: '' })
  @Security(token, ['read', 'write'])
  write() {
    return 'written';
  }

  @Tool({ name: 'ping', description: '' })
  @Public()
  ping(@CurrentUser() user: User | null) {
    return user;
  }

  @Tool({ name: 'maybe', description: '' })
  @Security(optional(token))
  maybe(@CurrentUser() user: User | null) {
    return user?.id ?? 'nobody';
  }

  @Tool({ name: 'either', description: '' })
  @Security(anyOf(token, key))
  either(@CurrentUser() user: User) {
    return user.id;
  }

  @Tool({ name: 'ada', description: '' })
  @Authorize(isAda)
  ada() {
    return 'hello Ada';
  }

  @Tool({ name: 'note', description: '', parameters: z.object({ id: z.string() }) })
  @Authorize(ownNote)
  note(@Payload() { id }: { id: string }) {
    return id;
  }

  @Tool({ name: 'failing', description: '' })
  @Authorize(failing)
  failing() {
    return 'failed';
  }

  @Resource({ uri: 'notes://mine', name: 'mine' })
  mine(@CurrentUser() user: User) {
    return text('notes://mine', user.id);
  }

  @Resource({ uri: 'notes://all', name: 'all' })
  @Scopes('admin')
  all() {
    return text('notes://all', 'all');
  }

  @ResourceTemplate({ uriTemplate: 'notes://of/{id}', name: 'of' })
  @Scopes('read')
  of(@CurrentUser() user: User, @Payload() { id }: { id: string }) {
    return text(`notes://of/${id}`, `${user.id} reads ${id}`);
  }

  @Prompt({ name: 'sum', description: '' })
  sum(@CurrentUser() user: User) {
    return said(user.id);
  }

  @Prompt({ name: 'purge', description: '' })
  @Scopes('admin')
  purge() {
    return said('purge');
  }
}

const cases = adapters.flatMap((adapter) =>
  [false, true].flatMap((statefulMode) =>
    (['by itself', 'by a controller'] as const).map((mount) => ({
      name: `${adapter.name}, ${statefulMode ? 'with' : 'without'} sessions, mounted ${mount}`,
      adapter,
      statefulMode,
      mount,
    })),
  ),
);

describe.each(cases)('an MCP server on $name', ({ adapter, statefulMode, mount }) => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer(adapter, {
      controllers: [Notes],
      transport: { statefulMode },
      mount,
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    validate.mockClear();
  });

  const as = async <T>(headers: Record<string, string>, run: (client: Client) => Promise<T>) => {
    const client = await connect(running.url, headers);
    try {
      return await run(client);
    } finally {
      await client.close();
    }
  };
  const call = (value: string, name: string, args: Record<string, unknown> = {}) =>
    as(bearer(value), async (client) => {
      const { content } = await client.callTool({ name, arguments: args });
      return JSON.parse((content as [{ text: string }])[0].text) as unknown;
    });

  it('gives a tool the user whose token came with the call', async () => {
    expect(await call('ada', 'whoami')).toBe('ada');
    expect(await call('bob', 'whoami')).toBe('bob');
  });

  it('gives each of several callers at once its own user', async () => {
    const users = ['ada', 'bob', 'cleo', 'dan'];
    expect(await Promise.all(users.map((user) => call(user, 'whoami')))).toStrictEqual(users);
  });

  it.skipIf(statefulMode)('asks for a token once in a request', async () => {
    const called = request('tools/call', { name: 'whoami', arguments: {} });
    expect((await post(running.url, called, bearer('ada'))).status).toBe(200);
    expect(validate).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['nobody', {}, ['ping', 'maybe']],
    ['a token without scopes', bearer('bob'), ['whoami', 'ping', 'maybe', 'either', 'note']],
    [
      'a token that may read',
      bearer('bob.read'),
      ['whoami', 'read', 'ping', 'maybe', 'either', 'note'],
    ],
    [
      'Ada, who may read and write',
      bearer('ada.read.write'),
      ['whoami', 'read', 'write', 'ping', 'maybe', 'either', 'ada', 'note'],
    ],
    ['a key', { 'x-api-key': 'good' }, ['ping', 'maybe', 'either']],
  ])('lists to %s the tools that they may call', async (_who, headers, names) => {
    await as(headers, async (client) => {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toStrictEqual(names);
    });
  });

  it.each([
    ['fails', 'fay'],
    ['says that it fails', 'eve'],
  ])('lists nothing where a rule %s, and says no word of why', async (_, who) => {
    const answer = await as(bearer(who), (client) =>
      client.listTools().catch((error: unknown) => error as Error & { code: number }),
    );
    expect(answer).toMatchObject({ code: -32_603, data: { statusCode: 500 } });
    expect(String(answer.message)).not.toContain('of the store');
    expect(String(answer.message)).not.toContain('Failing.');
  });

  it('lists resources, templates and prompts that the caller may use', async () => {
    const lists = (headers: Record<string, string>) =>
      as(headers, async (client) => [
        (await client.listResources()).resources.map(({ uri }) => uri),
        (await client.listResourceTemplates()).resourceTemplates.map((each) => each.uriTemplate),
        (await client.listPrompts()).prompts.map(({ name }) => name),
      ]);
    expect(await lists({})).toStrictEqual([[], [], []]);
    expect(await lists(bearer('bob.read'))).toStrictEqual([
      ['notes://mine'],
      ['notes://of/{id}'],
      ['sum'],
    ]);
    expect(await lists(bearer('ada.admin'))).toStrictEqual([
      ['notes://mine', 'notes://all'],
      [],
      ['sum', 'purge'],
    ]);
  });

  it('reads resources and gets prompts as who called', async () => {
    await as(bearer('bob.read'), async (client) => {
      const { contents } = await client.readResource({ uri: 'notes://of/7' });
      expect(contents[0]).toMatchObject({ text: '"bob reads 7"' });
      const { messages } = await client.getPrompt({ name: 'sum' });
      expect(messages[0]!.content).toMatchObject({ text: 'bob' });
    });
  });

  it.each<[string, Record<string, string>, (client: Client) => Promise<unknown>]>([
    ['a tool', bearer('bob'), (client) => client.callTool({ name: 'read', arguments: {} })],
    ['a resource', bearer('bob'), (client) => client.readResource({ uri: 'notes://all' })],
    ['a template', bearer('bob'), (client) => client.readResource({ uri: 'notes://of/1' })],
    ['a prompt', bearer('bob'), (client) => client.getPrompt({ name: 'purge' })],
    ['a tool to nobody', {}, (client) => client.callTool({ name: 'whoami', arguments: {} })],
  ])('refuses %s that was not listed', async (_what, headers, use) => {
    await as(headers, (client) => expect(use(client)).rejects.toThrow());
  });

  it('answers what a rule refuses with a JSON-RPC error that says so', async () => {
    await expect(call('bob', 'ada')).rejects.toMatchObject({
      code: -32600,
      message: expect.stringContaining('Ada only.') as string,
      data: { statusCode: 403, error: 'access_denied' },
    });
    await expect(call('bob', 'note', { id: 'ada' })).rejects.toThrow('The note is yours.');
    expect(await call('bob', 'note', { id: 'bob' })).toBe('bob');
  });
});

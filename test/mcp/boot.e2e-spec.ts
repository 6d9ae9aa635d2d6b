import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventPattern, MessagePattern, Server } from '@nestjs/microservices';
import {
  Controller,
  Inject,
  Injectable,
  type INestApplication,
  Logger,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type McpCacheHints,
  McpController,
  McpStrategy,
  Prompt,
  Resource,
  ResourceTemplate,
  StreamableHttpTransport,
  Tool,
} from '@rekog/mcp-nest';
import {
  AuthModule,
  type AuthModuleExtras,
  type AuthModuleOptions,
  type ContextReader,
  CurrentAuthentication,
  CurrentUser,
  Public,
  type RefusedEvent,
  Scopes,
  Security,
  SecurityGuard,
  type SecurityScheme,
} from 'nestjs-security';
import { mcp } from 'nestjs-security/mcp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { adapters } from '../support/adapters.js';
import {
  bearer,
  initialize,
  key,
  post,
  request,
  type RunningServer,
  startServer,
  token,
} from './mcp-application.js';

const [express] = adapters;
let running: RunningServer | undefined;
afterEach(async () => {
  await running?.app.close();
  running = undefined;
});
const start = async (
  controllers: Type[],
  auth: Partial<AuthModuleOptions & AuthModuleExtras> = {},
) => (running = await startServer(express!, { controllers, auth }));
const call = (name: string, headers = {}) =>
  post(running!.url, request('tools/call', { name, arguments: {} }), headers);
const names = async (headers = {}) => {
  const answer = await post(running!.url, request('tools/list'), headers);
  const { result } = (await answer.json()) as { result: { tools: { name: string }[] } };
  return result.tools.map(({ name }) => name);
};

@McpController()
class Undeclared {
  @Tool({ name: 'undeclared', description: '' }) undeclared() {
    return 'run';
  }
}

@McpController()
@UseGuards(SecurityGuard)
class Guarded {
  @Tool({ name: 'guarded', description: '' }) guarded() {
    return 'run';
  }
}

@McpController()
@Security(token)
class Everything {
  @Tool({ name: 'tool', description: '' }) tool() {}
  @Resource({ uri: 'a://b', name: 'resource' }) resource() {}
  @ResourceTemplate({ uriTemplate: 'a://b/{c}', name: 'template' }) @Scopes('read') template() {}
  @Prompt({ name: 'prompt', description: '' }) @Public() prompt(_sent: unknown) {}
}

/** A resource under a token beside a template that is public. */
function vaultOf(uriTemplate: string, uri: string) {
  @McpController()
  class Vault {
    @ResourceTemplate({ uriTemplate, name: 't' }) @Public() template(_sent: unknown) {}
    @Resource({ uri, name: 'r' }) @Security(token) resource() {}
  }
  return Vault;
}

@Controller()
class Messages {
  @MessagePattern('sum') sum() {}
  @EventPattern('happened') happened(_data: unknown) {}
}

it('runs on the Nest that the application is of', () => {
  expect(McpStrategy.prototype).toBeInstanceOf(Server);
});

describe('what MCP servers need to boot', () => {
  it('is a reader, where anything is required', async () => {
    await expect(start([Everything], { contexts: [] })).rejects.toThrow(
      'nobody reads the credentials of rpc calls',
    );
  });

  it("is a guard that runs: by the application's default alone none does", async () => {
    await expect(start([Undeclared], { security: token })).rejects.toThrow(
      'Undeclared.undeclared requires something that neither it nor its class declares',
    );
    await start([Guarded], { security: token });
    expect((await call('guarded')).status).toBe(401);
    expect((await call('guarded', bearer('ada'))).status).toBe(200);
  });

  it('is a name for each tool of a server', async () => {
    @McpController()
    class Other {
      @Tool({ name: 'tool', description: '' }) @Public() other() {}
    }
    await expect(start([Everything, Other])).rejects.toThrow(
      'Everything.tool and Other.other are both the tool tool of one MCP server',
    );
  });

  it.each<[string, string, string]>([
    ['vault://{id}', 'vault://secret', 'declared for the same URIs'],
    ['vault://{id}', 'other://secret', 'though of another scheme'],
    ['vault://{path*}', 'vault://a/b/c', 'by as many parts as there are'],
    ['vault://{id}{?page}', 'vault://Secret', 'whatever is queried'],
  ])('is a resource that is read: no template %s, public, before %s, %s', async (template, uri) => {
    await expect(start([vaultOf(template, uri)])).rejects.toThrow(
      `Vault.resource is never called: the template ${template} of Vault.template answers for it`,
    );
  });

  it('is a template that is read: none that answers for all of its URIs is before it', async () => {
    const twoOf = (first: string, second: string) => {
      @McpController()
      class Two {
        @ResourceTemplate({ uriTemplate: first, name: 'f' }) @Public() first(_sent: unknown) {}
        @ResourceTemplate({ uriTemplate: second, name: 's' }) @Security(token) second() {}
      }
      return start([Two]);
    };
    await expect(twoOf('a://{x}', 'b://{y}')).rejects.toThrow('Two.second is never called');
    await expect(twoOf('a://{path*}', 'a://b/{y}')).rejects.toThrow('Two.second is never called');
    await twoOf('a://b/{y}', 'a://{path*}');
    await running!.app.close();
    await twoOf('a://{x}', 'a://{path*}');
  });

  it.each<[string, string, string]>([
    ['mcp://AAA', 'mcp://aaa', 'in other letters'],
    ['mcp://one', 'mcp://one/', 'with a slash at its end'],
    ['pub://one', 'sec://one', 'of another scheme'],
    ['mcp://i/{id}', 'mcp://i/secret', 'of a pattern'],
  ])('is a resource that is read: no resource %s, public, before %s, %s', async (first, second) => {
    @McpController()
    class Two {
      @Resource({ uri: first, name: 'f' }) @Public() first(_sent: unknown) {}
      @Resource({ uri: second, name: 's' }) @Security(token) second() {}
    }
    await expect(start([Two])).rejects.toThrow(
      `Two.second is never called: the resource ${first} of Two.first answers for it`,
    );
  });

  it('is not that where both ask for nothing', async () => {
    @McpController()
    @Public()
    class Open {
      @ResourceTemplate({ uriTemplate: 'a://{x}', name: 't' }) template(_sent: unknown) {}
      @Resource({ uri: 'a://b', name: 'r' }) resource(_sent: unknown) {}
      @Resource({ uri: 'a://B', name: 'o' }) other(_sent: unknown) {}
    }
    await expect(start([Open])).resolves.toBeDefined();
  });

  it.each<[keyof McpCacheHints, boolean]>([
    ['tools/list', true],
    ['prompts/list', false],
    ['resources/list', true],
    ['resources/templates/list', true],
    ['resources/read', true],
    ['server/discover', false],
  ])('is that clients share no %s that depends on who asks: %j', async (method, depends) => {
    for (const cacheScope of ['public', 'private'] as const) {
      const cacheHints = { [method]: { cacheScope } };
      const starting = startServer(express!, { controllers: [Everything], cacheHints });
      if (depends && cacheScope === 'public') {
        await expect(starting).rejects.toThrow(`the server test: answers to ${method} depend`);
      } else {
        running = await starting;
        await running.app.close();
      }
    }
  });

  it('is a server that is named once', () => {
    const server = new McpStrategy({ name: 'notes', version: '1', transports: [], logging: false });
    mcp(server);
    expect(() => mcp(server)).toThrow('the server notes is guarded already');
  });

  it.each([[undefined], [{}], [[]], [{ options: { transports: [] } }]])(
    'is a server of the version that is known: not %j',
    (server) => {
      expect(() => mcp(server as never)).toThrow('mcp() takes an McpStrategy');
    },
  );

  it('is a transport that can be guarded', () => {
    const transport = { kind: 'streamable-http' as const, start: () => {}, close: () => {} };
    const server = new McpStrategy({ name: 'n', version: '1', transports: [transport] });
    expect(() => mcp(server)).toThrow('it was given something else');
  });
});

describe('an application with two servers', () => {
  const serverOf = (server: string | undefined) =>
    new McpStrategy({
      ...(server !== undefined && { server }),
      name: server ?? 'unnamed',
      version: '1',
      logging: false,
      transports: [new StreamableHttpTransport({ endpoint: `/${server ?? 'mcp'}` })],
    });
  const toolsOf = (server: string | undefined) => {
    @McpController(server === undefined ? undefined : { server })
    @Security(token)
    class Tools {
      @Tool({ name: `tool-${server}`, description: '' }) run(@CurrentUser() user: { id: string }) {
        return `${server} ${user.id}`;
      }
    }
    return Tools;
  };
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const boot = async (
    names: readonly [string | undefined, string],
    contextsOf: (servers: McpStrategy[]) => ContextReader[],
  ) => {
    const servers = names.map(serverOf);
    const imports = [AuthModule.forRoot({ schemes: [token], contexts: contextsOf(servers) })];
    const own = { module: class {}, imports, controllers: names.map(toolsOf) };
    app = await NestFactory.create<INestApplication>(own, express!.create(), {
      logger: false,
      abortOnError: false,
    });
    for (const strategy of servers) {
      strategy.setHttpAdapter(app.getHttpAdapter());
      app.connectMicroservice({ strategy });
    }
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  };
  const each = (servers: McpStrategy[]) => servers.map((server) => mcp(server));

  it.each<[string, [string | undefined, string], typeof each]>([
    ['both named, each in its own mcp()', ['a', 'b'], each],
    ['one of them unnamed', [undefined, 'b'], each],
    ['both in one mcp()', ['a', 'b'], (servers) => [mcp(servers)]],
  ])('serves and guards each: %s', async (_case, names, contextsOf) => {
    const url = await boot(names, contextsOf);
    for (const name of names) {
      const at = `${url}/${name ?? 'mcp'}`;
      const message = request('tools/call', { name: `tool-${name}`, arguments: {} });
      expect((await post(at, message)).status).toBe(401);
      const answer = await post(at, message, bearer('ada'));
      expect(await answer.text()).toContain(`${name} ada`);
    }
    const rows = AuthModule.audit(app!).filter(({ method }) => method === 'TOOL');
    expect(rows).toHaveLength(2);
  });

  it('does not boot where one of them that requires something is in no mcp()', async () => {
    await expect(boot(['a', 'b'], ([first]) => [mcp(first!)])).rejects.toThrow(
      'Tools.run requires something of its callers, but the MCP server that it belongs to is in no mcp()',
    );
  });
});

it('tells audits what each handler is', async () => {
  await start([Everything, Messages]);
  const rows = AuthModule.audit(running!.app);
  expect(rows.map(({ kind, method, path, access }) => [kind, method, path, access])).toStrictEqual([
    ['mcp', 'RESOURCE', 'a://b', 'protected'],
    ['mcp', 'RESOURCE TEMPLATE', 'a://b/{c}', 'protected'],
    ['mcp', 'PROMPT', 'prompt', 'public'],
    ['mcp', 'TOOL', 'tool', 'protected'],
    ['rpc', 'EVENT', 'happened', 'undeclared'],
    ['rpc', 'RPC', 'sum', 'undeclared'],
  ]);
});

describe('a tool that is registered at run time, for which no guard runs', () => {
  const register = () => {
    running!.server.registerTool({
      name: 'late',
      description: '',
      handler: () => Promise.resolve({ content: [] }),
    });
  };

  it('is open where nothing is required by default', async () => {
    await start([Undeclared]);
    register();
    expect(await names()).toContain('late');
    const answer = await call('late');
    expect(await answer.json()).toHaveProperty('result.content', []);
  });

  it.each<[string, Partial<AuthModuleOptions>]>([
    ['security', { security: token }],
    ['always', { always: token }],
    ["undeclared: 'deny'", { undeclared: 'deny' }],
    ["undeclared: 'throw'", { undeclared: 'throw' }],
  ])('is hidden and refused with %s', async (_option, auth) => {
    await start([Everything], auth);
    register();
    expect(await names(bearer('ada'))).toStrictEqual(['tool']);
    const answer = await call('late', bearer('ada'));
    expect(await answer.json()).toMatchObject({ error: { data: { statusCode: 403 } } });
  });
});

@Injectable()
class Refusals {
  readonly events: RefusedEvent[] = [];
  readonly listen = (message: unknown) => this.events.push(message as RefusedEvent);
}

it('tells those who watch refusals of each once, and of no list', async () => {
  const { events, listen } = new Refusals();
  await start([Everything]);
  subscribe('nestjs-security:refused', listen);
  try {
    await call('tool', bearer('bad'));
    await post(running!.url, initialize, bearer('bad'));
    await names(bearer('ada'));
  } finally {
    unsubscribe('nestjs-security:refused', listen);
  }
  expect(events).toStrictEqual([
    expect.objectContaining({
      kind: 'mcp',
      controller: 'Everything',
      code: 'invalid_token',
      scheme: 'Token',
    }),
    expect.objectContaining({ kind: 'mcp', controller: 'Everything', code: 'invalid_token' }),
  ]);
});

describe('a server that takes tokens', () => {
  const resource = 'https://notes.example/mcp';
  const authorizationServers = ['https://login.example'];
  const WARNING =
    'Tools.run takes tokens, but MCP clients are not told who issues them: set protectedResource in AuthModule.forRoot(), with authorizationServers';

  it.each<[string, SecurityScheme, Partial<AuthModuleOptions>, string[]]>([
    ['that nobody is told of', token, {}, [WARNING]],
    ['of no issuer', token, { protectedResource: { resource } }, [WARNING]],
    ['of none', token, { protectedResource: { resource, authorizationServers: [] } }, [WARNING]],
    ['of an issuer', token, { protectedResource: { resource, authorizationServers } }, []],
    [
      'of an issuer beside another resource',
      token,
      {
        protectedResource: [
          { resource: 'https://notes.example/api' },
          { resource, authorizationServers },
        ],
      },
      [],
    ],
    ['that are keys', key, {}, []],
  ])(
    'warns at boot, unless its clients can find who issues them: %s',
    async (_c, scheme, auth, own) => {
      @McpController()
      @Security(scheme)
      class Tools {
        @Tool({ name: 'run', description: '' }) run() {}
      }
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await start([Tools], auth);
      const warnings = warn.mock.calls.map(([message]) => String(message));
      warn.mockRestore();
      expect(warnings.filter((line) => line.includes('MCP'))).toStrictEqual(own);
    },
  );
});

it('tells clients what a tool needs as its policy does', async () => {
  await start([Everything]);
  const answer = await post(running!.url, request('tools/list'), bearer('ada'));
  expect(await answer.json()).toHaveProperty('result.tools.0._meta.securitySchemes', [
    { type: 'oauth2' },
  ]);
});

it('tells who calls to what is made for a call', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class AuditTrail {
    constructor(@Inject(CurrentAuthentication) readonly current: CurrentAuthentication) {}
  }
  @McpController()
  @Security(token)
  class Tools {
    constructor(@Inject(AuditTrail) private readonly trail: AuditTrail) {}
    @Tool({ name: 'who', description: '' }) who() {
      return `it is ${this.trail.current.of(token)!.user.id}`;
    }
  }
  running = await startServer(express!, { controllers: [Tools], providers: [AuditTrail] });
  const answers = await Promise.all(
    ['ada', 'bob'].map(async (name) => (await call('who', bearer(name))).text()),
  );
  expect(answers).toStrictEqual([
    expect.stringContaining('it is ada'),
    expect.stringContaining('it is bob'),
  ]);
});

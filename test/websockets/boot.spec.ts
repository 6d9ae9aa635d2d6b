import { Logger, type Type, UseGuards } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import {
  AbstractWsAdapter,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import {
  APIKeyHeader,
  AuthModule,
  type AuthModuleOptions,
  type ContextReader,
  CurrentUser,
  Public,
  Scopes,
  Security,
  SecurityGuard,
} from 'nestjs-security';
import { ConnectionGuard, keepHandshakes, webSockets } from 'nestjs-security/websockets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../microservices/free-port.js';
import { adapters, createApp } from '../support/adapters.js';
import { SendsExceptions, socketIO, transports, ws } from './clients.js';

const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (sent) => (sent === 'good' ? { user: 'ada' } : null),
});

@WebSocketGateway()
class Protected {
  @SubscribeMessage('me') @Security(key) me(@CurrentUser() user: string) {
    return { event: 'answer', data: user };
  }
}

@WebSocketGateway()
class Open {
  @SubscribeMessage('me') @Public() me(@CurrentUser() user: string | null) {
    return { event: 'answer', data: { user } };
  }
}

@WebSocketGateway()
class Undeclared {
  @SubscribeMessage('me') me() {
    return { event: 'answer', data: 'all' };
  }
}

@WebSocketGateway()
@SendsExceptions()
@UseGuards(SecurityGuard)
class Guarded {
  @SubscribeMessage('me') me(@CurrentUser() user: string) {
    return { event: 'answer', data: user };
  }
}

interface Boot {
  readonly gateway: Type;
  readonly adapter?: (app: INestApplication) => AbstractWsAdapter;
  readonly options?: AuthModuleOptions;
  readonly contexts?: ContextReader[];
  readonly guard?: boolean;
  readonly others?: Type[];
}

const boot = ({
  gateway,
  adapter,
  options,
  contexts = [webSockets()],
  guard = false,
  others = [],
}: Boot) =>
  createApp(
    adapters[0]!,
    {
      imports: [AuthModule.forRoot({ schemes: [key], contexts, ...options })],
      providers: [gateway, ...others, ...(guard ? [ConnectionGuard] : [])],
    },
    (app) => adapter && app.useWebSocketAdapter(adapter(app)),
  );

class OwnAdapter extends AbstractWsAdapter {
  create = () => undefined as never;
  override bindClientConnect = () => undefined;
  bindMessageHandlers = () => undefined;
}

describe('an application with a gateway that requires something', () => {
  it.each<[string, Boot, string]>([
    [
      'the adapter of ws is not wrapped',
      { gateway: Protected, adapter: (app) => new WsAdapter(app) },
      'Protected.me requires something of its callers, but WsAdapter does not keep the handshake requests of its clients: call app.useWebSocketAdapter(keepHandshakes(new WsAdapter(app)))',
    ],
    [
      'an adapter that nobody knows is not wrapped',
      { gateway: Protected, adapter: () => new OwnAdapter() },
      'OwnAdapter does not keep the handshake requests',
    ],
    ['nobody reads messages', { gateway: Protected, contexts: [] }, 'nobody reads'],
    [
      'its requirement is the default alone, for which no guard runs everywhere',
      { gateway: Undeclared, options: { security: key } },
      'Undeclared.me requires something that neither it nor its class declares',
    ],
    [
      'it declares nothing and undeclared is deny',
      { gateway: Undeclared, options: { undeclared: 'deny' } },
      "Undeclared.me declares no requirement, and undeclared: 'deny' cannot refuse its callers, because Nest runs no global guards for gateways everywhere: add @Security(...), @Public() or @UseGuards(SecurityGuard) to Undeclared",
    ],
    [
      'it declares nothing and undeclared is throw',
      { gateway: Undeclared, options: { undeclared: 'throw' } },
      'Undeclared.me declares no requirement: add @Security(...) or @Public()',
    ],
  ])('does not boot where %s', async (_case, application, message) => {
    await expect(boot(application)).rejects.toThrow(message);
  });

  it.each<[string, NonNullable<Boot['adapter']>]>([
    ['the wrapped adapter of ws', (app) => keepHandshakes(new WsAdapter(app))],
    ['one that is wrapped twice', (app) => keepHandshakes(keepHandshakes(new WsAdapter(app)))],
    ['a wrapped subclass', (app) => keepHandshakes(new (class Own extends WsAdapter {})(app))],
  ])('boots on ws with %s', async (_case, adapter) => {
    const { app, url } = await boot({ gateway: Protected, adapter });
    const client = await ws.connect(url, { headers: { 'X-API-Key': 'good' } });
    expect(await client.ask('me')).toEqual({ event: 'answer', data: 'ada' });
    client.close();
    await app.close();
  });

  it.each<[string, Boot['adapter']]>([
    ['no adapter at all', undefined],
    ['its adapter', (app) => new IoAdapter(app)],
    ['its adapter, wrapped', (app) => keepHandshakes(new IoAdapter(app))],
    ['a subclass', (app) => new (class Own extends IoAdapter {})(app)],
  ])('boots on socket.io with %s', async (_case, adapter) => {
    const { app, url } = await boot({ gateway: Protected, ...(adapter && { adapter }) });
    const client = await socketIO.connect(url, { headers: { 'X-API-Key': 'good' } });
    expect(await client.ask('me')).toEqual({ event: 'answer', data: 'ada' });
    client.close();
    await app.close();
  });

  it.each(transports)('boots on $name with the guard on its class', async (transport) => {
    const application = { gateway: Guarded, options: { security: key } };
    const { app, url } = await boot({
      ...application,
      adapter: (app) => transport.adapter(app) as AbstractWsAdapter,
    });
    const client = await transport.connect(url);
    expect(await client.ask('me')).toMatchObject({
      event: 'exception',
      data: { statusCode: 401, error: 'not_authenticated' },
    });
    client.close();
    await app.close();
  });

  it('lets an open gateway of ws do without its requests', async () => {
    const { app, url } = await boot({ gateway: Open, adapter: (app) => new WsAdapter(app) });
    const client = await ws.connect(url);
    expect(await client.ask('me')).toEqual({ event: 'answer', data: { user: null } });
    client.close();
    await app.close();
  });

  it('has a row in the audit', async () => {
    const { app } = await boot({ gateway: Protected });
    expect(AuthModule.audit(app)).toMatchObject([
      { kind: 'ws', method: 'MESSAGE', path: '"me"', access: 'protected' },
      { kind: 'ws', method: 'CONNECT', access: 'undeclared' },
    ]);
    await app.close();
  });

  it('says that a user in place of its guard is delivered in HTTP alone', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const imports = [AuthModule.forRoot({ schemes: [key], contexts: [webSockets()] })];
    const module = await Test.createTestingModule({ imports, providers: [Protected] })
      .overrideGuard(SecurityGuard)
      .useValue({ canActivate: () => true })
      .compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const client = await socketIO.connect(await app.getUrl());
    expect(await client.ask('me')).toMatchObject({ event: 'exception' });
    client.close();
    await app.close();
    expect(String(error.mock.calls)).toContain(
      'Protected.me uses @CurrentUser() but SecurityGuard has not run. Where nothing is required of its callers, declare @Security(...); where a test replaced the guard, act as a user with overrideScheme() instead: what a replacement sets is delivered in HTTP alone',
    );
    error.mockRestore();
  });

  it.each<[string, () => unknown, string]>([
    ['an origin with a path', () => webSockets({ origins: ['https://a.test/x'] }), 'origins'],
    ['an origin without a scheme', () => webSockets({ origins: ['a.test'] }), 'origins'],
    ['a wildcard', () => webSockets({ origins: ['*'] }), 'origins'],
    [
      'origins that are no list',
      () => webSockets({ origins: 'https://a.test' as never }),
      'origins',
    ],
    ['a negative maxAge', () => webSockets({ maxAge: -1 }), 'maxAge'],
    ['an endless maxAge', () => webSockets({ maxAge: Infinity }), 'maxAge'],
    ['a maxAge of text', () => webSockets({ maxAge: '5' as never }), 'maxAge'],
  ])('refuses %s', (_case, make, option) => {
    expect(make).toThrow(`webSockets(): ${option} must`);
  });
});

describe('an application whose connections are protected', () => {
  const protecting = (
    gatewayOptions: object,
    decorators: ClassDecorator[],
    {
      server = (given) => given,
      gateway,
      port = 0,
    }: {
      server?: (given: { server?: object }) => object | null;
      gateway?: Type | null;
      port?: number;
    } = {},
  ) => {
    @WebSocketGateway(port, gatewayOptions)
    class Gateway {
      constructor(readonly connections: ConnectionGuard) {}
      afterInit(given: object) {
        const own = gateway === undefined ? Gateway : gateway;
        this.connections.protect(server(given)!, own!);
      }
      @SubscribeMessage('me') @Public() me() {}
    }
    Reflect.defineMetadata('design:paramtypes', [ConnectionGuard], Gateway);
    decorators.forEach((decorate) => decorate(Gateway));
    return Gateway;
  };

  it.each<[string, () => Type, string, ContextReader[]?]>([
    [
      'its gateway requires nothing',
      () => protecting({}, []),
      'requires nothing of clients that connect',
    ],
    [
      'its gateway is public',
      () => protecting({}, [Public()]),
      'requires nothing of clients that connect',
    ],
    [
      'clients come back unasked',
      () => protecting({ connectionStateRecovery: {} }, [Security(key)]),
      'connectionStateRecovery',
    ],
    [
      'they do so in a namespace',
      () => protecting({ namespace: 'a', connectionStateRecovery: {} }, [Security(key)]),
      'connectionStateRecovery',
    ],
    [
      'the server is none',
      () => protecting({}, [Security(key)], { server: () => ({}) }),
      'neither of socket.io nor of ws',
    ],
    [
      'there is no server',
      () => protecting({}, [Security(key)], { server: () => null }),
      'ConnectionGuard.protect(server, Gateway): there is no server: pass the one that afterInit() receives',
    ],
    [
      'no gateway is named',
      () => protecting({}, [Security(key)], { gateway: null }),
      'ConnectionGuard.protect() needs the class of a gateway: protect(server, ChatGateway)',
    ],
    [
      'the gateway is no provider',
      () => protecting({}, [Security(key)], { gateway: Protected }),
      'Protected is no provider of the application',
    ],
    ['nobody reads connections', () => protecting({}, [Security(key)]), 'add webSockets()', []],
  ])('does not boot where %s', async (_case, gateway, message, contexts) => {
    await expect(
      boot({ gateway: gateway(), guard: true, ...(contexts && { contexts }) }),
    ).rejects.toThrow(message);
  });

  type Port = 'x' | 'y' | 0;
  const at = (options: object, port = 0): Type => {
    @WebSocketGateway(port, options)
    @Security(key)
    class Other {
      @SubscribeMessage('me') me() {}
    }
    return Other;
  };
  class Prefixing extends IoAdapter {
    override create(port: number, options: Parameters<IoAdapter['create']>[1]) {
      return super.create(port, { ...options!, namespace: `/v1/${options!.namespace}` });
    }
  }
  const wrapped = (app: INestApplication) => keepHandshakes(new WsAdapter(app));
  const parent = ({ server }: { server?: object }) => server!;

  it.each<[string, object, object, string, Boot['adapter']?]>([
    [
      'namespace',
      { namespace: 'x' },
      { namespace: 'y' },
      'the server is the namespace "/x", and that of Other is "/y"',
    ],
    ['main namespace', {}, { namespace: 'y' }, 'is the namespace "/", and that of Other is "/y"'],
    ['own namespace', { namespace: '/x' }, {}, 'is the namespace "/x", and that of Other is "/"'],
    [
      'dynamic namespace',
      { namespace: /^\/x/ },
      { namespace: 'y' },
      'is the namespace "/_0", and that of Other is "/y"',
    ],
    ['path of socket.io', { path: '/x' }, { path: '/y/' }, 'path "/x", and that of Other is "/y"'],
    ['path', { path: '/x' }, { path: 'y/' }, 'path "/x", and that of Other is "/y"', wrapped],
    ['only path', {}, { path: '/y' }, 'is the path "/", and that of Other is "/y"', wrapped],
  ])('does not boot where another is named than that of the %s', async (...row) => {
    const [, own, other, message, adapter] = row;
    const named = at(other);
    const gateway = protecting(own, [Security(key)], { gateway: named });
    const application = { gateway, others: [named], guard: true, ...(adapter && { adapter }) };
    const whole = `${message}: call protect(server, Other) in afterInit() of Other, with what that is given`;
    await expect(boot(application)).rejects.toThrow(whole);
  });

  it.each<[string, Port, Port, object, string, Boot['adapter']?]>([
    ['port of socket.io', 'x', 'y', {}, 'on port X, and that of Other on port Y'],
    [
      'port of its namespace',
      'x',
      'y',
      { namespace: 'a' },
      'on port X, and that of Other on port Y',
    ],
    ['port', 'x', 'y', {}, 'on port X, and that of Other on port Y', wrapped],
    ['port of a path', 'x', 'y', { path: '/a' }, 'on port X, and that of Other on port Y', wrapped],
    ['application', 0, 'y', {}, 'on the port of the application, and that of Other on port Y'],
    ['port', 'x', 0, {}, 'on port X, and that of Other on the port of the application'],
    ['path', 0, 'y', { path: '/a' }, 'on the port of the application, and that of', wrapped],
  ])('does not boot where another port is named than that of the %s', async (...row) => {
    const [, own, other, options, message, adapter] = row;
    const ports = { x: await freePort(), y: await freePort(), 0: 0 };
    const named = at(options, ports[other]);
    const gateway = protecting(options, [Security(key)], { gateway: named, port: ports[own] });
    const application = { gateway, others: [named], guard: true, ...(adapter && { adapter }) };
    const whole = message.replace('X', String(ports.x)).replace('Y', String(ports.y));
    await expect(boot(application)).rejects.toThrow(`the server listens ${whole}`);
  });

  let elsewhere: number;
  class Moving extends IoAdapter {
    override createIOServer(...[port, options]: Parameters<IoAdapter['createIOServer']>) {
      return super.createIOServer(port && elsewhere, options);
    }
  }

  class Joining extends IoAdapter {
    override createIOServer(...[, options]: Parameters<IoAdapter['createIOServer']>) {
      return super.createIOServer(0, options);
    }
  }

  it.each<[string, object, Boot['adapter']?]>([
    ['of its own', {}],
    ['of its own, with a namespace', { namespace: 'a' }],
    ['of its own, on ws', {}, wrapped],
    ['of its own, with a path on ws', { path: '/a' }, wrapped],
    ['that an adapter moves', {}, (app) => new Moving(app)],
    ['and an adapter has but one', { namespace: 'a' }, (app) => new Joining(app)],
  ])('boots where its gateway has a port %s', async (_case, options, adapter) => {
    const others = [at({})];
    elsewhere = await freePort();
    const gateway = protecting(options, [Security(key)], { port: await freePort() });
    const { app } = await boot({ gateway, others, guard: true, ...(adapter && { adapter }) });
    const connection = { method: 'CONNECT', controller: 'Gateway', access: 'protected' };
    expect(AuthModule.audit(app)).toContainEqual(expect.objectContaining(connection));
    await app.close();
  });

  it.each<[string, object]>([
    ['a namespace', { namespace: 'x' }],
    ['a dynamic namespace', { namespace: /^\/x/ }],
  ])('does not boot where the server of %s is protected in its place', async (_case, options) => {
    const gateway = protecting(options, [Security(key)], { server: parent });
    await expect(boot({ gateway, guard: true })).rejects.toThrow('the server is the namespace "/"');
  });

  it('does not boot where one client’s namespace is protected in place of a dynamic one', async () => {
    const child = (given: { server?: { of(name: string): object } }) => given.server!.of('/x1');
    const gateway = protecting({ namespace: /^\/x/ }, [Security(key)], { server: child as never });
    await expect(boot({ gateway, guard: true })).rejects.toThrow(
      'the server is the namespace "/x1"',
    );
  });

  it('refuses what it cannot protect each time it is told to, once it has started', async () => {
    const gateway = protecting({}, [Security(key)]);
    const { app } = await boot({ gateway, guard: true });
    const server = {};
    const protect = () => app.get(ConnectionGuard).protect(server, gateway);
    expect(protect).toThrow('neither of socket.io nor of ws');
    expect(protect).toThrow('neither of socket.io nor of ws');
    await app.close();
  });

  it.each<[string, object, Boot['adapter']?]>([
    ['the main namespace', { namespace: '/' }],
    ['a namespace', { namespace: 'x' }],
    ['a namespace with a slash and a path', { namespace: '/x', path: '/y/' }],
    ['a dynamic namespace', { namespace: /^\/x/ }],
    ['a path without a slash', { path: 'y/' }, wrapped],
    ['every path', { path: '' }, wrapped],
    ['a port', { path: 'y' }, () => keepHandshakes(new WsAdapter())],
    ['a namespace that an adapter prefixes', { namespace: 'x' }, (app) => new Prefixing(app)],
  ])('boots where its gateway is at %s', async (_case, options, adapter) => {
    const gateway = protecting(options, [Security(key)]);
    const { app } = await boot({ gateway, guard: true, ...(adapter && { adapter }) });
    expect(AuthModule.audit(app)).toMatchObject([{ method: 'CONNECT' }, { method: 'MESSAGE' }]);
    await app.close();
  });
});

const unprotected: [string, () => Type][] = [
  [
    'whose class requires something and which greets them',
    () => {
      @WebSocketGateway()
      @Security(key)
      class Lobby {
        handleConnection() {}
        @SubscribeMessage('me') me() {}
      }
      return Lobby;
    },
  ],
  [
    'whose class requires something and which sets its server up',
    () => {
      @WebSocketGateway()
      @Security(key)
      class Lobby {
        afterInit() {}
        @SubscribeMessage('me') me() {}
      }
      return Lobby;
    },
  ],
  [
    'whose base class requires something',
    () => {
      @Security(key)
      class Room {
        handleConnection() {}
        @SubscribeMessage('me') me() {}
      }
      @WebSocketGateway()
      class Lobby extends Room {}
      return Lobby;
    },
  ],
];

const withProperty = (name: string, value: unknown = () => undefined): Type => {
  @WebSocketGateway()
  @Security(key)
  class Lobby {
    constructor() {
      Object.assign(this, { [name]: value });
    }
    @SubscribeMessage('me') me() {}
  }
  return Lobby;
};

unprotected.push(
  ['which greets them by a property', () => withProperty('handleConnection')],
  ['which sets its server up by a property', () => withProperty('afterInit')],
  [
    'which sends something to everybody',
    () => {
      @WebSocketGateway()
      @Security(key)
      class Lobby {
        @WebSocketServer() readonly server: unknown;
        @SubscribeMessage('me') me() {}
      }
      return Lobby;
    },
  ],
  [
    'whose base class sends something to everybody',
    () => {
      class Room {
        @WebSocketServer() readonly server: unknown;
      }
      @WebSocketGateway()
      @Security(key)
      class Lobby extends Room {
        @SubscribeMessage('me') me() {}
      }
      return Lobby;
    },
  ],
);

/** What they require can be meant for nobody but those who connect. */
const meant: [string, () => Type][] = [
  [
    'whose method for them requires something',
    () => {
      @WebSocketGateway()
      class Lobby {
        @Security(key) handleConnection() {}
        @SubscribeMessage('me') @Public() me() {}
      }
      return Lobby;
    },
  ],
  [
    'whose method for them asks for a scope more',
    () => {
      @WebSocketGateway()
      @Security(key)
      class Lobby {
        @Scopes('enter') handleConnection() {}
        @SubscribeMessage('me') me() {}
      }
      return Lobby;
    },
  ],
  [
    'whose base class has that method',
    () => {
      class Room {
        @Security(key) handleConnection() {}
      }
      @WebSocketGateway()
      class Lobby extends Room {
        @SubscribeMessage('me') @Public() me() {}
      }
      return Lobby;
    },
  ],
  [
    'which takes no messages, and sends something to everybody',
    () => {
      @WebSocketGateway()
      @Security(key)
      class Lobby {
        @WebSocketServer() readonly server: unknown;
      }
      return Lobby;
    },
  ],
  [
    'which takes no messages, and has no hook',
    () => {
      @WebSocketGateway()
      @Security(key)
      class Lobby {}
      return Lobby;
    },
  ],
  [
    'which takes no messages, and is told of those who leave',
    () => {
      @WebSocketGateway()
      @Security(key)
      class Lobby {
        handleDisconnect() {}
      }
      return Lobby;
    },
  ],
];

const ANYBODY =
  'Anybody may connect to Lobby, because Nest runs no guards for connections: inject ConnectionGuard of nestjs-security/websockets and call its protect(server, Lobby) in afterInit(), or put @Public() on handleConnection()';

describe('an application to whose gateway anybody may connect', () => {
  afterEach(() => vi.restoreAllMocks());

  const warningsOf = async (gateway: Type, guard = false) => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { app } = await boot({ gateway, guard });
    const connections = AuthModule.audit(app).filter(({ method }) => method === 'CONNECT');
    await app.close();
    const texts = warn.mock.calls.map(([text]) => String(text));
    return { warnings: texts.filter((text) => text.startsWith('Anybody')), connections };
  };

  it.each(unprotected)('is warned of one %s', async (_case, gateway) => {
    expect(await warningsOf(gateway())).toMatchObject({
      warnings: [ANYBODY],
      connections: [{ controller: 'Lobby', access: 'undeclared', requirement: 'none' }],
    });
  });

  it.each(unprotected)(
    'is warned of one %s, whether or not it could ask',
    async (_case, gateway) => {
      expect(await warningsOf(gateway(), true)).toMatchObject({
        warnings: [ANYBODY],
        connections: [{ controller: 'Lobby', access: 'undeclared', scopes: [] }],
      });
    },
  );

  it.each(meant)('does not boot with one %s, whether or not it could ask', async (_, gateway) => {
    for (const guard of [true, false]) {
      await expect(boot({ gateway: gateway(), guard })).rejects.toThrow(ANYBODY);
    }
  });

  it.each<[string, AuthModuleOptions]>([
    ['undeclared is throw', { undeclared: 'throw' }],
    ['there is a default', { security: key }],
  ])('does not boot where %s', async (_case, options) => {
    for (const [, gateway] of unprotected) {
      await expect(boot({ gateway: gateway(), options })).rejects.toThrow(ANYBODY);
    }
  });

  const ofGuardedMessages = (): Type => {
    @WebSocketGateway()
    class Lobby {
      handleConnection() {}
      @SubscribeMessage('me') @Security(key) me() {}
    }
    return Lobby;
  };
  const DECLARE = ANYBODY.replace('inject', 'put @Security(...) on Lobby, inject');

  it('is warned of one whose messages alone require something', async () => {
    const { warnings } = await warningsOf(ofGuardedMessages());
    expect(warnings).toStrictEqual([DECLARE]);
    const options: AuthModuleOptions = { undeclared: 'throw' };
    await expect(boot({ gateway: ofGuardedMessages(), options })).rejects.toThrow(DECLARE);
  });

  it('does not boot where everything has to be declared, and the connections are not', async () => {
    @WebSocketGateway()
    class Lobby {
      handleConnection() {}
    }
    const options: AuthModuleOptions = { undeclared: 'throw' };
    await expect(boot({ gateway: Lobby, options })).rejects.toThrow(DECLARE);
    expect(await warningsOf(Lobby)).toMatchObject({ warnings: [] });
  });

  it('is not told of @Public(), which helps nothing where something is always required', async () => {
    @WebSocketGateway()
    @Security(key)
    class Lobby {
      @Public() handleConnection() {}
      @SubscribeMessage('me') me() {}
    }
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { app } = await boot({ gateway: Lobby, options: { always: key } });
    await app.close();
    const texts = warn.mock.calls.map(([text]) => String(text));
    expect(texts).toContain(ANYBODY.replace(', or put @Public() on handleConnection()', ''));
  });

  it('says nothing of one that requires nothing, or says that it is public', async () => {
    @WebSocketGateway()
    @Security(key)
    class Lobby {
      @Public() handleConnection() {}
      @SubscribeMessage('me') me() {}
    }
    for (const gateway of [Lobby, Open, Undeclared]) {
      expect(await warningsOf(gateway)).toStrictEqual({ warnings: [], connections: [] });
    }
  });

  // Its messages may still send something to every client, which cannot be seen.
  it('is not warned of one that is seen to do nothing with them, but finds it in the audit', async () => {
    for (const gateway of [Protected, withProperty('handleConnection', null)]) {
      expect(await warningsOf(gateway)).toMatchObject({
        warnings: [],
        connections: [{ access: 'undeclared', requirement: 'none' }],
      });
    }
  });

  it.each<[string, object, string]>([
    ['/', {}, '/'],
    ['a namespace', { namespace: 'chat' }, 'chat'],
  ])('has a row of those that are asked for at %s', async (_case, options, path) => {
    @WebSocketGateway(options)
    @Security(key)
    class Lobby {
      constructor(readonly connections: ConnectionGuard) {}
      afterInit(server: object) {
        this.connections.protect(server, Lobby);
      }
      @Scopes('enter') handleConnection() {}
    }
    Reflect.defineMetadata('design:paramtypes', [ConnectionGuard], Lobby);
    expect(await warningsOf(Lobby, true)).toStrictEqual({
      warnings: [],
      connections: [
        {
          kind: 'ws',
          method: 'CONNECT',
          path,
          controller: 'Lobby',
          handler: 'handleConnection',
          access: 'protected',
          requirement: 'Key',
          scopes: ['enter'],
          source: 'Lobby',
        },
      ],
    });
  });

  it.each([
    ['does not boot where', false],
    ['boots where not', true],
  ])('in a microservice, whose gateways Nest sets up too, %s', async (_what, protects) => {
    @WebSocketGateway(await freePort())
    @Security(key)
    class Lobby {
      constructor(readonly connections: ConnectionGuard) {}
      afterInit(server: object) {
        if (protects) this.connections.protect(server, Lobby);
      }
      handleConnection() {}
    }
    Reflect.defineMetadata('design:paramtypes', [ConnectionGuard], Lobby);
    const imports = [AuthModule.forRoot({ schemes: [key], contexts: [webSockets()] })];
    const module = { module: class {}, imports, providers: [Lobby, ConnectionGuard] };
    // Nest sets up the gateways before its hooks, or after them.
    for (const isInitialised of [false, true]) {
      const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: 0 },
        logger: false,
        abortOnError: false,
      });
      app.useWebSocketAdapter(keepHandshakes(new IoAdapter()));
      if (isInitialised) await app.init();
      const message: unknown = await app.listen().catch((error: Error) => error.message);
      await app.close();
      expect(message).toBe(protects ? undefined : ANYBODY);
    }
  });

  it('is audited before it is up by what it could ask for', async () => {
    const audit = async (gateway: Type, providers: Type[]) => {
      const imports = [AuthModule.forRoot({ schemes: [key], contexts: [webSockets()] })];
      const app = await NestFactory.createApplicationContext(
        { module: class {}, imports, providers: [gateway, ...providers] },
        { logger: false, abortOnError: false },
      );
      const rows = AuthModule.audit(app).map(({ method, access, guards = [] }) => [
        method,
        access,
        ...guards,
      ]);
      await app.close();
      return rows;
    };
    const lobby = unprotected[1]![1]();
    const connections = async (gateway: Type, providers: Type[]) =>
      (await audit(gateway, providers)).filter(([method]) => method === 'CONNECT');
    const open = ['CONNECT', 'undeclared'];
    expect(await connections(lobby, [ConnectionGuard])).toEqual([[...open, 'ConnectionGuard']]);
    expect(await connections(lobby, [])).toEqual([open]);
    expect(await connections(Protected, [ConnectionGuard])).toEqual([open]);
    expect(await connections(Open, [ConnectionGuard])).toEqual([]);
  });
});

import type { AddressInfo, Server } from 'node:net';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  type Provider,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, NestFactory, REQUEST } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  Transport,
} from '@nestjs/microservices';
import {
  AuthModule,
  type AuthModuleExtras,
  type AuthModuleOptions,
  ConfigurationError,
  SecurityGuard,
} from 'nestjs-security';
import { ResolveReference, Resolver } from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { key, withKey } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { answerTo } from '../support/answer.js';
import { nestMajor } from '../support/nest-major.js';
import { socketIO } from '../websockets/clients.js';

/** The users that guards found, in the order in which they ran. */
let ran: string[];

function recorded(name: string): new () => CanActivate {
  return class implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const { user } = context.getArgByIndex<{ user?: unknown }>(0);
      ran.push(`${name}: ${String(user)}`);
      return name !== 'Roles' || user === 'admin';
    }
  };
}

const Roles = recorded('Roles');
const Throttler = recorded('Throttler');
const Logging = recorded('Logging');

@Injectable({ scope: Scope.REQUEST })
class ScopedRoles extends Roles {
  constructor(@Inject(REQUEST) readonly request: object) {
    super();
  }
}

@Controller()
class Routes {
  @Get() find() {
    return 'ok';
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@Controller('per-request')
class ScopedRoutes {
  constructor(@Inject(PerRequest) readonly perRequest: PerRequest) {}
  @Get() find() {
    return 'ok';
  }
}

const asGuard = (useClass: new (...args: never[]) => CanActivate): Provider => ({
  provide: APP_GUARD,
  useClass: useClass as never,
});

const auth = (options: AuthModuleOptions & Partial<AuthModuleExtras> = {}) =>
  AuthModule.forRoot({ schemes: [key], security: key, ...options });

@Module({ providers: [asGuard(Roles)] })
class RolesModule {}

interface Registration {
  module: object;
  configure?: (app: INestApplication) => unknown;
}
const controllers = [Routes, ScopedRoutes];
const common = { controllers, providers: [PerRequest] };

const registrations: [where: string, registration: Registration][] = [
  [
    'APP_GUARD of AppModule',
    { module: { ...common, imports: [auth()], providers: [PerRequest, asGuard(Roles)] } },
  ],
  [
    'APP_GUARD of a module imported earlier',
    { module: { ...common, imports: [RolesModule, auth()] } },
  ],
  [
    'APP_GUARD of a module imported later',
    { module: { ...common, imports: [auth(), RolesModule] } },
  ],
  [
    'useGlobalGuards()',
    {
      module: { ...common, imports: [auth()] },
      configure: (app) => app.useGlobalGuards(new Roles()),
    },
  ],
  [
    'a request-scoped APP_GUARD',
    { module: { ...common, imports: [auth()], providers: [PerRequest, asGuard(ScopedRoles)] } },
  ],
  [
    "beside the application's own SecurityGuard",
    {
      module: {
        ...common,
        imports: [auth()],
        providers: [PerRequest, asGuard(Roles), asGuard(SecurityGuard)],
      },
    },
  ],
];

let running: RunningApp | undefined;
beforeEach(() => {
  ran = [];
});
afterEach(async () => {
  await running?.app.close();
  running = undefined;
});

describe.each(adapters)('global guards on $name', (adapter) => {
  const statusOf = async (path: string, ...headers: [string, string][]) =>
    (await answerTo(running!.url, { path, headers })).status;

  describe.each(registrations)('registered by %s', (_where, { module, configure }) => {
    beforeEach(async () => {
      running = await createApp(adapter, module, configure);
    });

    it.each(['/', '/per-request'])('find the user of %s', async (path) => {
      expect(await statusOf(path, withKey('admin'))).toBe(200);
      expect(await statusOf(path, withKey('jane'))).toBe(403);
      expect(ran).toStrictEqual(['Roles: admin', 'Roles: jane']);
    });

    it.each(['/', '/per-request'])('are not asked about a refused request to %s', async (path) => {
      expect(await statusOf(path)).toBe(401);
      expect(ran).toStrictEqual([]);
    });
  });

  it.each<[string, Registration]>([
    [
      'APP_GUARD',
      {
        module: {
          controllers,
          imports: [auth({ guardsBefore: [Throttler, Logging] })],
          providers: [PerRequest, asGuard(Roles), asGuard(Logging), asGuard(Throttler)],
        },
      },
    ],
    [
      'useGlobalGuards()',
      {
        module: { ...common, imports: [auth({ guardsBefore: [Throttler, Logging] })] },
        configure: (app) => app.useGlobalGuards(new Roles(), new Logging(), new Throttler()),
      },
    ],
  ])(
    'run before it, in their order, where guardsBefore names them: %s',
    async (_by, registration) => {
      running = await createApp(adapter, registration.module, registration.configure);
      expect(await statusOf('/')).toBe(401);
      expect(ran).toStrictEqual(['Throttler: undefined', 'Logging: undefined']);
      ran = [];
      expect(await statusOf('/', withKey('admin'))).toBe(200);
      expect(ran).toStrictEqual(['Throttler: undefined', 'Logging: undefined', 'Roles: admin']);
    },
  );

  it.each([
    [Throttler, [], 'which is no global guard: register it as APP_GUARD or by useGlobalGuards()'],
    [
      ScopedRoles,
      [asGuard(ScopedRoles)],
      'which is made per request, so that Nest runs it after all other global guards: make it a singleton',
    ],
  ])('does not boot where guardsBefore cannot be had: %o', async (guard, providers, message) => {
    const imports = [auth({ guardsBefore: [guard] })];
    await expect(createApp(adapter, { imports, providers })).rejects.toThrow(
      new ConfigurationError(`AuthModule.forRoot(): guardsBefore names ${guard.name}, ${message}`),
    );
  });

  it('does not boot where something takes it out of the list', async () => {
    const configure = (app: INestApplication) =>
      Reflect.set(Reflect.get(app, 'config') as object, 'getGlobalGuards', () => []);
    await expect(createApp(adapter, { imports: [auth()] }, configure)).rejects.toThrow(
      new ConfigurationError(
        'SecurityGuard is not among the global guards of the application: let AuthModule.forRoot() register it as APP_GUARD',
      ),
    );
  });

  it.each([
    ['a name', ['Throttler']],
    ['an instance', [new Throttler()]],
    ['no list', Throttler],
  ])('does not boot where guardsBefore holds %s', async (_what, guardsBefore) => {
    const imports = [auth({ guardsBefore: guardsBefore as never })];
    await expect(createApp(adapter, { imports })).rejects.toThrow(
      new ConfigurationError(
        'AuthModule.forRoot(): guardsBefore must list classes of guards, such as [ThrottlerGuard]',
      ),
    );
  });
});

describe('global guards of messages', () => {
  @Controller()
  @UseGuards(SecurityGuard)
  class Messages {
    @Get() find() {
      return 'ok';
    }
    @MessagePattern('find') message() {
      return 'ok';
    }
  }

  const contexts = [{ type: 'rpc', read: () => undefined }];

  @Module({
    imports: [auth({ contexts })],
    controllers: [Messages],
    providers: [asGuard(Roles)],
  })
  class AppModule {}

  const transport = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;
  let client: ClientProxy | undefined;
  afterEach(() => client?.close());

  it('run after it in a hybrid application too, which registers messages before it boots', async () => {
    const app = await NestFactory.create<INestApplication>(AppModule, adapters[0]!.create(), {
      logger: false,
      abortOnError: false,
    });
    const microservice = app.connectMicroservice(transport, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };
    const { port } = microservice.unwrap<Server>().address() as AddressInfo;
    client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    await expect(firstValueFrom(client.send('find', {}))).rejects.toBeDefined();
    // A message that the guard refuses reaches no guard that stands behind it.
    expect(ran).toStrictEqual([]);
  });
});

describe('another global guard, where nothing is declared', () => {
  class Denying implements CanActivate {
    canActivate(): never {
      throw new ForbiddenException();
    }
  }

  @Controller()
  class Both {
    @Get() find() {
      return 'ok';
    }
    @MessagePattern('find') @UseGuards(Throttler) message() {
      return 'open';
    }
  }

  @WebSocketGateway()
  class Gateway {
    @SubscribeMessage('say') say() {
      return { event: 'said', data: 'open' };
    }
  }

  @Resolver('Item')
  @UseGuards(Throttler)
  class References {
    @ResolveReference() of() {}
  }

  const runsForGateways = nestMajor > 11;

  it.each([
    ['a hybrid application', false],
    ['one whose messages inherit it', true],
  ])('is named for what Nest runs it for, in %s', async (_, inheritAppConfig) => {
    const warnings: string[] = [];
    const logger = { log() {}, error() {}, warn: (text: string) => warnings.push(text) };
    const module = class AppModule {};
    const app = await NestFactory.create<INestApplication>(
      {
        module,
        imports: [AuthModule.forRoot({ schemes: [] })],
        controllers: [Both],
        providers: [Gateway, References, asGuard(Denying)],
      },
      adapters[0]!.create(),
      { logger, abortOnError: false },
    );
    const microservice = app.connectMicroservice(
      { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
      { inheritAppConfig },
    );
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };

    const named = AuthModule.audit(app).map(({ handler, guards = [] }) => [handler, ...guards]);
    expect(
      Object.fromEntries(named.map(([handler, ...guards]) => [handler, guards])),
    ).toStrictEqual({
      find: ['Denying'],
      message: [...(inheritAppConfig ? ['Denying'] : []), Throttler.name],
      say: runsForGateways ? ['Denying'] : [],
      of: [],
    });
    const denying = ' (except for Denying)';
    expect(warnings.filter((text) => text.startsWith('Open'))).toStrictEqual([
      expect.stringContaining(
        `Open, because nothing is declared: Both.find${denying}, Both.message (except for ${inheritAppConfig ? 'Denying and ' : ''}${Throttler.name}), Gateway.say${runsForGateways ? denying : ''}, References.of.`,
      ),
    ]);

    const { port } = microservice.unwrap<Server>().address() as AddressInfo;
    const options = { host: '127.0.0.1', port };
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    const answer = await firstValueFrom(client.send('find', {})).catch(() => 'denied');
    expect(answer).toBe(inheritAppConfig ? 'denied' : 'open');
    await client.close();
    const socket = await socketIO.connect(running.url);
    expect((await socket.ask('say')).event).toBe(runsForGateways ? 'exception' : 'said');
    socket.close();
  });

  it('is named for no gateway where it is made per request', async () => {
    running = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [] })],
      controllers: [Routes],
      providers: [Gateway, asGuard(ScopedRoles)],
    });
    const named = AuthModule.audit(running.app).map(({ handler, guards }) => [handler, guards]);
    expect(named).toStrictEqual([
      ['find', ['ScopedRoles']],
      ['say', undefined],
    ]);
    const socket = await socketIO.connect(running.url);
    expect((await socket.ask('say')).event).toBe('said');
    socket.close();
  });
});

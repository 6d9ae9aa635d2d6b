import {
  Controller,
  type ExecutionContext,
  Injectable,
  Logger,
  Module,
  type Type,
} from '@nestjs/common';
import { ExternalContextCreator, NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  APIKeyHeader,
  AuthModule,
  type AuthModuleExtras,
  type AuthModuleOptions,
  type ContextReader,
  CurrentUser,
  Public,
  Scopes,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const validate = vi.fn((sent: string) =>
  sent === 'bad' ? null : { user: sent, scopes: sent === 'jane' ? ['a'] : [] },
);
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate });

const metadata =
  (...entries: [string, unknown][]): MethodDecorator =>
  (_target, _name, descriptor) => {
    entries.forEach(([name, value]) =>
      Reflect.defineMetadata(name, value, descriptor.value as object),
    );
  };
const query = metadata(['graphql:resolver_type', 'Query'], ['graphql:resolver_name', 'me']);
const field = metadata(['graphql:resolve_property', true], ['graphql:resolver_name', 'secret']);

const readerOf = (type: string): ContextReader => ({ type, read: () => undefined });

async function boot(
  options: Partial<AuthModuleOptions & AuthModuleExtras>,
  { controllers = [], providers = [] }: { controllers?: Type[]; providers?: Type[] },
) {
  const app = await NestFactory.create(
    {
      module: class {},
      imports: [AuthModule.forRoot({ schemes: [key], ...options })],
      controllers,
      providers,
    },
    { logger: false, abortOnError: false },
  );
  try {
    await app.init();
    return AuthModule.audit(app);
  } finally {
    await app.close();
  }
}

@Injectable()
class Resolver {
  @query @Security(key) me() {}
}

@Injectable()
class Undeclared {
  @query me() {}
}

@Injectable()
class FieldResolver {
  @field @Security(key) secret() {}
}

@Injectable()
@Security(key)
class ClassResolver {
  @query me() {}
  @field secret() {}
}

@WebSocketGateway({ namespace: 'chat' })
class Gateway {
  @SubscribeMessage('me') @Security(key) me() {}
}

@WebSocketGateway()
class UndeclaredGateway {
  @SubscribeMessage('me') me() {}
}

@Controller()
class Messages {
  @MessagePattern('sum') @Security(key) sum() {}
  @EventPattern({ cmd: 'happened' }) @Public() happened() {}
}

@Controller()
class UndeclaredMessages {
  @MessagePattern('sum') sum() {}
}

describe('a handler that requires something and whose calls nobody reads', () => {
  it.each<[string, string, Parameters<typeof boot>[1]]>([
    [
      'Resolver.me requires something of its callers, but nobody reads the credentials of graphql calls: add graphql() of nestjs-security/graphql to contexts in AuthModule.forRoot()',
      'a query',
      { providers: [Resolver] },
    ],
    ['FieldResolver.secret requires', 'a field', { providers: [FieldResolver] }],
    [
      'add webSockets() of nestjs-security/websockets to contexts',
      'a message of a gateway',
      { providers: [Gateway] },
    ],
    [
      'add microservices() of nestjs-security/microservices, or mcp(',
      'a message of a microservice',
      { controllers: [Messages] },
    ],
  ])('does not boot: %s (%s)', async (message, _case, classes) => {
    await expect(boot({}, classes)).rejects.toThrow(message);
  });

  it.each<[string, Parameters<typeof boot>[1]]>([
    ['Undeclared.me', { providers: [Undeclared] }],
    ['UndeclaredGateway.me', { providers: [UndeclaredGateway] }],
    ['UndeclaredMessages.sum', { controllers: [UndeclaredMessages] }],
  ])("does not boot by the application's default: %s", async (name, classes) => {
    await expect(boot({ security: key }, classes)).rejects.toThrow(`${name} requires`);
    await expect(boot({ undeclared: 'deny' }, classes)).rejects.toThrow(
      new RegExp(`${name} declares no requirement, and nobody reads the .* calls that undeclared`),
    );
    await expect(boot({ undeclared: 'throw' }, classes)).rejects.toThrow(
      `${name} declares no requirement`,
    );
  });
});

describe('a handler for which Nest would run no guard', () => {
  it('does not boot where it is a field and guards are no field enhancers', async () => {
    await expect(
      boot({ contexts: [readerOf('graphql')] }, { providers: [FieldResolver] }),
    ).rejects.toThrow("set fieldResolverEnhancers: ['guards'] in every GraphQLModule.forRoot()");
  });

  it.each<[string, Parameters<typeof boot>[1]]>([
    ['ws', { providers: [UndeclaredGateway] }],
    ['rpc', { controllers: [UndeclaredMessages] }],
  ])('does not boot by the default alone: %s', async (type, classes) => {
    await expect(boot({ contexts: [readerOf(type)], security: key }, classes)).rejects.toThrow(
      'that neither it nor its class declares, but Nest runs no global guards',
    );
    await expect(boot({ contexts: [readerOf(type)], undeclared: 'deny' }, classes)).rejects.toThrow(
      / declares no requirement, and undeclared: 'deny' cannot refuse its callers, .*@Public\(\)/,
    );
  });
});

describe('an audit of handlers in other contexts', () => {
  it('has a row of each, with its kind, method and path', async () => {
    const contexts = ['graphql', 'ws', 'rpc'].map(readerOf);
    const rows = await boot(
      { contexts },
      { controllers: [Messages], providers: [ClassResolver, Gateway] },
    );
    expect(
      rows.map(({ kind, method, path, access }) => [kind, method, path, access]),
    ).toStrictEqual([
      ['graphql', 'FIELD', 'ClassResolver.secret', 'inherited'],
      ['graphql', 'QUERY', 'me', 'protected'],
      ['rpc', 'RPC', 'sum', 'protected'],
      ['rpc', 'EVENT', '{"cmd":"happened"}', 'public'],
      ['ws', 'CONNECT', 'chat', 'undeclared'],
      ['ws', 'MESSAGE', 'chat "me"', 'protected'],
    ]);
  });
});

/** A pigeon carries a letter: its ring is the key, and several may fly in one flock. */
interface Pigeon {
  readonly ring?: string;
  readonly flock?: object;
  /** What its reader takes for the object of this call. Default: the pigeon. */
  readonly leg?: unknown;
}

const pigeons = {
  type: 'pigeon',
  read(context: ExecutionContext) {
    const pigeon = context.getArgByIndex<Pigeon | null | undefined>(0);
    if (typeof pigeon !== 'object' || pigeon === null) return undefined;
    const request = { headers: { 'x-key': pigeon.ring } };
    const { leg = pigeon, flock = leg } = pigeon;
    return { request, key: leg as object, shared: flock as object };
  },
  refuse: (exception, challenges) =>
    new Error(`${exception.getStatus()} ${exception.message} ${challenges.join()}`),
  accepted: vi.fn(),
} satisfies ContextReader;

@Injectable()
class Loft {
  @Security(key) whose(@CurrentUser() user: string) {
    return user;
  }
  @Security(key) @Scopes('a') scoped(@CurrentUser() user: string) {
    return user;
  }
}

@Module({
  imports: [AuthModule.forRoot({ schemes: [key], contexts: [pigeons] })],
  providers: [Loft],
})
class LoftModule {}

describe("a context of one's own", () => {
  let app: Awaited<ReturnType<typeof NestFactory.create>>;
  beforeAll(async () => {
    app = await NestFactory.create(LoftModule, { logger: false, abortOnError: false });
    await app.init();
  });
  afterAll(() => app.close());
  beforeEach(() => vi.clearAllMocks());

  const call = async (name: keyof Loft, ...args: unknown[]) => {
    const loft = app.get(Loft);
    const called = app.get(ExternalContextCreator).create(
      loft,
      loft[name] as never,
      name,
      '__routeArguments__',
      {
        exchangeKeyForValue: () => undefined,
      },
      undefined,
      undefined,
      undefined,
      'pigeon',
    ) as (...given: unknown[]) => Promise<unknown>;
    return called(...args);
  };

  it('delivers its user', async () => {
    expect(await call('whose', { ring: 'jane' })).toBe('jane');
    expect(pigeons.accepted).toHaveBeenCalledTimes(1);
  });

  it('gives each of several calls at once its own user', async () => {
    const users = ['jane', 'john', 'jim', 'joan'];
    expect(await Promise.all(users.map((ring) => call('whose', { ring })))).toStrictEqual(users);
  });

  it.each<[string, keyof Loft, unknown, string]>([
    ['nothing', 'whose', {}, '401 Not authenticated APIKey'],
    ['a wrong key', 'whose', { ring: 'bad' }, '401'],
    ['too few scopes', 'scoped', { ring: 'john' }, '403'],
    ['what its reader does not recognise', 'whose', 'jane', 'Forbidden'],
    ['null', 'whose', null, 'Forbidden'],
  ])('refuses %s in its own words', async (_case, name, pigeon, message) => {
    await expect(call(name, pigeon)).rejects.toThrow(message);
    expect(pigeons.accepted).not.toHaveBeenCalled();
  });

  it('asks once for calls that share validations and require the same', async () => {
    const flock = {};
    for (const _each of [1, 2, 3]) await call('whose', { ring: 'jane', flock });
    expect(validate).toHaveBeenCalledTimes(1);
    await call('scoped', { ring: 'jane', flock });
    expect(validate).toHaveBeenCalledTimes(2);
    await call('whose', { ring: 'jane' });
    expect(validate).toHaveBeenCalledTimes(3);
  });

  it.each<[string, unknown]>([
    ['frozen', Object.freeze({})],
    ['sealed', Object.seal({})],
    ['a text', 'leg'],
    ['missing', null],
  ])('says what its reader must return where the key is %s', async (_case, leg) => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    await expect(call('whose', { ring: 'jane', leg })).rejects.toThrow('500 Internal Server Error');
    expect(String(error.mock.calls)).toContain(
      'The reader of pigeon calls must return an object as key that is neither frozen nor sealed',
    );
    error.mockRestore();
  });

  it.each([7, { a: 1 }])('refuses %j in place of a text', async (ring) => {
    await expect(call('whose', { ring })).rejects.toThrow('400 The x-key header must be a text');
  });

  it('tells nobody why it failed', async () => {
    validate.mockImplementationOnce(() => {
      throw new Error('the secret of the loft');
    });
    await expect(call('whose', { ring: 'jane' })).rejects.toThrow('500 Internal Server Error');
  });
});

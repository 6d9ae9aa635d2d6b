import { Controller, Get, Injectable, Scope, type Type } from '@nestjs/common';
import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  AuthModule,
  type AuthModuleOptions,
  Authorize,
  CurrentUser,
  Public,
  rule,
  Scopes,
  Security,
  SecurityGuard,
} from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withKey, withToken } from '../support/accounts.js';
import { rawRequest } from '../support/raw-request.js';
import { createGraphQLApp, drivers, type GraphQLApp } from './drivers.js';
import { key, token } from './schemes.js';

const typeDefs = `
  type Cat { name: String! inherited: String! secret: String }
  type Dog { bark: String! }
  union Pet = Cat | Dog
  type Query { pets: [Pet!]! cat: Cat! }
`;
const schemaFirst = { autoSchemaFile: undefined, typeDefs };

@Resolver('Pet')
@Security(token)
class Pets {
  @Query() pets() {
    return [{ name: 'Tom' }, { bark: 'Woof' }];
  }
  @ResolveField('__resolveType') typeOf(pet: object) {
    return 'name' in pet ? 'Cat' : 'Dog';
  }
}

@Resolver('Cat')
@Security(token)
class Cats {
  @Query() cat() {
    return { name: 'Tom' };
  }
  @ResolveField() inherited() {
    return 'nothing of its own';
  }
  @ResolveField() @Security(key) secret(@CurrentUser() user: string) {
    return user;
  }
}

describe.each(drivers)('a field by $name', (driver) => {
  let running: GraphQLApp;
  beforeAll(async () => {
    running = await createGraphQLApp(
      driver,
      {
        imports: [AuthModule.forRoot({ schemes: [token, key], contexts: [graphql()] })],
        providers: [Pets, Cats],
      },
      schemaFirst,
    );
  });
  afterAll(() => running.app.close());

  const query = '{ pets { __typename ... on Cat { name inherited secret } } }';

  it('is under its own declarations, and its type is resolved under a class that requires something', async () => {
    const { body } = await running.send(query, [withToken('jane'), withKey('bot')]);
    expect(body).toStrictEqual({
      data: {
        pets: [
          { __typename: 'Cat', name: 'Tom', inherited: 'nothing of its own', secret: 'bot' },
          { __typename: 'Dog' },
        ],
      },
    });
  });

  it('is refused alone', async () => {
    const { data, errors } = await running.send(query, [withToken('jane')]);
    expect(data).toMatchObject({ pets: [{ name: 'Tom', secret: null }, {}] });
    expect(errors).toMatchObject([
      {
        path: ['pets', 0, 'secret'],
        extensions: { code: 'UNAUTHENTICATED', challenges: ['APIKey'] },
      },
    ]);
  });
});

it.each([
  ['scopes', Scopes('me')],
  ['a rule', Authorize(rule('Whoever may.', () => true))],
])(
  'a field boots where its class has but %s, for what its queries require',
  async (_, restrict) => {
    @Resolver('Cat')
    class RestrictedCats {
      @Query() @Security(token) cat() {
        return {};
      }
      @ResolveField() inherited() {
        return 'nothing of its own';
      }
    }
    restrict(RestrictedCats);
    const { app } = await createGraphQLApp(
      drivers[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [graphql()] })],
        providers: [RestrictedCats],
      },
      schemaFirst,
    );
    await app.close();
  },
);

describe.each(drivers)('a root field that no handler resolves, by $name', (driver) => {
  const sold = {
    autoSchemaFile: undefined,
    typeDefs: 'type Cat { inherited: String! } type Query { cat: Cat! seller: [Cat!] }',
    resolvers: { Query: { seller: () => [{}] } },
  };
  const imports = [AuthModule.forRoot({ schemes: [token], contexts: [graphql()] })];

  @Resolver('Cat')
  @Security(token)
  class ClassCats {
    @Query() cat() {
      return {};
    }
    @ResolveField() inherited() {
      return 'of the class';
    }
  }

  it.each([
    ['resolvers', sold],
    ['loaders', { ...sold, resolvers: {}, loaders: { Query: { seller: () => [[{}]] } } }],
    ['rootValue', { ...sold, resolvers: {}, rootValue: { seller: [{}] } }],
    ['fieldResolver', { ...sold, resolvers: {}, fieldResolver: () => [{}] }],
    [
      'roots',
      {
        ...sold,
        resolvers: {},
        subscriptions: { 'graphql-ws': { roots: { query: { seller: [{}] } } } },
      },
    ],
  ])('does not boot where its %s lead to a field that only its class protects', async (_, from) => {
    await expect(
      createGraphQLApp(driver, { imports, providers: [ClassCats] }, from),
    ).rejects.toThrow(
      'ClassCats.inherited requires something by its class or the application, but clients reach it through Query.seller without any guard: resolve Query.seller in a handler, or put @Security(...) or @Public() on inherited()',
    );
  });

  it.each([
    ['nothing resolves it, so that it leads nowhere', {}],
    ['no module is named as included either', { include: null }],
  ])('boots where %s', async (_where, options) => {
    const from = { ...sold, resolvers: {}, ...options };
    const { app, send } = await createGraphQLApp(driver, { imports, providers: [ClassCats] }, from);
    try {
      expect((await send('{ seller { inherited } }')).data).toStrictEqual({ seller: null });
    } finally {
      await app.close();
    }
  });

  it('leads to a field that says itself what it requires', async () => {
    @Resolver('Cat')
    @Security(token)
    class OwnCats {
      @Query() cat() {
        return {};
      }
      @ResolveField() @Public() inherited() {
        return 'open';
      }
    }
    const { app, send } = await createGraphQLApp(driver, { imports, providers: [OwnCats] }, sold);
    try {
      const { data } = await send('{ seller { inherited } }');
      expect(data).toStrictEqual({ seller: [{ inherited: 'open' }] });
    } finally {
      await app.close();
    }
  });
});

@Controller()
@Resolver('Cat')
class RoutedCats {
  @Query() @Public() cat() {
    return {};
  }
  @ResolveField() @Get('secret') secret() {
    return 'a secret';
  }
}

@Security(token)
class OfItsClass extends RoutedCats {}

/** Nothing calls the method as a field: the resolver is no provider. */
@Controller()
@Security(token)
class RoutedAlone {
  @ResolveField() @Get('secret') secret() {
    return 'a secret';
  }
}

@Controller()
@Resolver('Cat')
@Security(token)
class MessagedCats {
  @ResolveField() @MessagePattern('secret') secret() {
    return 'a secret';
  }
}

@WebSocketGateway()
@Resolver('Cat')
@Security(token)
class SocketCats {
  @ResolveField() @SubscribeMessage('secret') secret() {
    return 'a secret';
  }
}

describe('a method that is a field and is called otherwise too', () => {
  const typeDefs = 'type Cat { secret: String } type Query { cat: Cat! }';
  const options = { autoSchemaFile: undefined, typeDefs };
  const [apollo] = drivers;
  const boot = (type: Type, auth: Partial<AuthModuleOptions> = {}, providers: Type[] = [type]) =>
    createGraphQLApp(
      apollo!,
      {
        imports: [AuthModule.forRoot({ schemes: [token, key], contexts: [graphql()], ...auth })],
        controllers: [type],
        providers,
      },
      options,
    );
  const refused = (name: string, kind: string) =>
    `${name}.secret answers ${kind} calls and is a field of GraphQL, for which its class and AuthModule.forRoot() do not count: give each a method of its own, or put on secret() all that it requires`;

  it.each([
    ['a route under its class', OfItsClass, {}, 'http'],
    ['a route under the default', RoutedCats, { security: token }, 'http'],
    ['a route under always', RoutedCats, { always: key }, 'http'],
    ['a route that undeclared denies', RoutedCats, { undeclared: 'deny' }, 'http'],
    ['a message pattern', MessagedCats, {}, 'rpc'],
  ] as const)('does not boot as %s', async (_case, type, auth, kind) => {
    await expect(boot(type, auth)).rejects.toThrow(refused(type.name, kind));
  });

  it('does not boot as a message of a gateway', async () => {
    await expect(boot(SocketCats)).rejects.toThrow(refused('SocketCats', 'ws'));
  });

  it('does not boot as a route of a class that is no resolver', async () => {
    await expect(boot(RoutedAlone, {}, [])).rejects.toThrow(refused('RoutedAlone', 'http'));
  });

  it('does not boot as a route that nothing is declared for where everything must be', async () => {
    await expect(boot(RoutedCats, { undeclared: 'throw' })).rejects.toThrow(
      'RoutedCats.secret declares no requirement: add @Security(...) or @Public()',
    );
  });

  it('has a row of its own as an open route', async () => {
    const { app } = await boot(RoutedCats, { undeclared: 'allow' });
    try {
      const rows = AuthModule.audit(app).map(({ kind, handler, access }) => [
        kind,
        handler,
        access,
      ]);
      expect(rows).toContainEqual(['http', 'secret', 'undeclared']);
      expect(rows).toContainEqual(['graphql', 'secret', 'inherited']);
    } finally {
      await app.close();
    }
  });

  it('requires of both what it declares itself', async () => {
    @Controller()
    @Resolver('Cat')
    class OwnCats extends RoutedCats {
      @ResolveField() @Get('secret') @Security(key) override secret() {
        return 'a secret';
      }
    }
    const { app, url, send } = await boot(OwnCats, { security: token });
    try {
      expect((await rawRequest(url, { path: '/secret' })).status).toBe(401);
      expect((await rawRequest(url, { path: '/secret', headers: [withKey('bot')] })).status).toBe(
        200,
      );
      const { data } = await send('{ cat { secret } }');
      expect(data).toStrictEqual({ cat: { secret: null } });
    } finally {
      await app.close();
    }
  });
});

@Resolver('Pet')
class PetTypes {
  @ResolveField() @Security(token) __resolveType() {
    return 'Cat';
  }
}

@Resolver('Cat')
class SecretCats {
  @Query() @Public() cat() {
    return { name: 'Tom' };
  }
  @ResolveField() @Security(token) secret() {
    return 'secret';
  }
}

describe('an application with fields that nobody would guard', () => {
  const auth = () => AuthModule.forRoot({ schemes: [token, key], contexts: [graphql()] });
  const [apollo] = drivers;

  it.each(drivers)('does not boot without guards for fields: $name', async (driver) => {
    const boot = createGraphQLApp(
      driver,
      { imports: [auth()], providers: [SecretCats] },
      { ...schemaFirst, fieldResolverEnhancers: [] },
    );
    await expect(boot).rejects.toThrow(
      "SecretCats.secret requires something of its callers, but Nest runs no guards for it: set fieldResolverEnhancers: ['guards']",
    );
  });

  it.each([
    ['a value', () => ({ provide: 'cats', useValue: new SecretCats() })],
    ['made by a factory', () => ({ provide: 'cats', useFactory: () => new SecretCats() })],
  ])('does not boot where its resolver is %s', async (_case, provider) => {
    const boot = createGraphQLApp(
      apollo!,
      { imports: [auth()], providers: [provider()] },
      { ...schemaFirst, fieldResolverEnhancers: [] },
    );
    await expect(boot).rejects.toThrow('SecretCats.secret requires something of its callers');
  });

  it.each(drivers)('guards fields of a resolver that is a value: $name', async (driver) => {
    const providers = [{ provide: 'cats', useValue: new SecretCats() }];
    const { app, send } = await createGraphQLApp(
      driver,
      { imports: [auth()], providers },
      schemaFirst,
    );
    try {
      const refused = await send('{ cat { name secret } }');
      expect(refused.data).toStrictEqual({ cat: { name: 'Tom', secret: null } });
      const { data } = await send('{ cat { name secret } }', [withToken('jane')]);
      expect(data).toStrictEqual({ cat: { name: 'Tom', secret: 'secret' } });
      expect(AuthModule.audit(app).map(({ handler, access }) => `${handler} ${access}`)).toContain(
        'secret protected',
      );
    } finally {
      await app.close();
    }
  });

  it.each(
    drivers.flatMap((driver) =>
      [Scope.DEFAULT, Scope.REQUEST].map((scope) => ({ name: driver.name, driver, scope })),
    ),
  )(
    'tells functions that a constructor puts in place of methods who calls: $name, scope $scope',
    async ({ driver, scope }) => {
      @Injectable({ scope })
      @Resolver('Cat')
      class BoundCats {
        constructor() {
          this.cat = this.cat.bind(this);
          this.secret = this.inherited = (user) => user;
        }
        @Query() @Security(key) cat(@CurrentUser() user: string) {
          return { name: user };
        }
        @ResolveField() @Security(key) secret(@CurrentUser() user: string) {
          return user;
        }
        @ResolveField() @Security(key) inherited(@CurrentUser() user: string) {
          return user;
        }
      }
      const { app, send } = await createGraphQLApp(
        driver,
        { imports: [auth()], providers: [BoundCats] },
        schemaFirst,
      );
      try {
        const query = '{ cat { name secret inherited } tom: cat { name secret } }';
        expect(JSON.stringify((await send(query)).body)).not.toContain('bot');
        for (const user of ['bot', 'jane', 'bot']) {
          const tom = { name: user, secret: user };
          const { data } = await send(query, [withKey(user)]);
          expect(data).toStrictEqual({ cat: { ...tom, inherited: user }, tom });
        }
      } finally {
        await app.close();
      }
    },
  );

  it('keeps to itself that nobody knows who calls where a test has put something in place of the guard', async () => {
    @Resolver('Cat')
    class NamedCats {
      @Query() @Security(key) cat(@CurrentUser() user: string) {
        return { name: user };
      }
    }
    const guard = vi.spyOn(SecurityGuard.prototype, 'canActivate').mockReturnValue(true);
    const { app, send } = await createGraphQLApp(
      apollo!,
      { imports: [auth()], providers: [NamedCats] },
      schemaFirst,
    );
    try {
      const { data, errors } = await send('{ cat { name } }', [withKey('bot')]);
      expect(data).toBeNull();
      expect(errors).toMatchObject([{ message: 'Internal Server Error' }]);
    } finally {
      guard.mockRestore();
      await app.close();
    }
  });

  it('does not boot where one of several modules runs no guards for fields', async () => {
    const other = { ...schemaFirst, path: '/other' };
    const boot = createGraphQLApp(
      apollo!,
      { imports: [auth(), apollo!.module(other)], providers: [SecretCats] },
      { ...schemaFirst, fieldResolverEnhancers: [] },
    );
    await expect(boot).rejects.toThrow(
      "set fieldResolverEnhancers: ['guards'] in every GraphQLModule.forRoot()",
    );
  });

  it('does not boot where it has scopes alone, which its class and the default do not add to', async () => {
    @Resolver('Cat')
    @Security(token)
    class ScopedCats {
      @ResolveField('secret')
      @Scopes('me')
      secret() {
        return 'a secret';
      }
    }
    const boot = createGraphQLApp(
      apollo!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [graphql()], security: token })],
        providers: [ScopedCats],
      },
      schemaFirst,
    );
    await expect(boot).rejects.toThrow(
      'ScopedCats.secret has @Scopes() on ScopedCats.secret but no requirement in effect: add @Security(...) to it, as that of its class and of AuthModule.forRoot() are not for fields',
    );
  });

  it('does not boot where a method that no guard runs for requires something', async () => {
    const boot = createGraphQLApp(
      apollo!,
      { imports: [auth()], providers: [SecretCats, PetTypes] },
      schemaFirst,
    );
    await expect(boot).rejects.toThrow(
      'PetTypes.__resolveType requires something of its callers, but Nest runs no guards for a method of that name: require it of the fields that lead to the type',
    );
  });
});

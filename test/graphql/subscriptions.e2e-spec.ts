import { Module, type Type } from '@nestjs/common';
import {
  Field,
  GraphQLSchemaHost,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  anyOf,
  APIKeyCookie,
  AuthModule,
  CurrentUser,
  OAuth2PasswordBearer,
  Public,
  Security,
} from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAccount } from '../support/accounts.js';
import { nestMajor } from '../support/nest-major.js';
import { createGraphQLApp, drivers, type GraphQLApp } from './drivers.js';
import { EventSource } from './event-source.js';
import { key } from './schemes.js';
import { bring, openSocket, type SocketOptions } from './socket.js';

const SECONDS = 1000;

/** A token `jane~0.2` expires in as many seconds. */
const token = new OAuth2PasswordBearer<string>({
  schemeName: 'Token',
  tokenUrl: 'token',
  validate: (sent) => {
    const [account, expires] = sent.split('~');
    const accepted = readAccount(account!);
    return (
      accepted && {
        ...accepted,
        ...(expires && { expiresAt: Date.now() / SECONDS + Number(expires) }),
      }
    );
  },
});
const cookie = new APIKeyCookie<string>({
  schemeName: 'Session',
  name: 'session',
  validate: readAccount,
});

@ObjectType()
class Event {
  @Field(() => String) id!: string;
}

/** Those of the resolvers that ran, the newest last. */
const sources: EventSource<unknown>[] = [];
const sourceOf = (...events: unknown[]) => {
  const source = new EventSource(...events);
  sources.push(source);
  return source;
};

@Resolver(() => Event)
class Events {
  @Query(() => String) @Security(anyOf(token, key)) me(@CurrentUser() user: string) {
    return user;
  }
  @Subscription(() => String) @Security(anyOf(token, key)) mine(@CurrentUser() user: string) {
    return sourceOf({ mine: user });
  }
  @Subscription(() => String) @Security(cookie) session(@CurrentUser() user: string) {
    return sourceOf({ session: user });
  }
  @Subscription(() => Event) @Security(token) events() {
    return sourceOf({ events: { id: '1' } });
  }
  /** Takes its time with an event that came early enough. */
  @Subscription(() => String, {
    resolve: ({ slow }: { slow: string }) =>
      new Promise((resolve) => setTimeout(() => resolve(slow), 600)),
  })
  @Security(token)
  slow(@CurrentUser() user: string) {
    return sourceOf({ slow: user });
  }
  /** Cannot be ended while it waits. */
  @Subscription(() => String) @Security(token) async *endless(@CurrentUser() user: string) {
    yield { endless: user };
    await new Promise(() => undefined);
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) who(
    @CurrentUser() user: string,
  ) {
    return user;
  }
}

describe.each(drivers)('an operation over a socket by $name', (driver) => {
  let running: GraphQLApp;
  let host: string;
  beforeAll(async () => {
    running = await createGraphQLApp(driver, {
      imports: [
        AuthModule.forRoot({
          schemes: [token, key, cookie],
          contexts: [graphql({ origins: ['https://app.example.com'] })],
        }),
      ],
      providers: [Events],
    });
    host = running.url;
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    sources.length = 0;
  });

  const brought = async (query: string, options: SocketOptions, most?: number) => {
    const client = openSocket(running.url, options);
    try {
      return await bring(client, query, most);
    } finally {
      await client.dispose();
    }
  };

  it.each<[string, SocketOptions]>([
    ['connectionParams', { params: { Authorization: 'Bearer jane' } }],
    ['connectionParams in any case', { params: { AUTHORIZATION: 'Bearer jane' } }],
    ['a header of the upgrade', { headers: { authorization: 'Bearer jane' } }],
    ['a key in connectionParams', { params: { 'x-api-key': 'jane' } }],
    [
      'both that are not for the same',
      { params: { 'X-API-Key': 'jane', a: { b: 1 } }, headers: { Cookie: 'session=john' } },
    ],
  ])('is let in with %s', async (_case, options) => {
    const answer = await brought('subscription { mine }', options, 1);
    expect(answer).toStrictEqual({ data: [{ mine: 'jane' }], errors: [] });
    const query = await brought('{ me }', options);
    expect(query).toStrictEqual({ data: [{ me: 'jane' }], errors: [] });
  });

  const UNAUTHENTICATED = { code: 'UNAUTHENTICATED', statusCode: 401 };
  it.each<[string, SocketOptions, object]>([
    [
      'nothing',
      {},
      { ...UNAUTHENTICATED, error: 'not_authenticated', challenges: ['Bearer', 'APIKey'] },
    ],
    [
      'a bad token',
      { params: { Authorization: 'Bearer bad' } },
      { ...UNAUTHENTICATED, error: 'invalid_token' },
    ],
    [
      'a token in both',
      { params: { Authorization: 'Bearer jane' }, headers: { authorization: 'Bearer jane' } },
      { code: 'BAD_REQUEST', statusCode: 400, error: 'invalid_request' },
    ],
    [
      'a token twice in connectionParams',
      { params: { Authorization: 'Bearer jane', authorization: 'Bearer jane' } },
      { code: 'BAD_REQUEST', statusCode: 400 },
    ],
    [
      'a token that is no text',
      { params: { authorization: ['Bearer jane'] } },
      { code: 'BAD_REQUEST', statusCode: 400 },
    ],
    [
      'a token that is an object',
      { params: { authorization: { toString: 'Bearer jane' } } },
      { code: 'BAD_REQUEST', statusCode: 400 },
    ],
    [
      'a token in what are no headers',
      { params: { headers: { authorization: 'Bearer jane' } } },
      UNAUTHENTICATED,
    ],
  ])('is refused with %s, and its resolver does not run', async (_case, options, extensions) => {
    const { data, errors } = await brought('subscription { mine }', options, 1);
    expect(data).toStrictEqual([]);
    expect(errors).toMatchObject([{ path: ['mine'], extensions }]);
    expect(sources).toStrictEqual([]);
    const query = await brought('{ me }', options);
    expect(query.data).toStrictEqual([]);
    expect(query.errors).toMatchObject([{ path: ['me'], extensions }]);
  });

  it.each<[string, () => SocketOptions]>([
    ['without an origin', () => ({ headers: { Cookie: 'session=jane' } })],
    ['from its own host', () => ({ headers: { Cookie: 'session=jane', Origin: host } })],
    [
      'from its own page',
      () => ({ headers: { Cookie: 'session=jane', 'Sec-Fetch-Site': 'same-origin' } }),
    ],
    [
      'from a listed origin',
      () => ({ headers: { Cookie: 'session=jane', Origin: 'https://app.example.com' } }),
    ],
  ])('is let in with a cookie %s', async (_case, optionsOf) => {
    const answer = await brought('subscription { session }', optionsOf(), 1);
    expect(answer).toStrictEqual({ data: [{ session: 'jane' }], errors: [] });
  });

  it.each<[string, SocketOptions]>([
    [
      'a cookie from a foreign origin',
      { headers: { Cookie: 'session=jane', Origin: 'https://evil.example.com' } },
    ],
    [
      'a cookie from a foreign site',
      { headers: { Cookie: 'session=jane', 'Sec-Fetch-Site': 'same-site' } },
    ],
    [
      'a cookie from no origin in particular',
      { headers: { Cookie: 'session=jane', Origin: 'null' } },
    ],
    ['a cookie in connectionParams', { params: { cookie: 'session=jane' } }],
    [
      'an origin in connectionParams',
      {
        params: { origin: 'https://app.example.com' },
        headers: { Cookie: 'session=jane', Origin: 'https://evil.example.com' },
      },
    ],
  ])('is refused with %s', async (_case, options) => {
    const { data, errors } = await brought('subscription { session }', options, 1);
    expect(data).toStrictEqual([]);
    expect(errors).toMatchObject([{ extensions: UNAUTHENTICATED }]);
  });

  it('guards the fields of its events', async () => {
    const params = { Authorization: 'Bearer jane' };
    const { data } = await brought('subscription { events { id who } }', { params }, 1);
    expect(data).toStrictEqual([{ events: { id: '1', who: 'jane' } }]);
  });

  it('gives each of several in one socket, and each of several sockets, its own user', async () => {
    const users = ['jane', 'john', 'jim'];
    const all = await Promise.all(
      users.map(async (user) => {
        const client = openSocket(running.url, { params: { Authorization: `Bearer ${user}` } });
        const answers = await Promise.all([
          bring(client, 'subscription { mine }', 1),
          bring(client, '{ me }'),
        ]);
        await client.dispose();
        return answers.flatMap(({ data }) => data);
      }),
    );
    expect(all).toStrictEqual(users.map((user) => [{ mine: user }, { me: user }]));
  });

  it('ends when the credentials expire, and its source is given back', async () => {
    const params = { Authorization: 'Bearer jane~0.4' };
    const before = Date.now();
    const answer = await brought('subscription { mine }', { params });
    expect(Date.now() - before).toBeGreaterThanOrEqual(399);
    expect(answer).toStrictEqual({ data: [{ mine: 'jane' }], errors: [] });
    expect(sources[0]!.isReturned).toBe(true);
  });

  it('ends when the credentials expire though its source cannot be', async () => {
    const params = { Authorization: 'Bearer jane~0.4' };
    const answer = await brought('subscription { endless }', { params });
    expect(answer).toStrictEqual({ data: [{ endless: 'jane' }], errors: [] });
  });

  // Mercurius has nothing that could be asked before it sends.
  const resolvesLate = it.skipIf(driver.name === 'Mercurius');
  resolvesLate(
    'sends nothing once the credentials have expired, though it came before',
    async () => {
      const params = { Authorization: 'Bearer jane~0.4' };
      const before = Date.now();
      const answer = await brought('subscription { slow }', { params });
      expect(answer).toStrictEqual({ data: [], errors: [] });
      expect(Date.now() - before).toBeLessThan(590);
      await sources[0]!.returned;
      const late = { Authorization: 'Bearer jane~60' };
      expect(await brought('subscription { slow }', { params: late }, 1)).toStrictEqual({
        data: [{ slow: 'jane' }],
        errors: [],
      });
    },
  );

  it.each([undefined, null, 'a text'])('is refused with %s for a context', async (contextValue) => {
    const { schema } = running.app.get(GraphQLSchemaHost, { strict: false });
    const { subscribe } = schema.getSubscriptionType()!.getFields()['mine']!;
    const info = { fieldNodes: [], operation: { operation: 'subscription' } };
    await expect(async () =>
      subscribe!(undefined, {}, contextValue, info as never),
    ).rejects.toThrow('Internal Server Error');
  });

  it('does not begin with credentials that have expired', async () => {
    const params = { Authorization: 'Bearer jane~-1' };
    const { errors } = await brought('subscription { mine }', { params });
    expect(errors).toMatchObject([{ extensions: { error: 'invalid_token' } }]);
    expect(sources).toStrictEqual([]);
  });

  it('gives its source back when the client has enough', async () => {
    const params = { Authorization: 'Bearer jane~60' };
    await brought('subscription { mine }', { params }, 1);
    await sources[0]!.returned;
  });
});

describe('a subscription over subscriptions-transport-ws', () => {
  @Resolver()
  class OpenEvents {
    @Query(() => String) @Security(token) me(@CurrentUser() user: string) {
      return user;
    }
    @Subscription(() => String) @Public() news() {
      return sourceOf({ news: 'for everybody' });
    }
  }
  @Security(token)
  class Guarded {
    @Subscription(() => String) mine() {
      return sourceOf({ mine: 'yours' });
    }
  }
  @Resolver()
  class GuardedEvents extends Guarded {}
  @Module({ providers: [GuardedEvents] })
  class GuardedModule {}
  @Module({ providers: [OpenEvents] })
  class OpenModule {}

  const old = { 'subscriptions-transport-ws': true };
  const boot = (options: object, providers: Type[], imports: Type[] = []) =>
    createGraphQLApp(
      drivers[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [graphql()] }), ...imports],
        providers,
      },
      options as never,
    );

  it('does not boot where it requires something by its class', async () => {
    await expect(boot({ subscriptions: old }, [OpenEvents, GuardedEvents])).rejects.toThrow(
      `GuardedEvents.mine requires something of its callers, but over subscriptions-transport-ws nobody can tell who calls: set subscriptions: { 'graphql-ws': true } in GraphQLModule.forRoot()`,
    );
  });

  it.runIf(nestMajor === 11)('does not boot where nothing names another protocol', async () => {
    const boots = [undefined, null, false].map((subscriptions) =>
      boot({ installSubscriptionHandlers: true, subscriptions }, [OpenEvents, GuardedEvents]),
    );
    for (const booting of boots) {
      await expect(booting).rejects.toThrow(
        `GuardedEvents.mine requires something of its callers, but over subscriptions-transport-ws nobody can tell who calls: set subscriptions: { 'graphql-ws': true } in GraphQLModule.forRoot() in place of installSubscriptionHandlers`,
      );
    }
  });

  it.runIf(nestMajor > 11)('is graphql-ws where nothing names a protocol', async () => {
    const options = { installSubscriptionHandlers: true, subscriptions: undefined };
    const { app } = await boot(options, [OpenEvents, GuardedEvents]);
    await app.close();
  });

  it.each<[string, object | null, Type[], Type[]]>([
    ['is switched off with null', null, [OpenEvents, GuardedEvents], []],
    ['has the other protocol as null', { 'graphql-ws': null }, [OpenEvents, GuardedEvents], []],
    ['requires nothing', old, [OpenEvents], []],
    ['has another protocol', { ...old, 'graphql-ws': true }, [OpenEvents, GuardedEvents], []],
    ['is of another module', old, [], [OpenModule, GuardedModule]],
  ])('boots where it %s', async (_case, subscriptions, providers, modules) => {
    const include = modules.slice(0, 1);
    const { app } = await boot({ subscriptions, include }, providers, modules);
    await app.close();
  });
});

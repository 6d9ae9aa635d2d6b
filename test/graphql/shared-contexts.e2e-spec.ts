import { Logger } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { AuthModule, CurrentUser, Public, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withToken } from '../support/accounts.js';
import { createGraphQLApp, drivers, type GraphQLApp } from './drivers.js';
import { token } from './schemes.js';

@ObjectType()
class Held {
  @Field(() => String) id!: string;
}

let gate: { arrived(): void; opened: Promise<void> };

/** Lets an operation wait halfway through, until others were answered. */
function closeGate() {
  let arrived!: () => void;
  let open!: () => void;
  const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  gate = { arrived, opened };
  return { hasArrived, open };
}

@Resolver(() => Held)
class Holding {
  @Query(() => String, { nullable: true }) @Security(token) me(@CurrentUser() user: string) {
    return user;
  }
  @Query(() => Held, { nullable: true }) @Public() async hold(): Promise<Held> {
    gate.arrived();
    await gate.opened;
    return { id: 'held' };
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) who(
    @CurrentUser() user: string,
  ) {
    return user;
  }
}

const MADE_FOR_ANOTHER =
  'Holding.me was called with a GraphQL context that was made for another request: let the context function of GraphQLModule.forRoot() return a new object each time';

const requestOf = (first: { req?: object }) => first.req ?? first;

/** Contexts, some of which applications should not make; what a caller may see of them is itself, or nobody. */
const contexts: [string, 'own' | 'nobody', () => unknown][] = [
  ['none', 'own', () => undefined],
  ['an object', 'own', () => ({ loaders: {} })],
  ['an object that is frozen', 'own', () => Object.freeze({ loaders: {} })],
  ['a function that makes one each time', 'own', () => () => ({ loaders: {} })],
  ['a function that makes frozen ones', 'own', () => () => Object.freeze({ loaders: {} })],
  ['a function that makes nothing', 'own', () => () => undefined],
  [
    'a function that keeps the first request',
    'own',
    () => {
      let first: object | undefined;
      return (args: object) => ({ req: (first ??= requestOf(args)) });
    },
  ],
  [
    'a function that copies what it made first',
    'own',
    () => {
      let first: object | undefined;
      return (args: object) => ({ ...(first ??= { req: requestOf(args) }) });
    },
  ],
  [
    'a function that always makes the same',
    'nobody',
    () => {
      const shared = { loaders: {} };
      return () => shared;
    },
  ],
  [
    'a function that always makes the same, later',
    'nobody',
    () => {
      const shared = { loaders: {} };
      return () => Promise.resolve(shared);
    },
  ],
  [
    'a function that puts each request into the same',
    'nobody',
    () => {
      const shared = {};
      return (args: object) => Object.assign(shared, { req: requestOf(args) });
    },
  ],
];

describe.each(drivers)('callers by $name', (driver) => {
  let running: GraphQLApp;
  const error = vi.fn();
  beforeEach(() => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(error.mockClear());
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await running.app.close();
  });

  const boot = async (context: unknown) => {
    running = await createGraphQLApp(
      driver,
      {
        imports: [AuthModule.forRoot({ schemes: [token], contexts: [graphql()] })],
        providers: [Holding],
      },
      context === undefined ? {} : { context },
    );
  };
  const me = async (user: string) => running.send('{ me }', [withToken(user)]);

  it.each(contexts)(
    'are themselves one after the other, or nobody, where the context is %s',
    async (_name, seen, contextOf) => {
      await boot(contextOf());
      const first = await me('jane');
      const others = [await me('john'), await me('jim')];
      expect(first.data).toStrictEqual({ me: 'jane' });
      if (seen === 'own') {
        expect(others.map(({ data }) => data)).toStrictEqual([{ me: 'john' }, { me: 'jim' }]);
        expect(error).not.toHaveBeenCalled();
        return;
      }
      for (const { data, errors, status } of others) {
        expect([status, data]).toStrictEqual([200, { me: null }]);
        expect(errors).toMatchObject([
          {
            message: 'Internal Server Error',
            extensions: { code: 'INTERNAL_SERVER_ERROR', statusCode: 500, challenges: [] },
          },
        ]);
      }
      expect(error).toHaveBeenCalledWith(MADE_FOR_ANOTHER);
    },
  );

  it.each(contexts)(
    'are themselves, or nobody, while the first is in flight, where the context is %s',
    async (_name, seen, contextOf) => {
      await boot(contextOf());
      const { hasArrived, open } = closeGate();
      const first = running.send('{ me hold { who } }', [withToken('jane')]);
      await hasArrived;
      const others = await Promise.all([me('john'), me('jim')]);
      open();
      const { data } = await first;
      expect(data).toMatchObject({ me: 'jane' });
      // Apollo's server copies a context for each operation, so that the first may have one of its own.
      expect(seen === 'own' ? ['jane'] : ['jane', null]).toContain(
        (data as { hold: { who: unknown } }).hold.who,
      );
      expect(others.map((other) => other.data)).toStrictEqual(
        seen === 'own' ? [{ me: 'john' }, { me: 'jim' }] : [{ me: null }, { me: null }],
      );
    },
  );

  it('are themselves in a batch, and asked for once', async () => {
    await boot({ loaders: {} });
    const answers = await Promise.all(
      ['jane', 'john'].map((user) => running.send(['{ me }', '{ again: me }'], [withToken(user)])),
    );
    expect(answers.map(({ body }) => body)).toStrictEqual(
      ['jane', 'john'].map((user) => [{ data: { me: user } }, { data: { again: user } }]),
    );
  });
});

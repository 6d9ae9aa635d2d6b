import { ServiceUnavailableException } from '@nestjs/common';
import {
  Args,
  Field,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  allOf,
  AuthModule,
  Authorize,
  CurrentUser,
  optional,
  Public,
  rule,
  Scopes,
  Security,
  SecurityGuard,
} from 'nestjs-security';
import { UseGuards } from '@nestjs/common';
import { graphql } from 'nestjs-security/graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withKey, withToken } from '../support/accounts.js';
import { createGraphQLApp, drivers, type GraphQLApp } from './drivers.js';
import { key, token, validate } from './schemes.js';

const ownName = rule<string>('The name is yours.', ({ user, params }) => params['name'] === user);

@ObjectType()
class Item {
  @Field(() => Int) id!: number;
}

@Resolver()
class Users {
  @Query(() => String) @Security(token) me(@CurrentUser() user: string) {
    return user;
  }
  @Mutation(() => String) @Security(token) rename(@CurrentUser() user: string) {
    return user;
  }
  @Query(() => String, { nullable: true }) @Security(token) @Scopes('items') scoped(
    @CurrentUser() user: string,
  ) {
    return user;
  }
  @Query(() => String) @Security(key) service(@CurrentUser() user: string) {
    return user;
  }
  @Query(() => String) @Security(allOf(token, key)) both(
    @CurrentUser(token) user: string,
    @CurrentUser(key) service: string,
  ) {
    return `${user} by ${service}`;
  }
  @Query(() => String, { nullable: true }) @Security(optional(token)) maybe(
    @CurrentUser() user: string | null,
  ) {
    return user;
  }
  @Query(() => String, { nullable: true }) @Public() open(@CurrentUser() user: string | null) {
    return user;
  }
  @Query(() => String, { nullable: true }) @Security(token) @Authorize(ownName) named(
    @CurrentUser() user: string,
    @Args('name') name: string,
  ) {
    return `${user} as ${name}`;
  }
  @Query(() => [Item]) @Public() items(): Item[] {
    return Array.from({ length: 50 }, (_, id) => ({ id }));
  }
  @Query(() => [Item]) @Security(token) own(): Item[] {
    return [{ id: 1 }];
  }
}

@Resolver(() => Item)
class Items {
  @ResolveField(() => String, { nullable: true }) @Security(token) secret(
    @CurrentUser() user: string,
    @Parent() { id }: Item,
  ) {
    return `${id} of ${user}`;
  }
  @ResolveField(() => String, { nullable: true }) @Security(key) service(
    @CurrentUser() user: string,
  ) {
    return user;
  }
  @ResolveField(() => String) plain() {
    return 'plain';
  }
}

@Resolver()
@Security(token)
@UseGuards(SecurityGuard)
class ManyGuards {
  @Query(() => String) @Security(token) @UseGuards(SecurityGuard) guarded(
    @CurrentUser() user: string,
  ) {
    return user;
  }
}

/** What a client is told of a refusal. */
const refused = (
  path: string,
  statusCode: number,
  code: string,
  error: string,
  message: string,
  ...challenges: string[]
) => ({
  message,
  path: path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  extensions: { code, statusCode, error, challenges },
});

describe.each(drivers)('an operation by $name', (driver) => {
  let running: GraphQLApp;
  beforeAll(async () => {
    running = await createGraphQLApp(driver, {
      imports: [AuthModule.forRoot({ schemes: [token, key], contexts: [graphql()] })],
      providers: [Users, Items, ManyGuards],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    validate.mockClear();
  });

  it.each<[string, string, [string, string][], object]>([
    ['a query with a token', '{ me }', [withToken('jane')], { me: 'jane' }],
    ['a mutation', 'mutation { rename }', [withToken('jane')], { rename: 'jane' }],
    ['the scopes', '{ scoped }', [withToken('jane/items')], { scoped: 'jane' }],
    ['both of two', '{ both }', [withToken('jane'), withKey('bot')], { both: 'jane by bot' }],
    ['nothing where that will do', '{ maybe }', [], { maybe: null }],
    ['what is optional', '{ maybe }', [withToken('jane')], { maybe: 'jane' }],
    ['nothing where all are let in', '{ open }', [], { open: null }],
    ['whatever where all are let in', '{ open }', [withToken('bad')], { open: null }],
    [
      'what a rule allows',
      '{ named(name: "jane") }',
      [withToken('jane')],
      { named: 'jane as jane' },
    ],
    [
      'a field that declares nothing',
      '{ own { plain } }',
      [withToken('jane')],
      { own: [{ plain: 'plain' }] },
    ],
  ])('is let in with %s', async (_case, query, headers, data) => {
    const answer = await running.send(query, headers);
    expect(answer.body).toStrictEqual({ data });
    expect(answer.status).toBe(200);
  });

  const INVALID = 'Bearer error="invalid_token"';
  const SCOPE = 'Bearer error="insufficient_scope", scope="items"';
  it.each<[string, string, [string, string][], ReturnType<typeof refused>]>([
    [
      'nothing',
      '{ me }',
      [],
      refused('me', 401, 'UNAUTHENTICATED', 'not_authenticated', 'Not authenticated', 'Bearer'),
    ],
    [
      'a mutation and nothing',
      'mutation { rename }',
      [],
      refused('rename', 401, 'UNAUTHENTICATED', 'not_authenticated', 'Not authenticated', 'Bearer'),
    ],
    [
      'a bad token',
      '{ me }',
      [withToken('bad')],
      refused('me', 401, 'UNAUTHENTICATED', 'invalid_token', 'Invalid credentials', INVALID),
    ],
    [
      'too few scopes',
      '{ scoped }',
      [withToken('jane/me')],
      refused('scoped', 403, 'FORBIDDEN', 'insufficient_scope', 'Insufficient scope', SCOPE),
    ],
    [
      'a bad token where none will do',
      '{ maybe }',
      [withToken('bad')],
      refused('maybe', 401, 'UNAUTHENTICATED', 'invalid_token', 'Invalid credentials', INVALID),
    ],
    [
      'one of two',
      '{ both }',
      [withToken('jane')],
      refused(
        'both',
        401,
        'UNAUTHENTICATED',
        'not_authenticated',
        'Not authenticated',
        'Bearer',
        'APIKey',
      ),
    ],
    [
      'two tokens',
      '{ me }',
      [withToken('jane'), withToken('jane')],
      refused(
        'me',
        400,
        'BAD_REQUEST',
        'invalid_request',
        'The authorization header was sent more than once',
        'Bearer error="invalid_request"',
      ),
    ],
    [
      'what a rule does not allow',
      '{ named(name: "john") }',
      [withToken('jane')],
      refused('named', 403, 'FORBIDDEN', 'access_denied', 'The name is yours.'),
    ],
  ])('is refused with %s', async (_case, query, headers, error) => {
    const answer = await running.send(query, headers);
    expect(answer.errors).toMatchObject([error]);
    expect(answer.errors![0]!.extensions).not.toHaveProperty('http');
    expect(answer.status).toBe(200);
    expect(answer.challenges).toStrictEqual(error.extensions.challenges);
    expect(answer.cacheControl).toStrictEqual(['no-store']);
    expect(JSON.stringify(answer.body)).not.toContain('Users');
  });

  it('is answered 500 without the text of what validate threw', async () => {
    validate.mockRejectedValueOnce(new Error('the secret'));
    const { errors, body } = await running.send('{ me }', [withToken('jane')]);
    expect(errors).toMatchObject([
      refused('me', 500, 'INTERNAL_SERVER_ERROR', 'internal_server_error', 'Internal Server Error'),
    ]);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each([
    Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' }),
    new ServiceUnavailableException('Service unavailable'),
  ])('is answered 503 where validate is down: %s', async (error) => {
    validate.mockRejectedValueOnce(error);
    const { errors, body } = await running.send('{ me }', [withToken('jane')]);
    expect(errors).toMatchObject([
      refused('me', 503, 'SERVICE_UNAVAILABLE', 'service_unavailable', 'Service unavailable'),
    ]);
    expect(JSON.stringify(body)).not.toContain('10.0.0.1');
  });

  it('asks once for aliases of one field', async () => {
    const { data } = await running.send('{ a: me b: me c: me }', [withToken('jane')]);
    expect(data).toStrictEqual({ a: 'jane', b: 'jane', c: 'jane' });
    expect(validate).toHaveBeenCalledTimes(1);
  });

  it('asks once for a batch', async () => {
    const { body } = await running.send(['{ me }', '{ again: me }'], [withToken('jane')]);
    expect(body).toMatchObject([{ data: { me: 'jane' } }, { data: { again: 'jane' } }]);
    expect(validate).toHaveBeenCalledTimes(1);
  });

  it('asks once however many guards there are', async () => {
    const { data } = await running.send('{ guarded }', [withToken('jane')]);
    expect(data).toStrictEqual({ guarded: 'jane' });
    expect(validate).toHaveBeenCalledTimes(1);
  });

  it('asks rules of each alias with its own arguments', async () => {
    const query = '{ a: named(name: "john") b: named(name: "jane") }';
    const { data, errors } = await running.send(query, [withToken('jane')]);
    expect(data).toStrictEqual({ a: null, b: 'jane as jane' });
    expect(errors).toMatchObject([{ path: ['a'], extensions: { error: 'access_denied' } }]);
  });

  it('gives each field the user of its own scheme, and refuses only what is not granted', async () => {
    const headers = [withToken('bob'), withKey('bot')];
    const { data, errors } = await running.send('{ a: me b: scoped s: service }', headers);
    expect(data).toStrictEqual({ a: 'bob', b: null, s: 'bot' });
    expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'FORBIDDEN' } }]);
  });

  it('gives each of four callers at once its own user', async () => {
    const users = ['jane', 'john', 'jim', 'joan'];
    const answers = await Promise.all(
      users.map((user) => running.send('{ me own { secret } }', [withToken(user)])),
    );
    expect(answers.map(({ data }) => data)).toStrictEqual(
      users.map((user) => ({ me: user, own: [{ secret: `1 of ${user}` }] })),
    );
  });

  it('asks once for a field of fifty objects', async () => {
    const { data } = await running.send('{ items { secret } }', [withToken('jane')]);
    expect((data as { items: object[] }).items[49]).toStrictEqual({ secret: '49 of jane' });
    expect(validate).toHaveBeenCalledTimes(1);
  });

  it('refuses a field under what everybody may ask', async () => {
    const { data, errors } = await running.send('{ items { id secret } }');
    expect((data as { items: object[] }).items[0]).toStrictEqual({ id: 0, secret: null });
    expect(errors).toHaveLength(50);
    expect(errors![0]).toMatchObject(
      refused(
        'items.0.secret',
        401,
        'UNAUTHENTICATED',
        'not_authenticated',
        'Not authenticated',
        'Bearer',
      ),
    );
  });

  it('sends the challenges of all that was refused', async () => {
    const { challenges } = await running.send('{ items { secret service } }');
    expect(challenges).toStrictEqual(['Bearer', 'APIKey']);
  });
});

import { Module, type Type } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { AuthModule, CurrentUser, Public, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withToken } from '../support/accounts.js';
import { createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { drivers } from './drivers.js';
import { token } from './schemes.js';

@ObjectType()
class Cat {
  @Field(() => String) name!: string;
}

@ObjectType()
class Dog {
  @Field(() => String) name!: string;
}

@Resolver(() => Cat)
class Cats {
  @Query(() => String) @Security(token) me(@CurrentUser() user: string) {
    return `cats of ${user}`;
  }
  @Query(() => String) @Public() kind() {
    return 'cat';
  }
  @Query(() => Cat) @Public() cat() {
    return { name: 'Tom' };
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) secret(
    @CurrentUser() user: string,
  ) {
    return user;
  }
}

@Resolver(() => Dog)
class Dogs {
  @Query(() => String) @Security(token) me(@CurrentUser() user: string) {
    return `dogs of ${user}`;
  }
  @Query(() => String) @Security(token) kind() {
    return 'dog';
  }
  @Query(() => Dog) @Public() dog() {
    return { name: 'Rex' };
  }
}

@Resolver()
class Shop {
  @Query(() => Cat) @Public() pet() {
    return { name: 'Tom', secret: 'open' };
  }
}

/** The guarded field of `Cats` once more, for another schema. */
@Resolver(() => Cat)
class ShopCats {
  @ResolveField(() => String, { nullable: true }) @Security(token) secret(
    @CurrentUser() user: string,
  ) {
    return `${user} in the shop`;
  }
}

@Module({ providers: [Cats] })
class CatsModule {}

@Module({ providers: [Shop] })
class ShopModule {}

@Module({ providers: [Shop, ShopCats] })
class GuardedShopModule {}

/** Provides the handlers of another module once more. */
@Module({ providers: [Shop, Cats] })
class CatsShopModule {}

@Module({ providers: [Dogs] })
class DogsModule {}

describe.each(drivers.filter(({ name }) => name !== 'Mercurius'))(
  'several schemas of one application by $name',
  ({ adapter, module }) => {
    let running: RunningApp;
    /** One of them gives everybody the same context. */
    const shared = { of: 'everybody' };
    beforeAll(async () => {
      const contexts = [graphql()];
      running = await createApp(adapter, {
        imports: [
          CatsModule,
          DogsModule,
          AuthModule.forRoot({ schemes: [token], contexts, undeclared: 'throw' }),
          module({ include: [CatsModule], path: '/cats', subscriptions: undefined }),
          module({
            include: [DogsModule],
            path: '/dogs',
            subscriptions: undefined,
            context: () => shared,
          }),
        ],
      });
    });
    afterAll(() => running.app.close());

    const withShop = (shop: Type) =>
      createApp(adapter, {
        imports: [
          CatsModule,
          shop,
          AuthModule.forRoot({ schemes: [token], contexts: [graphql()] }),
          module({ include: [CatsModule], path: '/cats', subscriptions: undefined }),
          module({ include: [shop], path: '/shop', subscriptions: undefined }),
        ],
      });

    it('one that has a type without its guarded field does not boot', async () => {
      await expect(withShop(ShopModule)).rejects.toThrow(
        'Cats.secret requires something of its callers, but Cat.secret of a schema that does not include it is resolved without it: add its module to include of that GraphQLModule.forRoot(), or give Cat a @ResolveField() of its own',
      );
    });

    it('one that guards the field itself boots', async () => {
      const { app, url } = await withShop(GuardedShopModule);
      const send = async (headers: [string, string][]) => {
        const { body } = await rawRequest(url, {
          method: 'POST',
          path: '/shop',
          headers: [['Content-Type', 'application/json'], ...headers],
          body: JSON.stringify({ query: '{ pet { secret } }' }),
        });
        return JSON.parse(body) as object;
      };
      expect(await send([])).toMatchObject({ data: { pet: { secret: null } } });
      expect(await send([withToken('jane')])).toStrictEqual({
        data: { pet: { secret: 'jane in the shop' } },
      });
      await app.close();
    });

    it('that have handlers of one class boot, which several modules provide', async () => {
      const { app, url } = await withShop(CatsShopModule);
      for (const path of ['/cats', '/shop']) {
        const { body } = await rawRequest(url, {
          method: 'POST',
          path,
          headers: [['Content-Type', 'application/json']],
          body: JSON.stringify({ query: '{ cat { secret } }' }),
        });
        expect(JSON.parse(body)).toMatchObject({
          data: { cat: { secret: null } },
          errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
        });
      }
      await app.close();
    });

    it('that have different types boot, though each includes all handlers', async () => {
      const schemaOf = (path: string, typeDefs: string) =>
        module({
          path,
          typeDefs,
          autoSchemaFile: undefined,
          subscriptions: undefined,
          resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
        });
      const { app, url } = await createApp(adapter, {
        imports: [
          AuthModule.forRoot({ schemes: [token], contexts: [graphql()] }),
          schemaOf('/dogs', 'type Dog { name: String } type Query { dog: Dog }'),
          schemaOf('/cats', 'type Cat { secret: String } type Query { cat: Cat me: String }'),
        ],
        providers: [Cats],
      });
      const { body } = await rawRequest(url, {
        method: 'POST',
        path: '/cats',
        headers: [['Content-Type', 'application/json']],
        body: JSON.stringify({ query: '{ cat { secret } }' }),
      });
      expect(JSON.parse(body)).toMatchObject({
        data: { cat: { secret: null } },
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
      await app.close();
    });

    const ask = async (path: string, query: string, caller?: string) => {
      const { body } = await rawRequest(running.url, {
        method: 'POST',
        path,
        headers: [
          ['Content-Type', 'application/json'],
          ...(caller === undefined ? [] : [withToken(caller)]),
        ],
        body: JSON.stringify({ query }),
      });
      return JSON.parse(body) as { data: unknown; errors?: { extensions: object }[] };
    };

    it('each has its own handlers', async () => {
      expect(await ask('/cats', '{ kind }')).toStrictEqual({ data: { kind: 'cat' } });
    });

    it('each reads its own calls', async () => {
      expect(await ask('/cats', '{ me cat { secret } }', 'jane')).toStrictEqual({
        data: { me: 'cats of jane', cat: { secret: 'jane' } },
      });
      expect(await ask('/cats', '{ cat { name secret } }')).toMatchObject({
        data: { cat: { name: 'Tom', secret: null } },
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    });

    it('one whose context is shared gives nobody the identity of another', async () => {
      expect(await ask('/dogs', '{ me }', 'jane')).toStrictEqual({ data: { me: 'dogs of jane' } });
      for (const caller of ['john', undefined]) {
        const { data, errors } = await ask('/dogs', '{ me }', caller);
        expect([data, errors![0]!.extensions]).toMatchObject([
          null,
          { code: 'INTERNAL_SERVER_ERROR' },
        ]);
      }
      expect(await ask('/cats', '{ me }', 'john')).toStrictEqual({ data: { me: 'cats of john' } });
    });
  },
);

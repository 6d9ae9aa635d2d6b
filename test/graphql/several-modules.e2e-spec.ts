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

/** The same field once more, for everybody. */
@Resolver(() => Cat)
class OpenCats {
  @ResolveField(() => String, { nullable: true }) @Public() secret() {
    return 'open';
  }
}

@Module({ imports: [CatsModule], providers: [Shop] })
class ImportingShopModule {}

@Module({ providers: [Shop, Cats] })
class ProvidingShopModule {}

@Module({ imports: [CatsModule], providers: [Shop, OpenCats] })
class OpenShopModule {}

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
            // It has no fields that require something.
            fieldResolverEnhancers: [],
          }),
        ],
      });
    });
    afterAll(() => running.app.close());

    const withShop = (shop: Type, options = {}) =>
      createApp(adapter, {
        imports: [
          CatsModule,
          shop,
          AuthModule.forRoot({ schemes: [token], contexts: [graphql()] }),
          module({ include: [CatsModule], path: '/cats', subscriptions: undefined }),
          module({ include: [shop], path: '/shop', subscriptions: undefined, ...options }),
        ],
      });

    it.each<[string, Type, string]>([
      [
        'has a type without its guarded field',
        ShopModule,
        'Cats.secret requires something of its callers, but Cat.secret of a schema that does not include it is resolved without it: add its module to include of that GraphQLModule.forRoot(), or give Cat a @ResolveField() of its own',
      ],
      [
        'opens the guarded field of a module that it imports',
        OpenShopModule,
        'both answer FIELD Cat.secret, of which Nest calls one alone',
      ],
    ])('one that %s does not boot', async (_, shop, message) => {
      await expect(withShop(shop)).rejects.toThrow(message);
    });

    it('one that has a guarded field of a module that it imports, and runs no guards for fields, does not boot', async () => {
      await expect(withShop(ImportingShopModule, { fieldResolverEnhancers: [] })).rejects.toThrow(
        'Cats.secret requires something of its callers, but Nest runs no guards for it: set fieldResolverEnhancers',
      );
    });

    it.each<[string, Type, string]>([
      ['guards the field itself', GuardedShopModule, 'jane in the shop'],
      ['imports the module that guards it', ImportingShopModule, 'jane'],
      ['has what guards it, as another module has', ProvidingShopModule, 'jane'],
    ])('one that %s boots', async (_, shop, secret) => {
      const { app, url } = await withShop(shop);
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
      expect(await send([withToken('jane')])).toStrictEqual({ data: { pet: { secret } } });
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

    it('each says what its own fields require', async () => {
      const fields = '{ __schema { queryType { fields { name description } } } }';
      const described = async (path: string) => {
        const { data } = await ask(path, fields);
        const { __schema: schema } = data as {
          __schema: { queryType: { fields: { name: string; description: string | null }[] } };
        };
        const entries = schema.queryType.fields.map(({ name, description }) => [name, description]);
        return Object.fromEntries(entries) as object;
      };
      const me = 'Requires Token.';
      expect(await described('/cats')).toStrictEqual({ cat: null, kind: null, me });
      expect(await described('/dogs')).toStrictEqual({ dog: null, kind: me, me });
    });
  },
);

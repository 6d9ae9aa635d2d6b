import type { Type } from '@nestjs/common';
import {
  Field,
  InterfaceType,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  AuthModule,
  Authorize,
  anyOf,
  optional,
  Public,
  rule,
  Scopes,
  Security,
  withScopes,
} from 'nestjs-security';
import { graphql, type GraphQLOptions } from 'nestjs-security/graphql';
import { describe, expect, it } from 'vitest';
import { createGraphQLApp, drivers } from './drivers.js';
import { key, token } from './schemes.js';

const yours = rule<string>('The item is yours.', () => true);

@InterfaceType()
abstract class Thing {
  @Field(() => String) id!: string;
}

@ObjectType({ implements: () => [Thing] })
class Box implements Thing {
  id!: string;
}

@ObjectType({ implements: () => [Thing] })
class OwnBox implements Thing {
  id!: string;
}

@Resolver(() => Thing)
class Things {
  @Query(() => [Thing]) @Public() things() {
    return [];
  }
  @ResolveField(() => String) @Security(token) owner() {
    return 'ada';
  }
}

@Resolver(() => OwnBox)
class OwnBoxes {
  @Query(() => OwnBox, { nullable: true }) @Public() ownBox() {
    return null;
  }
  @ResolveField(() => String) @Security(key) owner() {
    return 'ada';
  }
}

@ObjectType()
class Item {
  @Field(() => String, { description: 'What it is.' }) id!: string;
}

@Resolver()
class Items {
  @Query(() => Item, { description: 'One item.' }) @Security(token) @Scopes('me', 'items') item() {
    return { id: '1' };
  }
  @Query(() => Item) @Security(optional(token)) maybe() {
    return { id: '1' };
  }
  @Query(() => Item) @Public() open() {
    return { id: '1' };
  }
  @Mutation(() => Item, { name: 'renamed' })
  @Security(anyOf(withScopes(token, ['items']), key))
  add() {
    return { id: '1' };
  }
  @Subscription(() => String) @Security(token) @Authorize(yours) events() {
    return undefined;
  }
}

@Resolver(() => Item)
class ItemFields {
  @ResolveField(() => String) @Security(key) secret() {
    return 'secret';
  }
  @ResolveField(() => String) plain() {
    return 'plain';
  }
}

@Resolver()
class Defaulted {
  @Query(() => String) declaredNowhere() {
    return 'default';
  }
}

const INTROSPECTION = '{ __schema { types { name fields { name description } } } }';

async function described(
  driver: (typeof drivers)[number],
  options: GraphQLOptions = {},
  module: Record<string, unknown> = {},
  providers: Type[] = module['typeDefs'] === undefined
    ? [Items, ItemFields, Defaulted]
    : [Items, ItemFields],
) {
  const running = await createGraphQLApp(
    driver,
    {
      imports: [
        AuthModule.forRoot({ schemes: [token, key], contexts: [graphql(options)], security: key }),
      ],
      providers,
    },
    module,
  );
  try {
    const { data } = await running.send(INTROSPECTION);
    const { types } = (data as Introspection).__schema;
    return Object.fromEntries(
      types
        .filter(({ name, fields }) => fields !== null && !name.startsWith('__'))
        .flatMap(({ name, fields }) =>
          fields!.map((field) => [`${name}.${field.name}`, field.description]),
        ),
    ) as Record<string, string | null>;
  } finally {
    await running.app.close();
  }
}

interface Introspection {
  __schema: {
    types: { name: string; fields: { name: string; description: string | null }[] | null }[];
  };
}

it.each<[string, unknown]>([
  ['a text in place of a list', { origins: 'https://app.example.com' }],
  ['a wildcard', { origins: ['*'] }],
  ['a path', { origins: ['https://app.example.com/'] }],
])('graphql() should throw if origins are %s', (_case, options) => {
  expect(() => graphql(options as GraphQLOptions)).toThrow('graphql(): origins must list origins');
});

it('graphql() should throw if descriptions are a text', () => {
  expect(() => graphql({ descriptions: 'no' as never })).toThrow(
    'graphql(): descriptions must be true or false',
  );
});

describe.each(drivers)('a schema by $name', (driver) => {
  const REQUIRED = {
    'Item.id': 'What it is.',
    'Item.secret': 'Requires Key.',
    'Item.plain': null,
    'Query.item': 'One item.\n\nRequires Token, granting `me` `items`.',
    'Query.maybe': 'Requires Token, or anonymous.',
    'Query.open': null,
    'Mutation.renamed': 'Requires Token with "items", or Key.',
    'Subscription.events': 'Requires Token.\n- The item is yours.',
  };
  const typeDefs = `
    type Item { "What it is." id: String! secret: String plain: String }
    type Query { "One item." item: Item maybe: Item open: Item }
    type Mutation { renamed: Item }
    type Subscription { events: String }
  `;

  it('says what each field requires, code first', async () => {
    expect(await described(driver)).toStrictEqual({
      ...REQUIRED,
      'Query.declaredNowhere': 'Requires Key.',
    });
  });

  it('says what each field requires, schema first', async () => {
    const schemaFirst = { autoSchemaFile: undefined, typeDefs };
    expect(await described(driver, {}, schemaFirst)).toStrictEqual(REQUIRED);
  });

  it('says what each field requires, sorted', async () => {
    expect(await described(driver, {}, { sortSchema: true })).toMatchObject(REQUIRED);
  });

  it("says it beside the application's own transformation", async () => {
    let seen = 0;
    const transformSchema = (schema: unknown) => {
      seen++;
      return schema;
    };
    expect(await described(driver, {}, { transformSchema })).toMatchObject(REQUIRED);
    expect(seen).toBe(1);
  });

  it('says it of the fields of an interface, and of those that are resolved as they are', async () => {
    const orphanedTypes = [Box, OwnBox];
    const module = { buildSchemaOptions: { orphanedTypes } };
    expect(await described(driver, {}, module, [Things, OwnBoxes])).toMatchObject({
      'Thing.owner': 'Requires Token.',
      'Box.owner': 'Requires Token.',
      'OwnBox.owner': 'Requires Key.',
      'Box.id': null,
    });
  });

  it('says nothing of it if told so', async () => {
    expect(await described(driver, { descriptions: false })).toMatchObject({
      'Item.id': 'What it is.',
      'Item.secret': null,
      'Query.item': 'One item.',
      'Subscription.events': null,
    });
  });
});

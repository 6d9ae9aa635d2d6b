import { ApolloFederationDriver } from '@nestjs/apollo';
import { Module, type Type } from '@nestjs/common';
import {
  Directive,
  Field,
  GraphQLModule,
  ID,
  InterfaceType,
  ObjectType,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
} from '@nestjs/graphql';
import { MercuriusFederationDriver } from '@nestjs/mercurius';
import { AuthModule, Authorize, CurrentUser, Public, rule, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withKey, withToken } from '../support/accounts.js';
import { type Adapter, adapters, createApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { sendOperation } from './drivers.js';
import { key, token, validate } from './schemes.js';

const named = rule<string>('Yours alone.', ({ user, params }) => params['id'] === user);

@ObjectType()
@Directive('@key(fields: "id")')
class Account {
  @Field(() => ID) id!: string;
}

@Resolver(() => Account)
class Accounts {
  @Query(() => Account) @Public() anybody() {
    return { id: 'anybody' };
  }
  @ResolveReference() @Security(token) @Authorize(named) of(reference: { id: string }) {
    return { id: reference.id };
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) owner(
    @CurrentUser() user: string,
  ) {
    return user;
  }
}

@ObjectType()
@Directive('@key(fields: "id")')
class Service {
  @Field(() => ID) id!: string;
}

@Resolver(() => Service)
class Services {
  @Query(() => Service) @Public() service() {
    return { id: 'service' };
  }
  @ResolveReference() @Security(key) async of(_: unknown, @CurrentUser() user: string) {
    return { id: user };
  }
}

const subgraph = (driver: unknown, fieldResolverEnhancers: string[], options = {}) =>
  GraphQLModule.forRoot({
    driver,
    autoSchemaFile: { federation: 2 },
    playground: false,
    graphiql: false,
    fieldResolverEnhancers,
    ...options,
  } as never);

const [express, fastify] = adapters as [Adapter, Adapter];
const subgraphs = [
  { name: 'Apollo on Express', adapter: express, driver: ApolloFederationDriver },
  { name: 'Apollo on Fastify', adapter: fastify, driver: ApolloFederationDriver },
  { name: 'Mercurius', adapter: fastify, driver: MercuriusFederationDriver },
];

const ENTITIES =
  '{ _entities(representations: [{ __typename: "Account", id: "jane" }, { __typename: "Account", id: "john" }]) { ... on Account { id owner } } }';

describe.each(subgraphs)('a reference by $name', ({ adapter, driver }) => {
  let running: Awaited<ReturnType<typeof createApp>>;
  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [
        subgraph(driver, ['guards']),
        AuthModule.forRoot({ schemes: [token, key], contexts: [graphql()] }),
      ],
      providers: [Accounts, Services],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    validate.mockClear();
  });

  it('is refused without credentials', async () => {
    const { data, errors, challenges } = await sendOperation(running.url, ENTITIES);
    expect(data).toStrictEqual({ _entities: [null, null] });
    const refused = { extensions: { code: 'UNAUTHENTICATED', statusCode: 401 } };
    expect(errors).toMatchObject([refused, refused]);
    expect(challenges).toStrictEqual(['Bearer']);
  });

  it('is resolved one by one, by its own rules, and asked for once', async () => {
    const { data, errors } = await sendOperation(running.url, ENTITIES, [withToken('jane')]);
    expect(data).toStrictEqual({ _entities: [{ id: 'jane', owner: 'jane' }, null] });
    expect(errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', statusCode: 403, error: 'access_denied' } },
    ]);
    // Mercurius has texts in it.
    expect(errors?.[0]?.path?.map(String)).toStrictEqual(['_entities', '1']);
    expect(validate).toHaveBeenCalledTimes(1);
  });

  it('has the user of its own scheme beside another in one list', async () => {
    const { data } = await sendOperation(
      running.url,
      '{ _entities(representations: [{ __typename: "Service", id: "x" }, { __typename: "Account", id: "jane" }]) { ... on Account { id owner } ... on Service { id } } }',
      [withToken('jane'), withKey('bot')],
    );
    expect(data).toStrictEqual({ _entities: [{ id: 'bot' }, { id: 'jane', owner: 'jane' }] });
  });
});

describe.each(subgraphs)('a context that references by $name share', ({ adapter, driver }) => {
  let running: Awaited<ReturnType<typeof createApp>>;
  beforeAll(async () => {
    const shared = { locale: 'en' };
    running = await createApp(adapter, {
      imports: [
        subgraph(driver, ['guards'], { context: () => shared }),
        AuthModule.forRoot({ schemes: [token, key], contexts: [graphql()] }),
      ],
      providers: [Accounts, Services],
    });
  });
  afterAll(() => running.app.close());

  it('gives nobody the identity of another', async () => {
    const ask = (name: string) =>
      sendOperation(
        running.url,
        `{ _entities(representations: [{ __typename: "Account", id: "${name}" }]) { ... on Account { owner } } }`,
        [withToken(name)],
      );
    await ask('jane');
    const answers = await Promise.all(['john', 'jane', 'john'].map(ask));
    for (const { data } of answers) expect(data).toStrictEqual({ _entities: [null] });
  });
});

it.each(subgraphs)('$name does not boot without guards for references', async (each) => {
  const boot = createApp(each.adapter, {
    imports: [
      subgraph(each.driver, []),
      AuthModule.forRoot({ schemes: [token, key], contexts: [graphql()] }),
    ],
    providers: [Accounts],
  });
  await expect(boot).rejects.toThrow('Accounts.of requires something of its callers');
});

@ObjectType()
@Directive('@key(fields: "id")')
class Patient {
  @Field(() => ID) id!: string;
}

@Resolver(() => Patient)
@Security(token)
class OfItsClass {
  @Query(() => Patient) me() {
    return { id: 'me' };
  }
  @ResolveField(() => String) diagnosis() {
    return 'a secret';
  }
}

@Resolver(() => Patient)
class OfTheApplication {
  @Query(() => Patient) me() {
    return { id: 'me' };
  }
  @ResolveField(() => String) diagnosis() {
    return 'a secret';
  }
}

@Resolver(() => Patient)
@Security(token)
class OfItself {
  @Query(() => Patient) me() {
    return { id: 'me' };
  }
  @ResolveField(() => String) @Security(token) diagnosis() {
    return 'a secret';
  }
  @ResolveField(() => String) @Public() ward() {
    return 'a ward';
  }
}

@Resolver(() => Patient)
class OfNobody {
  @Query(() => Patient) @Public() me() {
    return { id: 'me' };
  }
  @ResolveReference() @Security(token) of(reference: object) {
    return reference;
  }
}

@ObjectType()
class Ward {
  @Field(() => ID) id!: string;
}

@ObjectType()
@Directive('@key(fields: "id")')
class Clinic {
  @Field(() => ID) id!: string;
  @Field(() => [Ward], { nullable: true }) wards?: Ward[];
}

@Resolver(() => Ward)
@Security(token)
class WithinAnother {
  @Query(() => Clinic) clinic() {
    return { id: 'clinic' };
  }
  @ResolveField(() => String) diagnosis() {
    return 'a secret';
  }
}

@ObjectType()
@Directive('@key(fields: "id")')
class Hospital {
  @Field(() => ID) id!: string;
}

@Resolver(() => Clinic)
class Clinics {
  @ResolveReference() @Security(token) of(reference: object) {
    return reference;
  }
}

/** Resolves wards without declaring what that requires. */
@Resolver(() => Hospital)
class Hospitals {
  @Query(() => Hospital) @Public() hospital() {
    return { id: 'hospital' };
  }
  @ResolveField(() => [Ward]) wards() {
    return [{ id: 'ward' }];
  }
}

@InterfaceType({ resolveType: () => 'Bed' })
class Place {
  @Field(() => ID) id!: string;
}

@ObjectType({ implements: () => [Place] })
@Directive('@key(fields: "id")')
class Bed extends Place {}

@Resolver(() => Place)
@Security(token)
class OfAnInterface {
  @Query(() => Bed) bed() {
    return { id: 'bed' };
  }
  @ResolveField(() => String) diagnosis() {
    return 'a secret';
  }
}

@Resolver('Place')
@Security(token)
class TellingTypes {
  @Query('bed') bed() {
    return { id: 'bed' };
  }
  @ResolveField('__resolveType') typeOf() {
    return 'Bed';
  }
}

const SCHEMA_FIRST = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  interface Place { id: ID! }
  type Bed implements Place @key(fields: "id") { id: ID! }
  type Query { bed: Place }
`;

@Resolver(() => Bed)
class OfItsOwn {
  @ResolveField(() => String) @Security(token) diagnosis() {
    return 'its own';
  }
}

@Resolver(() => Patient)
class PatientReferences {
  @Query(() => Patient) @Public() referred() {
    return { id: 'referred' };
  }
  @ResolveReference() @Security(token) of(reference: object) {
    return reference;
  }
}

@Module({ providers: [OfItsClass] })
class PatientsModule {}

@Module({ providers: [PatientReferences] })
class ReferencesModule {}

// Mercurius makes one schema for an application.
describe.each(subgraphs.slice(0, 2))(
  'a type that one of several schemas by $name finds by what was sent',
  ({ adapter, driver }) => {
    const boot = (...included: Type[][]) =>
      createApp(adapter, {
        imports: [
          PatientsModule,
          ReferencesModule,
          ...included.map((include, index) =>
            subgraph(driver, ['guards'], { include, path: `/${index}` }),
          ),
          AuthModule.forRoot({ schemes: [token], contexts: [graphql()] }),
        ],
      });

    it.each([
      ['first', [[PatientsModule], [ReferencesModule]]],
      ['last', [[ReferencesModule], [PatientsModule]]],
    ])('does not boot where only another has its reference: %s', async (_case, included) => {
      await expect(boot(...included)).rejects.toThrow(
        'OfItsClass.diagnosis requires something by its class or the application, but clients reach it through _entities without any guard: give Patient a @ResolveReference()',
      );
    });

    it('is guarded by the reference of its own schema', async () => {
      const { app, url } = await boot([PatientsModule, ReferencesModule], [ReferencesModule]);
      const ask = async (headers: [string, string][]) => {
        const query =
          '{ _entities(representations: [{ __typename: "Patient", id: "7" }]) { ... on Patient { diagnosis } } }';
        const { body } = await rawRequest(url, {
          method: 'POST',
          path: '/0',
          headers: [['Content-Type', 'application/json'], ...headers],
          body: JSON.stringify({ query }),
        });
        return JSON.parse(body) as unknown;
      };
      expect(await ask([])).toMatchObject({
        data: { _entities: [null] },
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
      expect(await ask([withToken('jane')])).toStrictEqual({
        data: { _entities: [{ diagnosis: 'a secret' }] },
      });
      await app.close();
    });
  },
);

describe.each(subgraphs)('a type that $name finds by what was sent', ({ adapter, driver }) => {
  const boot = (resolver: Type, auth: object = {}, options: object = {}, others: Type[] = []) =>
    createApp(adapter, {
      imports: [
        subgraph(driver, ['guards'], options),
        AuthModule.forRoot({ schemes: [token], contexts: [graphql()], ...auth }),
      ],
      providers: [resolver, ...others],
    });
  const inheriting = { inheritResolversFromInterfaces: true };

  it.each<[string, Type, string, object, object, Type[]?]>([
    ['its class', OfItsClass, 'Patient', {}, {}],
    ['the application', OfTheApplication, 'Patient', { security: token }, {}],
    ['the class of a type within it', WithinAnother, 'Clinic', {}, {}],
    ['the class of its interface', OfAnInterface, 'Bed', {}, inheriting],
    [
      'the class of what it is resolved to',
      WithinAnother,
      'Hospital',
      {},
      {},
      [Hospitals, Clinics],
    ],
  ])(
    'does not boot where only %s guards its fields',
    async (_case, resolver, entity, auth, options, others = []) => {
      await expect(boot(resolver, auth, options, others)).rejects.toThrow(
        `${resolver.name}.diagnosis requires something by its class or the application, but clients reach it through _entities without any guard: give ${entity} a @ResolveReference(), or put @Security(...) or @Public() on diagnosis()`,
      );
    },
  );

  it('boots where a class that guards no field tells the type of an interface', async () => {
    const typeDefs = SCHEMA_FIRST;
    const { app, url } = await boot(
      TellingTypes,
      {},
      {
        ...inheriting,
        autoSchemaFile: undefined,
        typeDefs,
      },
    );
    const { data } = await sendOperation(url, '{ bed { id } }', [withToken('jane')]);
    expect(data).toStrictEqual({ bed: { id: 'bed' } });
    await app.close();
  });

  it('boots where a field of its interface is resolved by a guarded one of its own', async () => {
    const { app, url } = await boot(OfAnInterface, {}, inheriting, [OfItsOwn]);
    const { errors } = await sendOperation(
      url,
      '{ _entities(representations: [{ __typename: "Bed", id: "7" }]) { ... on Bed { diagnosis } } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await app.close();
  });

  it('boots where nothing is required, and refuses what a field itself requires', async () => {
    const open = await boot(OfTheApplication);
    await open.app.close();
    const { app, url } = await boot(OfItself);
    const query =
      '{ _entities(representations: [{ __typename: "Patient", id: "7" }]) { ... on Patient { ward diagnosis } } }';
    const { errors, body } = await sendOperation(url, query);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(JSON.stringify(body)).not.toContain('a secret');
    const { data } = await sendOperation(url, query, [withToken('jane')]);
    expect(data).toStrictEqual({ _entities: [{ ward: 'a ward', diagnosis: 'a secret' }] });
    await app.close();
  });

  it('does not boot where an option answers for its guarded reference', async () => {
    const resolvers = { Patient: { __resolveReference: (reference: object) => reference } };
    await expect(boot(OfNobody, {}, { resolvers })).rejects.toThrow(
      'OfNobody.of requires something of its callers, but the option resolvers or loaders of GraphQLModule.forRoot() answers for Patient.__resolveReference in its place',
    );
  });
});

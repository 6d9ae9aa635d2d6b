import { ApolloFederationDriver } from '@nestjs/apollo';
import {
  Field,
  GraphQLModule,
  InputType,
  InterfaceType,
  IntersectionType,
  ObjectType,
  OmitType,
  PartialType,
  PickType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { type DynamicModule, Logger, type Type } from '@nestjs/common';
import { AuthModule, Public, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { buildSchema } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { withToken } from '../support/accounts.js';
import { adapters, createApp } from '../support/adapters.js';
import { drivers, sendOperation } from './drivers.js';
import { token } from './schemes.js';

const OPEN = { secret: 'the value that everybody would get' };

@Resolver('Animal')
class Animals {
  @Query() @Public() cat() {
    return OPEN;
  }
  @ResolveField('__resolveType') typeOf() {
    return 'Cat';
  }
  @ResolveField() @Security(token) secret() {
    return 'a secret';
  }
}

const typeDefs = `
  interface Being { secret: String }
  interface Animal implements Being { secret: String }
  type Cat implements Animal & Being { secret: String }
  type Query { cat: Cat! }
`;

@InterfaceType()
abstract class Vehicle {
  @Field(() => String, { nullable: true }) secret?: string;
}

@ObjectType({ implements: () => [Vehicle] })
class Car extends Vehicle {}

@Resolver(() => Vehicle)
class Vehicles {
  @Query(() => Car) @Public() car() {
    return OPEN;
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) secret() {
    return 'a secret';
  }
}

@ObjectType()
class User {
  @Field(() => String) name!: string;
}

@ObjectType()
class Admin extends User {}

@Resolver(() => User)
class Users {
  @Query(() => User) @Public() user() {
    return { name: 'Ada', ...OPEN };
  }
  @Query(() => Admin) @Public() admin() {
    return { name: 'Ada', ...OPEN };
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) secret() {
    return 'a secret';
  }
}

@Resolver(() => Admin)
class Admins {
  @Query(() => String) @Security(token) admins() {
    return 'a secret';
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) secret() {
    return 'a secret';
  }
}

@Resolver(() => User)
class OtherUsers {
  @ResolveField(() => String, { name: 'secret', nullable: true }) open() {
    return OPEN.secret;
  }
}

@Resolver()
class OtherAdmins {
  @Query(() => String, { name: 'admins' }) @Public() open() {
    return OPEN.secret;
  }
}

@ObjectType()
class Account {
  @Field(() => String) iban!: string;
  @Field(() => String, { nullable: true }) secret?: string;
}

@ObjectType()
class Company {
  @Field(() => String) title!: string;
  @Field(() => String, { nullable: true }) secret?: string;
}

@ObjectType()
class Titled {
  @Field(() => String) title!: string;
}

@ObjectType()
class Picked extends PickType(Account, ['iban', 'secret']) {}
@ObjectType()
class Omitted extends OmitType(PartialType(Account), []) {}
@ObjectType()
class Intersected extends IntersectionType(Account, Company) {}
@ObjectType()
class Partially extends PartialType(Account) {}
@ObjectType()
class Doubtful extends PickType(Company, ['secret']) {}
@ObjectType()
class Listed extends PickType(Company, ['title', 'secret']) {}
@ObjectType()
class Mixed extends IntersectionType(PickType(Company, ['secret']), Titled) {}

@InputType()
class Opening {
  @Field(() => String) iban!: string;
  @Field(() => String, { nullable: true }) secret?: string;
}

@InterfaceType()
class Sealed {
  @Field(() => String, { nullable: true }) secret?: string;
}

@ObjectType()
class Opened extends PickType(Opening, ['secret'], ObjectType) {}
@ObjectType()
class Reopened extends PartialType(Opening, ObjectType) {}
@ObjectType()
class Unsealed extends OmitType(Sealed, [], ObjectType) {}

/** What delivers objects of a type, with a secret that only `Accounts` guards. */
function delivering(type: Type): Type {
  @Resolver()
  class Delivering {
    @Query(() => type) @Public() made() {
      return { iban: 'AD', title: 'Ltd', ...OPEN, code: OPEN.secret, color: OPEN.secret };
    }
  }
  return Delivering;
}

/** What resolves a secret of its own for a type. */
function resolving(type: Type | string, ...decorators: MethodDecorator[]): Type {
  @Resolver((typeof type === 'string' ? type : () => type) as string)
  class Open {
    @ResolveField(() => String, { nullable: true }) secret() {
      return OPEN.secret;
    }
  }
  const secret = Object.getOwnPropertyDescriptor(Open.prototype, 'secret')!;
  for (const decorate of decorators) decorate(Open.prototype, 'secret', secret);
  return Open;
}

@Resolver(() => Account)
class Accounts {
  @Query(() => Account) @Public() account() {
    return { name: 'Ada', ...OPEN };
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) secret() {
    return 'a secret';
  }
}

@Resolver(() => Picked)
class PickedAccounts {
  @Query(() => Picked) @Public() made() {
    return { name: 'Ada', ...OPEN };
  }
  @ResolveField(() => String, { nullable: true }) @Security(token) secret() {
    return 'a secret';
  }
}

@ObjectType()
class Vault {
  @Field(() => String) content!: string;
}

@ObjectType()
class Composed extends PartialType(IntersectionType(PickType(Vault, ['content']), Titled)) {}

/** The only type that has such a field. */
@Resolver(() => Vault)
class Vaults {
  @Query(() => Vault) @Public() vault() {
    return { content: 'open' };
  }
  @ResolveField(() => String) @Security(token) content() {
    return 'a secret';
  }
}

@ObjectType()
class Safe {
  @Field(() => String) code!: string;
  @Field(() => String) color!: string;
}

@Resolver(() => Safe)
class Safes {
  @Query(() => Safe) @Public() safe() {
    return { code: 'open', color: 'open' };
  }
  @ResolveField(() => String) @Security(token) code() {
    return 'a secret';
  }
  @ResolveField(() => String) @Security(token) color() {
    return 'a secret';
  }
}

/** What PartialType() would make of it has this name. */
@ObjectType({ isAbstract: true })
class PartialLock {
  @Field(() => String) code!: string;
}

@ObjectType()
class Lock extends PartialLock {}

@InputType()
class PaintInput {
  @Field(() => String) color!: string;
}

@ObjectType()
class Paint extends PartialType(PaintInput, ObjectType) {}

@ObjectType()
class Unused {
  @Field(() => String) name!: string;
}

@Resolver(() => Unused)
class UnusedFields {
  @ResolveField(() => String) @Security(token) secret() {
    return 'a secret';
  }
}

/** Handles the same field of another interface, and lets everybody have it. */
@Resolver('Being')
class Beings {
  @ResolveField('__resolveType') typeOf() {
    return 'Cat';
  }
  @ResolveField() secret() {
    return OPEN.secret;
  }
}

/** As where two files import each other: it is there a moment later. */
let lost: Type;
@Resolver(() => lost)
class Typeless {
  @ResolveField(() => String) @Security(token) secret() {
    return 'a secret';
  }
}
lost = Account;

const renamed = `
  schema { query: RootQuery }
  type RootQuery { drop: String }
`;

@Resolver('RootQuery')
@Security(token)
class Roots {
  @ResolveField() drop() {
    return OPEN.secret;
  }
}

@Resolver('RootQuery')
class OwnRoots {
  @ResolveField() @Security(token) drop() {
    return 'a secret';
  }
}

@Resolver('Catt')
class Misspelt {
  @ResolveField() @Security(token) secret() {
    return 'a secret';
  }
}

@Resolver('Cat')
class MisspeltField {
  @ResolveField('sekret') @Security(token) secret() {
    return 'a secret';
  }
}

@Resolver('Cat')
class OwnAnimals {
  @ResolveField() @Security(token) secret() {
    return 'a secret';
  }
}

/** As applications with several schemas have it, each of which has other types. */
const ignoring = { resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' } };
const unattached = (handler: string, place: string) =>
  `${handler} requires something of its callers, but no schema that Nest makes has ${place}, so that nothing calls it: correct the name, or give GraphQLModule.forRoot() typeDefs where it has a schema alone`;

type Options = Record<string, unknown>;
type Module = (options: Options) => DynamicModule;

const apollo: Module = drivers[0]!.module;
const mercurius: Module = drivers[2]!.module;
const subgraph: Module = (options) =>
  GraphQLModule.forRoot({
    driver: ApolloFederationDriver,
    playground: false,
    fieldResolverEnhancers: ['guards'],
    ...options,
  } as never);

const firstSubgraph: Module = (options) => subgraph({ ...options, autoSchemaFile: undefined });

const boot = (module: Module, options: Options, providers: Type[]) =>
  createApp(module === mercurius ? adapters[1]! : adapters[0]!, {
    imports: [
      AuthModule.forRoot({ schemes: [token], contexts: [graphql({ descriptions: false })] }),
      module(options),
    ],
    providers,
  });

const schemaFirst = { autoSchemaFile: undefined, typeDefs };
const codeFirst = { autoSchemaFile: true };
const inherit = { inheritResolversFromInterfaces: true };
const INHERIT = 'set inheritResolversFromInterfaces: true in GraphQLModule.forRoot(), or ';

describe('a guarded field that other types have, too,', () => {
  it.each<[string, Module, Options, Type[], string]>([
    ['of an interface', apollo, { ...schemaFirst, ...inherit }, [Animals], '{ cat { secret } }'],
    ['of an interface, code first', apollo, codeFirst, [Vehicles], '{ car { secret } }'],
    [
      'of an interface, in a subgraph',
      subgraph,
      { autoSchemaFile: { federation: 2 }, ...inherit },
      [Vehicles],
      '{ car { secret } }',
    ],
    ['of a base class', apollo, codeFirst, [Users, Admins], '{ admin { secret } }'],
    ['of a picked type', apollo, codeFirst, [Accounts, PickedAccounts], '{ made { secret } }'],
  ])('%s, is guarded in each of them', async (_, module, options, providers, query) => {
    const { app, url } = await boot(module, options, providers);
    const refused = await sendOperation(url, query);
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(JSON.stringify(refused.body)).not.toContain(OPEN.secret);
    const { data }: { data: object } = await sendOperation(url, query, [withToken('jane')]);
    expect(Object.values(data)).toEqual([{ secret: 'a secret' }]);
    await app.close();
  });

  it.each<[string, Module, Options, Type[], string]>([
    [
      'of an interface',
      apollo,
      schemaFirst,
      [Animals],
      `Cat.secret is resolved without it: ${INHERIT}give Cat a`,
    ],
    [
      'which an option resolves',
      apollo,
      { ...codeFirst, resolvers: [{}, { User: { secret: () => 'open' } }] },
      [Users, Admins],
      'Users.secret requires something of its callers, but the option resolvers or loaders of GraphQLModule.forRoot() answers for User.secret in its place: remove it there',
    ],
    [
      'which a loader resolves',
      mercurius,
      { ...codeFirst, loaders: { User: { secret: () => [] } } },
      [Users, Admins],
      'answers for User.secret in its place',
    ],
    [
      'that is a query, which an option resolves',
      apollo,
      { ...codeFirst, resolvers: { Query: { admins: () => 'open' } } },
      [Users, Admins],
      'Admins.admins requires something of its callers, but the option resolvers or loaders of GraphQLModule.forRoot() answers for Query.admins in',
    ],
    ...[apollo, mercurius].flatMap((module): [string, Module, Options, Type[], string][] => [
      [
        'which another handler resolves',
        module,
        codeFirst,
        [Users, Admins, OtherUsers],
        'Users.secret and OtherUsers.open both answer FIELD User.secret, of which Nest calls one alone, but they require different things: remove one of them, or declare the same on both',
      ],
      [
        'that is a query, which another handler resolves',
        module,
        codeFirst,
        [OtherAdmins, Users, Admins],
        'OtherAdmins.open and Admins.admins both answer QUERY admins, of which',
      ],
    ]),
    [
      'of an interface, in a subgraph',
      subgraph,
      { autoSchemaFile: { federation: 2 } },
      [Vehicles],
      `Vehicles.secret requires something of its callers, but Car.secret is resolved without it: ${INHERIT}give Car a`,
    ],
    [
      'of a base class',
      apollo,
      codeFirst,
      [Users],
      'Users.secret requires something of its callers, but Admin.secret is resolved without it: give Admin a @ResolveField() of its own',
    ],
    ...[Picked, Omitted, Intersected, Partially].map(
      (type): [string, Module, Options, Type[], string] => [
        `of what ${type.name} is made of`,
        apollo,
        codeFirst,
        [Accounts, delivering(type)],
        `Accounts.secret requires something of its callers, but ${type.name}.secret is resolved without it: give ${type.name} a @ResolveField() of its own`,
      ],
    ),
    [
      'of what is made of what is made of it',
      apollo,
      codeFirst,
      [Vaults, delivering(Composed)],
      'Vaults.content requires something of its callers, but Composed.content is resolved without it: give Composed a @ResolveField() of its own, with its own @Security()',
    ],
    [
      'of one interface of two',
      apollo,
      { ...schemaFirst, ...inherit },
      [Animals, Beings],
      'Animals.secret requires something of its callers, but Cat.secret is resolved without it',
    ],
    [
      'of an interface, which an option resolves for a type',
      apollo,
      { ...schemaFirst, ...inherit, resolvers: { Cat: { secret: () => 'open' } } },
      [Animals],
      'Animals.secret requires something of its callers, but Cat.secret is resolved without it',
    ],
    [
      'of a type that is undefined where it is named',
      apollo,
      codeFirst,
      [delivering(Account), Typeless],
      'Typeless.secret requires something of its callers, but no schema has a type Typeless: name the type in @Resolver()',
    ],
    ...[apollo, mercurius, firstSubgraph].flatMap(
      (module): [string, Module, Options, Type[], string][] => [
        [
          'of a type whose name is misspelt',
          module,
          { ...schemaFirst, ...ignoring },
          [Misspelt],
          unattached('Misspelt.secret', 'Catt.secret'),
        ],
        [
          'whose name is misspelt',
          module,
          { ...schemaFirst, ...ignoring },
          [MisspeltField],
          unattached('MisspeltField.secret', 'Cat.sekret'),
        ],
        [
          'which only its module could attach, whose schema is given to it',
          module,
          { autoSchemaFile: undefined, schema: buildSchema(typeDefs) },
          [OwnAnimals],
          unattached('OwnAnimals.secret', 'Cat.secret'),
        ],
      ],
    ),
    [
      'of a root type by another name',
      apollo,
      { autoSchemaFile: undefined, typeDefs: renamed },
      [Roots],
      'Roots.drop requires something by its class or the application, but Nest takes the root field RootQuery.drop for that of any type: put @Query()',
    ],
  ])(
    '%s, does not boot where one has not its guard',
    async (_, module, options, providers, message) => {
      await expect(boot(module, options, providers)).rejects.toThrow(message);
    },
  );

  it('boots where nothing leads to its type, which Nest leaves out of the schema', async () => {
    const providers = [Users, Admins, UnusedFields];
    const { app } = await boot(apollo, { ...codeFirst, ...ignoring }, providers);
    await app.close();
  });

  it('that is the root field of a type by another name, is guarded', async () => {
    const { app, url } = await boot(apollo, { autoSchemaFile: undefined, typeDefs: renamed }, [
      OwnRoots,
    ]);
    const { errors } = await sendOperation(url, '{ drop }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await sendOperation(url, '{ drop }', [withToken('jane')])).data).toEqual({
      drop: 'a secret',
    });
    await app.close();
  });

  const doubtful = (from: string, to: string) => {
    const [handler, field] =
      from === 'Safe' ? ['Safes.color', 'color'] : ['Accounts.secret', 'secret'];
    return `${handler} requires something of its callers, but ${to}.${field} is resolved without it. If ${to} is made of ${from}, give ${to} a @ResolveField() of its own, with its own @Security()`;
  };

  it.each<[string, Type[], string, string[]]>([
    ['what one other type has', [Accounts, delivering(Listed)], 'secret', []],
    ['what one input has', [Accounts, delivering(Reopened)], 'secret', []],
    ...[Doubtful, Opened, Unsealed].map((type): [string, Type[], string, string[]] => [
      `what several have, as ${type.name}`,
      [Accounts, delivering(type)],
      'secret',
      [doubtful('Account', type.name)],
    ]),
    [
      'what several have, within a type that is made of two',
      [Accounts, delivering(Mixed)],
      'secret',
      [doubtful('Account', 'Mixed')],
    ],
    ['what a class has that is no partial type', [Safes, delivering(Lock)], 'code', []],
    ['what is made of an input', [Safes, delivering(Paint)], 'color', []],
  ])('that %s, too, is no reason not to boot', async (_, providers, field, warnings) => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    const { app, url } = await boot(apollo, codeFirst, providers);
    const { data } = await sendOperation(url, `{ made { ${field} } }`);
    expect(data).toEqual({ made: { [field]: OPEN.secret } });
    const warned = warn.mock.calls.map(([text]) => String(text));
    expect(warned.filter((text) => text.includes('is made of'))).toEqual(warnings);
    warn.mockRestore();
    await app.close();
  });

  const undeclared = (own: string, type: string, guarded: string) =>
    `${own} declares nothing, so that whoever may query the object gets ${type}.secret, though ${guarded} requires something: put @Security(...) on ${own}(), or @Public()`;

  it.each<[string, Options, Type[], string[]]>([
    [
      'by a method that declares nothing',
      codeFirst,
      [Users, resolving(Admin)],
      [undeclared('Open.secret', 'Admin', 'Users.secret')],
    ],
    [
      'for an interface, by a method that declares nothing',
      schemaFirst,
      [Animals, resolving('Cat')],
      [undeclared('Open.secret', 'Cat', 'Animals.secret')],
    ],
    ['by a method that is public', codeFirst, [Users, resolving(Admin, Public())], []],
    ['by a method that is guarded', codeFirst, [Users, Admins], []],
  ])('is a warning where another type resolves it %s', async (_, options, providers, warnings) => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    const { app } = await boot(apollo, options, providers);
    const warned = warn.mock.calls.map(([text]) => String(text));
    expect(warned.filter((text) => text.includes('declares nothing'))).toEqual(warnings);
    warn.mockRestore();
    const rows = AuthModule.audit(app).filter(({ controller }) => controller === 'Open');
    const access = warnings.length > 0 ? 'inherited' : 'public';
    expect(rows.every((row) => row.access === access)).toBe(true);
    await app.close();
  });
});

import { Logger, type Type } from '@nestjs/common';
import {
  ArgsType,
  Field,
  InputType,
  InterfaceType,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  AuthModule,
  type AuthModuleOptions,
  Authorize,
  Public,
  rule,
  Scopes,
  Security,
} from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { NestFactory } from '@nestjs/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { drivers } from './drivers.js';
import { token } from './schemes.js';

@ObjectType()
@Security(token)
class SecretObject {
  @Field(() => String) name!: string;
}

@InterfaceType()
@Security(token)
abstract class SecretInterface {
  @Field(() => String) name!: string;
}

@InputType()
@Authorize(rule('Nobody.', () => false))
class SecretInput {
  @Field(() => String) name!: string;
}

@ArgsType()
@Security(token)
class SecretArguments {
  @Field(() => String) name!: string;
}

@ObjectType()
class WithMethod {
  @Field(() => String)
  @Security(token)
  secret() {
    return 'a secret';
  }
}

const TYPES = [SecretObject, SecretInterface, SecretInput, SecretArguments].map(({ name }) => name);
const WARNING = `Not protected, because Nest runs no guards for types of GraphQL: ${[...TYPES, 'WithMethod.secret'].join(', ')}. Remove @Security(...), and put it on the fields of a resolver that lead there, or on a @ResolveField() of it`;

/** A type that is resolved by its own class, and a resolver with a base class, are guarded. */
@ObjectType()
@Resolver(() => Own)
@Security(token)
class Own {
  @Field(() => String) name!: string;

  @Query(() => Own)
  own() {
    return { name: 'own' };
  }

  @ResolveField(() => String)
  @Security(token)
  secret() {
    return 'a secret';
  }
}

@Security(token)
class Base {
  @Query(() => WithMethod)
  @Public()
  thing() {
    return new WithMethod();
  }
}

@Resolver()
class Things extends Base {}

async function boot(options: AuthModuleOptions, { isServed = true }: { isServed?: boolean } = {}) {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  const { module: graphqlModule, adapter } = drivers[0]!;
  const providers: Type[] = isServed ? [Own, Things] : [];
  const imports = [
    AuthModule.forRoot({ schemes: [token], contexts: [graphql()], ...options }),
    ...(isServed ? [graphqlModule({ fieldResolverEnhancers: ['guards'] })] : []),
  ];
  const app = await NestFactory.create({ module: class {}, imports, providers }, adapter.create(), {
    logger: false,
    abortOnError: false,
  });
  await app.init();
  await app.close();
  return warn.mock.calls
    .map(([text]) => String(text))
    .filter((text) => text.startsWith('Not prot'));
}

describe('types of GraphQL that require something', () => {
  afterEach(() => vi.restoreAllMocks());

  it('are a warning that names each', async () => {
    expect(await boot({})).toStrictEqual([WARNING]);
  });

  it.each<[string, AuthModuleOptions]>([
    ['undeclared is throw', { undeclared: 'throw' }],
    ['there is a default', { security: token }],
  ])('do not boot where %s', async (_case, options) => {
    await expect(boot(options)).rejects.toThrow(WARNING);
  });

  it('concern no application without a schema', async () => {
    expect(await boot({ security: token }, { isServed: false })).toStrictEqual([]);
  });

  it.each<[string, string, MethodDecorator, PropertyDescriptor | undefined]>([
    ['a property', 'Security', Security(token), undefined],
    ['an accessor', 'Security', Security(token), { get: () => 'a secret' }],
    ['openness of a property', 'Public', Public(), undefined],
    ['scopes of a property', 'Scopes', Scopes('read'), undefined],
    ['rules of a property', 'Authorize', Authorize(rule('Nobody.', () => false)), undefined],
  ])('cannot be protected by %s', (_case, name, decorator, descriptor) => {
    class Item {}
    expect(() => decorator(Item.prototype, 'secret', descriptor as never)).toThrow(
      `@${name}() on Item.secret: it is no method, and Nest runs guards for nothing else. A field of GraphQL is protected by a method with @ResolveField()`,
    );
  });
});

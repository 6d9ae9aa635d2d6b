import {
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  Injectable,
  type Provider,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  GqlExecutionContext,
  GraphQLModule,
  GraphQLSchemaHost,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import { AuthGuard } from '@nestjs/passport';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { execute, type ExecutionResult, parse } from 'graphql';
import { AuthModule, HTTPBearer, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { BearerTokens } from '../contenders/passport-recipe.js';
import { sessions } from '../contenders/world.js';
import { incomingMessage } from '../in-process/incoming-message.js';

/** Answers an operation that asks for a field of as many items. */
export type Answer = (items: number) => Promise<ExecutionResult>;

const typeDefs = 'type Item { field: String! } type Query { items(count: Int!): [Item!]! }';
const [tokenText] = sessions.keys() as unknown as [string];

@Resolver()
class Items {
  @Query('items') items(_root: unknown, { count }: { count: number }) {
    return Array.from({ length: count }, () => ({}));
  }
}

const token = new HTTPBearer({
  schemeName: 'Token',
  validate: ({ credentials }) => sessions.get(credentials),
});

/** The usual guard of a field: it parses and looks up each time. */
@Injectable()
class FieldGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { req } = GqlExecutionContext.create(context).getContext<Asked>();
    const [type, text] = req.headers.authorization?.split(' ') ?? [];
    const session = type === 'Bearer' && text ? sessions.get(text) : undefined;
    if (session === undefined) throw new UnauthorizedException();
    req.user = session.user;
    return true;
  }
}

/** Passport's recipe, told where the request is. */
class GqlPassportGuard extends AuthGuard('bearer') {
  override getRequest(context: ExecutionContext): object {
    return GqlExecutionContext.create(context).getContext<Asked>().req;
  }
}

interface Asked {
  readonly req: { headers: { authorization?: string }; user?: object };
}

@Resolver('Item')
class OpenField {
  @ResolveField('field') field() {
    return 'value';
  }
}

@Resolver('Item')
class HandWrittenField {
  @ResolveField('field') @UseGuards(FieldGuard) field() {
    return 'value';
  }
}

@Resolver('Item')
class PassportField {
  @ResolveField('field') @UseGuards(GqlPassportGuard) field() {
    return 'value';
  }
}

@Resolver('Item')
class SecurityField {
  @ResolveField('field') @Security(token) field() {
    return 'value';
  }
}

const auth = () => AuthModule.forRoot({ schemes: [token], contexts: [graphql()] });

/** What is compared, each with Nest's guards for fields on. */
export async function applications(): Promise<ReadonlyMap<string, Answer>> {
  return new Map([
    ['no guard', await boot([OpenField])],
    ['hand-written', await boot([HandWrittenField])],
    ['passport', await boot([PassportField, BearerTokens])],
    ['nestjs-security', await boot([SecurityField], [auth()])],
  ]);
}

async function boot(providers: Provider[], imports: DynamicModule[] = []): Promise<Answer> {
  const options: { context?: (...args: unknown[]) => unknown } & Record<string, unknown> = {
    driver: MercuriusDriver,
    typeDefs,
    fieldResolverEnhancers: ['guards'],
  };
  const app = await NestFactory.create(
    {
      module: class BenchmarkModule {},
      imports: [GraphQLModule.forRoot(options as never), ...imports],
      providers: [Items, ...providers],
    },
    new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  await app.init();
  const { schema } = app.get(GraphQLSchemaHost, { strict: false });
  const document = parse('query ($count: Int!) { items(count: $count) { field } }');
  return async (count) => {
    const raw = incomingMessage([['Authorization', `Bearer ${tokenText}`]]);
    const req = { raw, headers: raw.headers, rawHeaders: raw.rawHeaders };
    const made = await options.context?.(req, { raw: {}, header: () => undefined });
    const contextValue = Object.assign(made ?? {}, { req });
    return execute({ schema, document, contextValue, variableValues: { count } });
  };
}

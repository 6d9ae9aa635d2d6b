import { ApolloDriver } from '@nestjs/apollo';
import type { DynamicModule, INestApplication, ModuleMetadata } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import { type Adapter, adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';

type GraphQLOptions = Record<string, unknown>;

export interface Driver {
  readonly name: string;
  readonly adapter: Adapter;
  /** A module of it, with subscriptions. */
  module(options?: GraphQLOptions): DynamicModule;
}

const [express, fastify] = adapters as [Adapter, Adapter];

const DEFAULTS = { autoSchemaFile: true, fieldResolverEnhancers: ['guards'] };

const apollo = (options: GraphQLOptions = {}): DynamicModule =>
  GraphQLModule.forRoot({
    driver: ApolloDriver,
    ...DEFAULTS,
    playground: false,
    introspection: true,
    allowBatchedHttpRequests: true,
    subscriptions: { 'graphql-ws': true },
    ...options,
  } as never);

const mercurius = (options: GraphQLOptions = {}): DynamicModule =>
  GraphQLModule.forRoot({
    driver: MercuriusDriver,
    ...DEFAULTS,
    graphiql: false,
    allowBatchedQueries: true,
    subscription: { fullWsTransport: true },
    ...options,
  } as never);

export const drivers: Driver[] = [
  { name: 'Apollo on Express', adapter: express, module: apollo },
  { name: 'Apollo on Fastify', adapter: fastify, module: apollo },
  { name: 'Mercurius', adapter: fastify, module: mercurius },
];

export interface GraphQLApp extends RunningApp {
  /** Sends an operation, or several as a batch. */
  send(query: string | string[], headers?: [string, string][]): Promise<GraphQLAnswer>;
}

export interface GraphQLAnswer {
  readonly status: number;
  readonly challenges: string[];
  readonly cacheControl: string[];
  readonly data: never;
  readonly errors: readonly GraphQLAnswerError[] | undefined;
  readonly body: never;
}

export interface GraphQLAnswerError {
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly extensions: Record<string, unknown>;
}

/** Boots an application of a driver. */
export async function createGraphQLApp(
  driver: Driver,
  { imports = [], ...metadata }: ModuleMetadata,
  options: GraphQLOptions = {},
  configure?: (app: INestApplication) => unknown,
): Promise<GraphQLApp> {
  const running = await createApp(
    driver.adapter,
    { ...metadata, imports: [driver.module(options), ...imports] },
    configure,
  );
  return { ...running, send: (query, headers) => sendOperation(running.url, query, headers) };
}

/** Sends an operation, or several as a batch, to an application. */
export async function sendOperation(
  url: string,
  query: string | string[],
  headers: [string, string][] = [],
): Promise<GraphQLAnswer> {
  const operations = typeof query === 'string' ? { query } : query.map((each) => ({ query: each }));
  const { status, header, body } = await rawRequest(url, {
    method: 'POST',
    path: '/graphql',
    headers: [['Content-Type', 'application/json'], ...headers],
    body: JSON.stringify(operations),
  });
  const parsed = JSON.parse(body) as Pick<GraphQLAnswer, 'data' | 'errors'>;
  return {
    status,
    challenges: header('WWW-Authenticate'),
    cacheControl: header('Cache-Control'),
    data: parsed.data,
    errors: parsed.errors,
    body: parsed as never,
  };
}

import { injectApart } from '../../policies/scoped-provider.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import type { Handshake } from '../handshake.js';
import { copyOf, type HttpResponse, marked, type Origin } from './context-origin.js';
import type { OnOperation } from './late-results.js';
import type { Schema } from './schema.js';

/** A context for all operations, or a function that makes one for each. */
type ContextOption = object | ((...args: unknown[]) => unknown) | undefined;

interface GraphqlWsOptions {
  readonly context?: ContextOption;
  readonly onOperation?: OnOperation;
  /** What root fields without a resolver are members of, by operation. */
  readonly roots?: unknown;
}

/** By type and field: resolvers. */
type ResolversOfTypes = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** The parts that are used of the options of `GraphQLModule`, whatever its driver. */
export interface GraphQLModuleOptions {
  readonly fieldResolverEnhancers?: readonly unknown[];
  readonly autoSchemaFile?: unknown;
  readonly typeDefs?: unknown;
  readonly typePaths?: unknown;
  /** A schema that the application made itself. */
  readonly schema?: unknown;
  readonly transformResolvers?: unknown;
  /** Apollo only: what root fields without a resolver are members of. */
  readonly rootValue?: unknown;
  /** Apollo only: resolves all fields that have no resolver. */
  readonly fieldResolver?: unknown;
  /** Of gateways only. */
  readonly gateway?: unknown;
  /** The modules whose resolvers it includes. Default: all. */
  readonly include?: readonly unknown[] | null;
  readonly resolvers?: ResolversOfTypes | readonly ResolversOfTypes[];
  /** Mercurius only. */
  readonly loaders?: ResolversOfTypes;
  readonly inheritResolversFromInterfaces?: unknown;
  context?: ContextOption;
  /** Apollo only. */
  readonly installSubscriptionHandlers?: unknown;
  /** Apollo only. */
  subscriptions?: { readonly 'graphql-ws'?: boolean | GraphqlWsOptions | null };
  /** Mercurius only. */
  subscription?: boolean | { readonly context?: ContextOption };
  transformSchema?: (schema: Schema) => unknown;
}

/** The options that were changed already: several applications may use the same ones, one after the other. */
const MARKING = new WeakSet<GraphQLModuleOptions>();

/** Makes a `GraphQLModule` mark each context with its origin. */
export function markContexts(options: GraphQLModuleOptions): void {
  if (MARKING.has(options)) return;
  MARKING.add(options);
  options.context = marking(options.context, originOfOperation);
  const { subscriptions, subscription } = options;
  const graphqlWs = subscriptions?.['graphql-ws'];
  if (typeof graphqlWs === 'object' && graphqlWs?.context !== undefined) {
    const context = marking(graphqlWs.context, originOfOperation);
    options.subscriptions = { ...subscriptions, 'graphql-ws': { ...graphqlWs, context } };
  }
  if (subscription === true || typeof subscription === 'object') {
    const own = subscription === true ? undefined : subscription;
    // Mercurius copies its properties into the context of each operation.
    const context = marking(own?.context, originOfMercuriusSocket, copyOf);
    options.subscription = { ...own, context };
  }
}

function marking(
  context: ContextOption,
  originOf: (args: readonly unknown[]) => Origin | undefined,
  own: (contextValue: object) => object = (contextValue) => contextValue,
): (...args: unknown[]) => Promise<unknown> {
  return async (...args) => {
    const made: unknown =
      typeof context === 'function' ? await context(...args) : context && copyOf(context);
    const origin = originOf(args);
    if (origin === undefined) return made;
    return marked(isObject(made) ? own(made) : made, origin);
  };
}

/**
 * The origin of a context, by the arguments of the context function: for a request, or an operation over graphql-ws.
 */
function originOfOperation([first, second]: readonly unknown[]): Origin | undefined {
  if (!isObject(first)) return undefined;
  if ('extra' in first) return originOfGraphqlWs(first as GraphqlWsContext);
  // With Fastify, drivers pass its request and reply.
  if ('raw' in first) return httpOrigin(first, second);
  const { req, res } = first as { readonly req?: unknown; readonly res?: unknown };
  return isObject(req) ? httpOrigin(req, res) : undefined;
}

function httpOrigin(called: object, response: unknown): Origin {
  const request = called as SecurityRequest;
  // Nest injects the context as `REQUEST`, and would otherwise replace the request with it.
  injectApart(request);
  return {
    request,
    response: response as HttpResponse,
    challenges: new Set(),
  };
}

interface GraphqlWsContext {
  readonly connectionParams?: unknown;
  readonly extra: { readonly request?: Handshake };
}

function originOfGraphqlWs({ extra, connectionParams }: GraphqlWsContext): Origin | undefined {
  if (extra.request === undefined) return undefined;
  return { upgrade: extra.request, parameters: () => connectionParams };
}

/** Mercurius passes the socket and Fastify's request. */
function originOfMercuriusSocket([, request]: readonly unknown[]): Origin {
  return {
    upgrade: (request as { readonly raw: Handshake }).raw,
    // A client may initialise its connection again: an operation has the latest parameters before it.
    parameters: (contextValue) =>
      (contextValue as { readonly _connectionInit?: unknown })._connectionInit,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

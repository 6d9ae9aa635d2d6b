import { injectApart } from '../../policies/scoped-provider.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import type { Handshake } from '../handshake.js';
import { copyOf, type HttpResponse, marked, type Origin } from './context-origin.js';
import type { OnOperation } from './late-results.js';

/** What makes the context of an operation, or is one. */
type ContextOption = object | ((...args: unknown[]) => unknown) | undefined;

interface GraphqlWsOptions {
  readonly context?: ContextOption;
  readonly onOperation?: OnOperation;
}

/** By type and field. */
type ResolversOfTypes = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** What is read of the options of `GraphQLModule`, whatever its driver. */
export interface GraphQLModuleOptions {
  readonly fieldResolverEnhancers?: readonly unknown[];
  readonly autoSchemaFile?: unknown;
  /** The modules whose resolvers it has. Default: all. */
  readonly include?: readonly unknown[];
  readonly resolvers?: ResolversOfTypes | readonly ResolversOfTypes[];
  /** Of Mercurius' driver. */
  readonly loaders?: ResolversOfTypes;
  readonly inheritResolversFromInterfaces?: unknown;
  context?: ContextOption;
  /** Of Apollo's driver. */
  subscriptions?: { readonly 'graphql-ws'?: boolean | GraphqlWsOptions };
  /** Of Mercurius'. */
  subscription?: boolean | { readonly context?: ContextOption };
  transformSchema?: (schema: never) => unknown;
}

/** Options may be those of several applications, one after the other. */
const MARKING = new WeakSet<GraphQLModuleOptions>();

/** Sees to it that each context of a `GraphQLModule` is marked with what it was made for. */
export function markContexts(options: GraphQLModuleOptions): void {
  if (MARKING.has(options)) return;
  MARKING.add(options);
  options.context = marking(options.context, originOfOperation);
  const { subscriptions, subscription } = options;
  const graphqlWs = subscriptions?.['graphql-ws'];
  if (typeof graphqlWs === 'object' && graphqlWs.context !== undefined) {
    const context = marking(graphqlWs.context, originOfOperation);
    options.subscriptions = { ...subscriptions, 'graphql-ws': { ...graphqlWs, context } };
  }
  if (subscription === true || typeof subscription === 'object') {
    const own = subscription === true ? undefined : subscription;
    // Mercurius copies what is in it into the context of each operation.
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

/** What drivers call for: a request, or an operation over graphql-ws. */
function originOfOperation([first, second]: readonly unknown[]): Origin | undefined {
  if (!isObject(first)) return undefined;
  if ('extra' in first) return originOfGraphqlWs(first as GraphqlWsContext);
  // Fastify's request and reply.
  if ('raw' in first) return httpOrigin(first, second);
  const { req, res } = first as { readonly req?: unknown; readonly res?: unknown };
  return isObject(req) ? httpOrigin(req, res) : undefined;
}

function httpOrigin(called: object, response: unknown): Origin {
  const request = called as SecurityRequest;
  // The context is what Nest injects; it would put that in the place of the request.
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

/** Called with the socket and Fastify's request. */
function originOfMercuriusSocket([, request]: readonly unknown[]): Origin {
  return {
    upgrade: (request as { readonly raw: Handshake }).raw,
    // A client may begin anew: each operation has what was sent last before it.
    parameters: (contextValue) =>
      (contextValue as { readonly _connectionInit?: unknown })._connectionInit,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

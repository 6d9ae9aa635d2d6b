import { HttpException } from '@nestjs/common';
import type { SecurityRequest } from '../schemes/security-request.js';
import { keepBytes } from './form-bytes.js';
import { contentTypeRefusal } from './form-content-type.js';
import { OAuth2Exception } from './oauth2.exception.js';
import { isTokenEndpoint, isTokenEndpointRoute } from './token-endpoint.decorator.js';

/** Sends a refusal. */
type Answer = (refusal: OAuth2Exception, response: unknown) => void;

interface ExpressRequest extends SecurityRequest {
  readonly path: string;
}

/** The members of Express's application that are used. */
export interface ExpressServer {
  readonly router: { readonly stack: readonly ExpressLayer[] };
  use(
    handler: (error: unknown, request: ExpressRequest, response: unknown, next: Next) => void,
  ): unknown;
}

type Next = (error?: unknown) => void;

type Middleware = (request: ExpressRequest, response: unknown, next: Next) => void;

interface ExpressLayer {
  handle: Middleware;
  match(path: string): unknown;
  readonly route?: {
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly { readonly handle: Function }[];
  };
}

/**
 * Makes Express's token endpoints answer a body that cannot be parsed with RFC 6749's error.
 *
 * Express's parsers run before its router, so the route is looked up here.
 */
export function answerOnExpress(server: ExpressServer, answer: Answer): void {
  const isAsked = ({ method, path }: ExpressRequest) =>
    method === 'POST' &&
    server.router.stack.some(
      ({ route, match }, index, stack) =>
        route?.methods['post'] === true &&
        route.stack.some(({ handle }) => isTokenEndpoint(handle)) &&
        Boolean(match.call(stack[index], path)),
    );
  for (const layer of server.router.stack) {
    if (layer.handle.name === 'urlencodedParser') layer.handle = keeping(layer.handle, isAsked);
  }
  server.use((error, request, response, next) => {
    if (isOfParser(error) && isClientError(error) && isAsked(request)) {
      answer(bodyRefusal(request, error), response);
    } else {
      next(error);
    }
  });
}

/**
 * Wraps a body parser so that the bytes of a token endpoint's form are kept. Nest recognises parsers by name, so it
 * keeps its name.
 */
function keeping(parser: Middleware, isAsked: (request: ExpressRequest) => boolean): Middleware {
  const keepingParser: Middleware = (request, response, next) => {
    const isPlain = request.headers['content-encoding'] === undefined;
    const isForm = isPlain && contentTypeRefusal(request) === undefined;
    if (isForm && isAsked(request)) keepBytes(request, request);
    parser(request, response, next);
  };
  return Object.defineProperty(keepingParser, 'name', { value: parser.name });
}

/**
 * Whether an error is the parser's: those of body-parser have a type, those of zlib a code. The application's
 * middleware throws others.
 */
function isOfParser(error: unknown): boolean {
  const { type, code } = Object(error) as { type?: unknown; code?: unknown };
  return typeof type === 'string' || String(code).startsWith('Z_');
}

type FastifyHook = (request: SecurityRequest, reply: unknown, done: () => void) => void;

interface FastifyRoute {
  readonly config?: object | undefined;
  preParsing?: unknown;
  preValidation?: unknown;
  errorHandler?: (error: unknown, request: SecurityRequest, reply: unknown) => void;
}

/** The members of Fastify's instance that are used. */
export interface FastifyServer {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

/**
 * Makes Fastify's token endpoints answer a body that is no form, or that cannot be parsed, with RFC 6749's error.
 *
 * Fastify answers 415 to a content type without a parser, before Nest sees the request.
 */
export function answerOnFastify(server: FastifyServer, answer: Answer): void {
  const parsing = new WeakSet<SecurityRequest>();
  const checkBody = (
    request: SecurityRequest,
    reply: unknown,
    payload: unknown,
    done: () => void,
  ): void => {
    const refusal = contentTypeRefusal(request) ?? contentEncodingRefusal(request, payload);
    if (refusal !== undefined) return answer(refusal, reply);
    parsing.add(request);
    keepBytes(request, payload);
    done();
  };
  const bodyIsParsed: FastifyHook = (request, _reply, done) => {
    parsing.delete(request);
    done();
  };
  server.addHook('onRoute', (route) => {
    if (!isTokenEndpointRoute(route.config)) return;
    route.preParsing = [route.preParsing ?? [], checkBody].flat();
    route.preValidation = [bodyIsParsed, route.preValidation ?? []].flat();
    route.errorHandler = (error, request, reply) => {
      // A rethrown error goes to the application's own error handler.
      if (!parsing.has(request) || !isClientError(error)) throw error;
      answer(bodyRefusal(request, error), reply);
    };
  });
}

/** Fastify does not decompress bodies: one that no plugin has decompressed would be read as if it were plain. */
function contentEncodingRefusal(
  request: SecurityRequest,
  payload: unknown,
): OAuth2Exception | undefined {
  const encoding = String(request.headers['content-encoding'] ?? 'identity');
  if (encoding.toLowerCase() === 'identity' || payload !== request.raw) return undefined;
  return new OAuth2Exception('invalid_request', DESCRIPTIONS[415]);
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  413: 'The body is too large',
  415: 'Unsupported content encoding',
};

/** The parser's own message is not sent: it may quote the body. */
function bodyRefusal(request: SecurityRequest, cause: unknown): OAuth2Exception {
  const status = statusOf(cause);
  return (
    contentTypeRefusal(request) ??
    new OAuth2Exception('invalid_request', DESCRIPTIONS[status] ?? 'Malformed form', {
      status: status === 415 ? 400 : status,
      cause,
    })
  );
}

function isClientError(error: unknown): boolean {
  const status = statusOf(error);
  return status >= 400 && status < 500;
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status, statusCode } = Object(error) as { status?: unknown; statusCode?: unknown };
  return Number(statusCode ?? status);
}

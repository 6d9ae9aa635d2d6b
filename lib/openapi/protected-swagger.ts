import {
  HttpException,
  type INestApplication,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { type OpenAPIObject, type SwaggerCustomOptions, SwaggerModule } from '@nestjs/swagger';
import { callOf, HttpReader } from '../contexts/http.reader.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { misspeltOption } from '../errors/known-options.js';
import { decide } from '../guards/decide.js';
import { Refusal } from '../guards/refusal.js';
import { moduleProvider } from '../policies/module-provider.js';
import { Policies } from '../policies/policies.js';
import type { Policy } from '../policies/policy.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import type { Requirement } from '../requirements/requirement.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { documentForCaller } from './document-for-caller.js';

/**
 * Options of `setupProtectedSwagger`, beside those of `SwaggerModule.setup`.
 *
 * @publicApi
 */
export interface ProtectedSwaggerOptions extends SwaggerCustomOptions {
  /** The credentials that a request for the page or the document must present, as for `@Security`. */
  readonly security: Requirement;
  /** The scopes that it must be granted. Default: none. */
  readonly scopes?: readonly string[];
  /**
   * Show each caller only what their credentials let them call, by `documentForCaller`. It is useful where `security`
   * takes the same credentials as the routes. Default: `false`.
   */
  readonly onlyCallable?: boolean;
}

type Handler = (request: SecurityRequest, response: object, ...rest: unknown[]) => unknown;

/**
 * `SwaggerModule.setup` for those who may see it: the page, its script with the document in it, the JSON and the YAML.
 *
 * Each of these routes decides on its requests as the guard does, so that no other spelling of a path gets around it;
 * whoever is refused gets the guard's answer. No answer may be cached (`Cache-Control: no-store`). The page's own
 * scripts and styles, which are the same in every installation, are not protected. Browsers send Basic credentials and
 * cookies by themselves; they cannot open a page with a bearer token.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder } from '@nestjs/swagger';
 * import { constantTimeEqual, HTTPBasic } from 'nestjs-security';
 * import { createDocument, setupProtectedSwagger } from 'nestjs-security/openapi';
 *
 * const expected = process.env['DOCS_PASSWORD'];
 * // Listed in the schemes of `AuthModule.forRoot()`, as every scheme.
 * export const docsLogin = new HTTPBasic({
 *   schemeName: 'DocsLogin',
 *   validate: ({ username, password }) =>
 *     expected && constantTimeEqual(password, expected) ? { user: username } : null,
 * });
 *
 * export async function serveDocuments(app: INestApplication): Promise<void> {
 *   const config = new DocumentBuilder().setTitle('Items').build();
 *   await setupProtectedSwagger('docs', app, () => createDocument(app, config), { security: docsLogin });
 * }
 * ```
 *
 * @param document Made by `createDocument`. A function is called once, for the first request.
 * @throws ConfigurationError (rejected) when `security` names a scheme that is not registered, or is declared wrongly.
 * @publicApi
 */
export async function setupProtectedSwagger(
  path: string,
  app: INestApplication,
  document: OpenAPIObject | (() => OpenAPIObject),
  given: ProtectedSwaggerOptions,
): Promise<void> {
  assertNotMisspelt(given);
  const { security, scopes = [], onlyCallable = false, ...options } = given;
  const policies = moduleProvider(app, Policies, 'setupProtectedSwagger()');
  const place = `setupProtectedSwagger('${path}')`;
  const policy = policies.prepare().then(() => policies.ofRequirement(security, scopes, place));
  const gate = new SwaggerGate(app, policy);
  const patch = options.patchDocumentOnRequest;
  SwaggerModule.setup(path, gate.guarded(), document, {
    ...options,
    ...(onlyCallable && { patchDocumentOnRequest: toCallable(app, patch) }),
  });
  await policy;
}

type Patch = NonNullable<SwaggerCustomOptions['patchDocumentOnRequest']>;

/** Patches a document to what its reader may call, before the application patches it. */
function toCallable(app: INestApplication, patch: Patch | undefined): Patch {
  const toPart = async (request: SecurityRequest, response: object, whole: OpenAPIObject) => {
    const callable = await documentForCaller(app, whole, request);
    return patch?.(request, response, callable) ?? callable;
  };
  // Swagger awaits the result, although the option's type does not allow a promise.
  return toPart as unknown as Patch;
}

const OPTIONS = { security: true, scopes: true, onlyCallable: true } as const;

/** Looks for misspellings only: not all of Swagger's own options are known here. */
function assertNotMisspelt(options: object): void {
  const found = misspeltOption(options, OPTIONS);
  if (found === undefined) return;
  throw new ConfigurationError(
    `setupProtectedSwagger(): ${found.unknown} is not among its options: did you mean ${found.meant}?`,
  );
}

/** Guards the routes that `SwaggerModule` adds to an application. */
class SwaggerGate {
  constructor(
    private readonly app: INestApplication,
    private readonly policy: Promise<Policy>,
  ) {}

  /** A view of the application that guards each route added through it. */
  guarded(): INestApplication {
    const adapter = this.app.getHttpAdapter();
    const get = (path: string, handler: Handler) => adapter.get(path, this.guard(handler));
    const guardedAdapter = replacing(adapter, 'get', get);
    return replacing(this.app, 'getHttpAdapter', () => guardedAdapter);
  }

  private guard(handler: Handler): Handler {
    return async (request, response, ...rest) => {
      try {
        const policy = await this.policy;
        this.forbidCaching(response);
        const outcome = await decide(policy, callOf(request));
        if (!(outcome instanceof Refusal)) return await handler(request, response, ...rest);
        const reader = moduleProvider(this.app, HttpReader, 'setupProtectedSwagger()');
        const context = new ExecutionContextHost([request, response]);
        return this.fail(response, reader.refuse(outcome.exception, outcome.challenges, context));
      } catch (error) {
        return this.fail(response, error);
      }
    };
  }

  private fail(response: object, error: unknown): unknown {
    const adapter = this.app.getHttpAdapter();
    const exception = error instanceof HttpException ? error : new InternalServerErrorException();
    if (exception !== error) new Logger('setupProtectedSwagger').error(error);
    adapter.setHeader(response, 'Content-Type', 'application/json');
    const [status, body] = [exception.getStatus(), exception.getResponse()];
    const sent = typeof body === 'string' ? { statusCode: status, message: body } : body;
    return adapter.reply(response, sent, status);
  }

  /** Forbids caches to show one caller what another was sent. */
  private forbidCaching(response: object): void {
    const registry = moduleProvider(this.app, SchemeRegistry, 'setupProtectedSwagger()');
    // The headers of all schemes, as with `onlyCallable` the routes' schemes decide what is shown, too.
    const headers = registry.all().flatMap(({ scheme }) => {
      const described = scheme.describe();
      return described.type === 'apiKey' && described.in === 'header' ? described.name : [];
    });
    const known = (response as { getHeader(name: string): unknown }).getHeader('Vary');
    const vary = new Set([known, 'Authorization', 'Cookie', ...headers].flat().filter(Boolean));
    const adapter = this.app.getHttpAdapter();
    adapter.setHeader(response, 'Cache-Control', 'no-store');
    adapter.setHeader(response, 'Vary', [...vary].join(', '));
  }
}

/** A view of an object in which one method is replaced. */
function replacing<Target extends object>(
  target: Target,
  method: keyof Target,
  by: unknown,
): Target {
  return new Proxy(target, {
    get(_, property) {
      if (property === method) return by;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

import type { INestApplicationContext } from '@nestjs/common';
import type { OpenAPIObject, SwaggerCustomOptions } from '@nestjs/swagger';
import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../errors/known-options.js';
import { moduleProvider } from '../policies/module-provider.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';
import { copyOf } from './copy-of.js';
import { prefixUrls } from './publish-urls.js';

/**
 * Options of `swaggerUiOptions`.
 *
 * @publicApi
 */
export interface SwaggerUiOAuthOptions {
  /** The client id of this page at the authorization server; a public client. */
  readonly clientId: string;
  /** Sent to everybody who opens the page, so it is no secret: for local demos. Default: none. */
  readonly clientSecret?: string;
  /**
   * The scopes that are ticked when the dialog opens, under each scheme that has them.
   * Default: all that the schemes declare, and `openid` for `OpenIdConnect`.
   */
  readonly scopes?: readonly string[];
  /**
   * Where the authorization server sends the user back to; absolute, and registered there to the letter.
   * Default: `oauth2-redirect.html` below the page, such as `https://api.example/docs/oauth2-redirect.html`.
   */
  readonly redirectUrl?: string;
  /** Keep tokens in the browser's local storage, where a reload finds them. Default: `false`. */
  readonly persist?: boolean;
  /**
   * Trust the `X-Forwarded-Prefix` of a proxy that strips this prefix from paths: the page puts it before the paths
   * that it calls. Set it only where every request comes through such a proxy. Default: `false`.
   */
  readonly forwardedPrefix?: boolean;
}

const OPTIONS = {
  clientId: true,
  clientSecret: true,
  scopes: true,
  redirectUrl: true,
  persist: true,
  forwardedPrefix: true,
} satisfies OptionNames<SwaggerUiOAuthOptions>;

/**
 * Options for `SwaggerModule.setup` with which "Authorize" works: the client, PKCE, the scopes, each asked of its
 * own schemes, and the redirect URL.
 *
 * PKCE is on when a registered scheme has the authorization code flow or is `OpenIdConnect`. It registers no client
 * and sends no header: the authorization server must let the page's origin call its token endpoint (CORS), and a
 * `Cross-Origin-Opener-Policy`, such as Helmet's, cuts the page off from its login window.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
 * import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';
 *
 * export function serveDocuments(app: INestApplication): void {
 *   const config = new DocumentBuilder().setTitle('Reports').build();
 *   const options = swaggerUiOptions(app, { clientId: 'reports-docs' });
 *   SwaggerModule.setup('docs', app, () => createDocument(app, config), options);
 * }
 * ```
 *
 * @throws ConfigurationError when `AuthModule` is not imported, or an option is unknown, malformed, or names a scope
 * that no scheme has.
 * @see https://www.rfc-editor.org/rfc/rfc7636
 * @publicApi
 */
export function swaggerUiOptions(
  app: INestApplicationContext,
  options: SwaggerUiOAuthOptions,
): SwaggerCustomOptions {
  assertKnownOptions('swaggerUiOptions()', options, OPTIONS);
  const registry = moduleProvider(app, SchemeRegistry, 'swaggerUiOptions()');
  const schemes = registry.all().map(({ scheme }) => scheme.describe());
  const { clientId, clientSecret, redirectUrl, persist = false, forwardedPrefix = false } = options;
  if (typeof clientId !== 'string' || clientId === '') {
    throw new ConfigurationError('swaggerUiOptions(): clientId must be the name of a client');
  }
  return {
    swaggerOptions: {
      initOAuth: {
        clientId,
        ...(clientSecret !== undefined && { clientSecret }),
        scopes: selectedScopes(schemes, options.scopes),
        usePkceWithAuthorizationCodeGrant: schemes.some(hasAuthorizationCode),
      },
      oauth2RedirectUrl:
        redirectUrl === undefined ? besideTheScripts() : requireAbsolute(redirectUrl),
      persistAuthorization: persist,
      plugins: ownScopes(declaredScopes(schemes)) as never,
    },
    ...(forwardedPrefix && { patchDocumentOnRequest: forwarded }),
  };
}

function hasAuthorizationCode(scheme: SecuritySchemeObject): boolean {
  return scheme.type === 'oauth2'
    ? scheme.flows.authorizationCode !== undefined
    : scheme.type === 'openIdConnect';
}

function selectedScopes(
  schemes: readonly SecuritySchemeObject[],
  wanted: readonly string[] | undefined,
): string[] {
  const declared = declaredScopes(schemes);
  const hasProvider = schemes.some(({ type }) => type === 'openIdConnect');
  if (wanted === undefined) return [...new Set([...declared, ...(hasProvider ? ['openid'] : [])])];
  // The scopes of an OpenID provider are not known here, so any may be meant.
  const isKnown = (scope: string) => declared.includes(scope) || hasProvider;
  const unknown = wanted.find((scope) => !isKnown(scope));
  if (unknown === undefined) return [...wanted];
  throw new ConfigurationError(
    `swaggerUiOptions(): no scheme declares the scope ${unknown}: declare it or leave it out`,
  );
}

/** The scopes that the flows of OAuth 2 declare, without duplicates. */
function declaredScopes(schemes: readonly SecuritySchemeObject[]): string[] {
  const scopes = schemes.flatMap((scheme) =>
    scheme.type === 'oauth2'
      ? Object.values(scheme.flows).flatMap(({ scopes }) => Object.keys(scopes))
      : [],
  );
  return [...new Set(scopes)];
}

function requireAbsolute(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new ConfigurationError('swaggerUiOptions(): redirectUrl must be an absolute URL');
}

/**
 * Swagger UI ticks every scope that it is given for every scheme, and asks each scheme for all of them.
 *
 * This plugin gives each scheme only its own. OpenID providers need not list their scopes: they are asked for those
 * that no other scheme declares, and for `openid`.
 */
function ownScopes(declared: readonly string[]): () => void {
  return inThePage(`[
    SwaggerUIBundle.plugins.DownloadUrl,
    () => ({
      wrapComponents: {
        oauth2: (Original, { React }) => (props) => {
          const { authSelectors, schema } = props;
          const known = schema.get('scopes');
          const declared = ${JSON.stringify(declared)};
          const isOwn = (scope) =>
            (known && known.has(scope)) ||
            (schema.get('openIdConnectUrl') && (scope === 'openid' || !declared.includes(scope)));
          const getConfigs = () => {
            const configs = authSelectors.getConfigs() || {};
            return { ...configs, scopes: (configs.scopes || []).filter(isOwn) };
          };
          const selectors = { ...authSelectors, getConfigs };
          return React.createElement(Original, { ...props, authSelectors: selectors });
        },
      },
    }),
  ]`);
}

interface ForwardedRequest {
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** The document as clients see it through the proxy that a request came by. */
function forwarded<Request, Response>(
  request: Request,
  _response: Response,
  document: OpenAPIObject,
): OpenAPIObject {
  const prefix = (request as ForwardedRequest).headers?.['x-forwarded-prefix'];
  if (!isPrefix(prefix)) return document;
  const copy = copyOf(document);
  prefixUrls(copy, prefix.replace(/\/$/, ''));
  return copy;
}

/** Whether a prefix is a path on this host, and not a URL of another: the page sends credentials there. */
function isPrefix(value: unknown): value is string {
  return typeof value === 'string' && /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+\/?$/.test(value);
}

/**
 * The redirect URL beside the page's scripts. Swagger UI's own default takes `/docs` for a file and looks beside it,
 * where there is no page.
 *
 * It is computed in the browser, which alone knows the page's address.
 */
function besideTheScripts(): () => void {
  const scripts = `document.querySelector('script[src$="swagger-ui-bundle.js"]')`;
  return inThePage(`new URL('oauth2-redirect.html', ${scripts}.src).href`);
}

/** A function whose text is an expression: `@nestjs/swagger` writes functions into the page as their text. */
function inThePage(expression: string): () => void {
  return Object.assign(() => undefined, { toString: () => expression });
}

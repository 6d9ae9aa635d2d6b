import type { INestApplicationContext } from '@nestjs/common';
import type { SwaggerCustomOptions } from '@nestjs/swagger';
import { ConfigurationError } from '../errors/configuration.error.js';
import { moduleProvider } from '../policies/module-provider.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';

/**
 * Options of `swaggerUiOptions`.
 *
 * @publicApi
 */
export interface SwaggerUiOAuthOptions {
  /** What the authorization server calls this page; a public client. */
  readonly clientId: string;
  /** Sent to everybody who opens the page, so it is no secret: for local demos. Default: none. */
  readonly clientSecret?: string;
  /** The scopes that are ticked when the dialog opens. Default: all that the schemes declare. */
  readonly scopes?: readonly string[];
  /**
   * Where the authorization server sends the user back to; absolute, and registered there to the letter.
   * Default: `oauth2-redirect.html` below the page, such as `https://api.example/docs/oauth2-redirect.html`.
   */
  readonly redirectUrl?: string;
  /** Keep tokens in the browser's local storage, where a reload finds them. Default: `false`. */
  readonly persist?: boolean;
}

/**
 * Options for `SwaggerModule.setup` with which "Authorize" works: the client, PKCE, the scopes and the redirect URL.
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
 * @throws ConfigurationError when `AuthModule` is not imported, or an option names what is not there.
 * @see https://www.rfc-editor.org/rfc/rfc7636
 * @publicApi
 */
export function swaggerUiOptions(
  app: INestApplicationContext,
  options: SwaggerUiOAuthOptions,
): SwaggerCustomOptions {
  const registry = moduleProvider(app, SchemeRegistry, 'swaggerUiOptions()');
  const schemes = registry.all().map(({ scheme }) => scheme.describe());
  const { clientId, clientSecret, redirectUrl, persist = false } = options;
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
    },
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
  const declared = schemes.flatMap((scheme) =>
    scheme.type === 'oauth2'
      ? Object.values(scheme.flows).flatMap(({ scopes }) => Object.keys(scopes))
      : [],
  );
  if (wanted === undefined) return [...new Set(declared)];
  // An OpenID provider says itself which scopes it has.
  const isKnown = (scope: string) =>
    declared.includes(scope) || schemes.some(({ type }) => type === 'openIdConnect');
  const unknown = wanted.find((scope) => !isKnown(scope));
  if (unknown === undefined) return [...wanted];
  throw new ConfigurationError(
    `swaggerUiOptions(): no scheme declares the scope ${unknown}: declare it or leave it out`,
  );
}

function requireAbsolute(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new ConfigurationError('swaggerUiOptions(): redirectUrl must be an absolute URL');
}

/**
 * Swagger UI's own default takes `/docs` for a file and finds its page beside it, where there is none.
 *
 * Only the browser knows the page's address, and `@nestjs/swagger` writes functions into the page as
 * their text: this one's is an expression.
 */
function besideTheScripts(): () => void {
  const scripts = `document.querySelector('script[src$="swagger-ui-bundle.js"]')`;
  const expression = `new URL('oauth2-redirect.html', ${scripts}.src).href`;
  return Object.assign(() => undefined, { toString: () => expression });
}

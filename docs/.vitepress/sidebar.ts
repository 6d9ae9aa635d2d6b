import type { DefaultTheme } from 'vitepress';

/** The pages in reading order: a new page is a file and a line here. */
const PAGES: Record<string, [text: string, page: string][]> = {
  'Getting started': [
    ['Nest 12, ES modules', 'getting-started'],
    ['Nest 11, CommonJS', 'getting-started/commonjs'],
    ['Fastify', 'getting-started/fastify'],
    ['swc', 'getting-started/swc'],
    ['A monorepo', 'getting-started/monorepo'],
  ],
  Guide: [
    ['Concepts', 'guide/concepts'],
    ['Validate', 'guide/validate'],
    ['Requirements', 'guide/requirements'],
    ['Scopes', 'guide/scopes'],
    ['Rules', 'guide/rules'],
    ['Parameters', 'guide/parameters'],
    ['Token endpoint', 'guide/token-endpoint'],
    ['Verifying tokens', 'guide/tokens'],
    ['Documents', 'guide/openapi'],
    ['Audit', 'guide/audit'],
    ['Refusals', 'guide/refusals'],
    ['Testing', 'guide/testing'],
    ['Contexts', 'guide/contexts'],
    ['Limits', 'guide/limits'],
    ['Advice', 'guide/advice'],
  ],
  Schemes: [
    ['All of them', 'schemes'],
    ['APIKeyHeader', 'schemes/api-key-header'],
    ['APIKeyQuery', 'schemes/api-key-query'],
    ['APIKeyCookie', 'schemes/api-key-cookie'],
    ['HTTPBasic', 'schemes/http-basic'],
    ['HTTPBearer', 'schemes/http-bearer'],
    ['HTTPDigest', 'schemes/http-digest'],
    ['HTTPScheme', 'schemes/http-scheme'],
    ['MutualTLS', 'schemes/mutual-tls'],
    ['OAuth2', 'schemes/oauth2'],
    ['OAuth2PasswordBearer', 'schemes/oauth2-password-bearer'],
    ['OAuth2AuthorizationCodeBearer', 'schemes/oauth2-authorization-code-bearer'],
    ['OAuth2ClientCredentialsBearer', 'schemes/oauth2-client-credentials-bearer'],
    ['OpenIdConnect', 'schemes/open-id-connect'],
    ['PassportScheme', 'schemes/passport'],
    ['Your own', 'schemes/your-own'],
  ],
  Recipes: [
    ['JWT with @nestjs/jwt', 'recipes/jwt'],
    ['Keycloak', 'recipes/keycloak'],
    ['Auth0', 'recipes/auth0'],
    ['Entra ID', 'recipes/entra-id'],
    ['Amazon Cognito', 'recipes/cognito'],
    ['Many tenants', 'recipes/tenants'],
    ['Cookie sessions', 'recipes/cookies'],
    ['API keys in a database', 'recipes/api-keys'],
    ['Signed webhooks', 'recipes/webhooks'],
    ['Roles', 'recipes/roles'],
    ['Ownership', 'recipes/ownership'],
    ['CASL', 'recipes/casl'],
    ['OpenFGA, Cedar, OPA', 'recipes/external-checks'],
    ['Step-up authentication', 'recipes/step-up'],
    ['Throttling', 'recipes/throttling'],
    ['GraphQL', 'recipes/graphql'],
    ['Gateways', 'recipes/gateways'],
    ['Microservices', 'recipes/microservices'],
    ['OpenTelemetry', 'recipes/opentelemetry'],
    ['EventEmitter2', 'recipes/event-emitter'],
    ['MCP servers', 'recipes/mcp'],
    ['Behind a proxy', 'recipes/proxy'],
  ],
  'Coming from': [
    ['@nestjs/passport', 'from/passport'],
    ['FastAPI', 'from/fastapi'],
  ],
  Reference: [
    ['Error messages', 'reference/errors'],
    ['Compatibility', 'reference/compatibility'],
    ['Every name, by entry point', 'api'],
  ],
};

export const sidebar: DefaultTheme.SidebarItem[] = Object.entries(PAGES).map(([text, pages]) => ({
  text,
  collapsed: text === 'Schemes' || text === 'Recipes',
  items: pages.map(([title, page]) => ({ text: title, link: linkOf(page) })),
}));

/** The files of the sidebar's pages, such as `guide/scopes.md`. */
export const pageFiles = Object.values(PAGES)
  .flat()
  .map(([, page]) => (isFolder(page) ? `${page}/index.md` : `${page}.md`));

function linkOf(page: string): string {
  return isFolder(page) ? `/${page}/` : `/${page}`;
}

function isFolder(page: string): boolean {
  return !page.includes('/');
}

import { randomUUID } from 'node:crypto';
import { type Configuration, errors, type ResourceServer } from 'oidc-provider';
import { SCOPES } from '../scopes.js';
import { api, clients, opaqueDocs } from './clients.js';

const HOUR = 60 * 60;

/** Issues tokens for APIs with these audiences; where a client asks for none, for the first. */
export function configuration(audiences: readonly string[]): Configuration {
  return {
    clients,
    cookies: { keys: [randomUUID()] },
    clientBasedCORS: (_context, origin, client) =>
      client.redirectUriAllowed(`${origin}/docs/oauth2-redirect.html`),
    features: {
      // Forms that take any name with any password: this is what makes it a demonstration.
      devInteractions: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_context, client) => client.clientId === api.client_id,
      },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audiences[0]!,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, audience, client) => {
          if (!audiences.includes(audience)) throw new errors.InvalidTarget();
          return tokensFor(audience, client.clientId === opaqueDocs.client_id ? 'opaque' : 'jwt');
        },
      },
    },
    ttl: { Grant: HOUR, IdToken: HOUR, Interaction: HOUR, Session: HOUR },
  };
}

function tokensFor(audience: string, accessTokenFormat: 'jwt' | 'opaque'): ResourceServer {
  const scope = Object.keys(SCOPES).join(' ');
  return { audience, scope, accessTokenTTL: HOUR, accessTokenFormat };
}

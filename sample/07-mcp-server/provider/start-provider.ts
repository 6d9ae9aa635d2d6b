import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, errors, Provider } from 'oidc-provider';
import { SCOPES } from '../access-token.scheme.js';

const HOUR = 60 * 60;

/**
 * Starts an authorization server that lets in ANYBODY: for this demonstration and its tests only.
 *
 * @param issuer its URL, on 127.0.0.1.
 * @param resource what it issues tokens for.
 */
export async function startProvider(issuer: string, resource: string): Promise<Server> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'demo', alg: 'RS256', use: 'sig' };
  const jwks = { keys: [key] } as NonNullable<Configuration['jwks']>;
  const provider = new Provider(issuer, { ...configuration(resource), jwks });
  const { hostname, port } = new URL(issuer);
  const server = createServer(provider.callback()).listen(Number(port), hostname);
  await once(server, 'listening');
  return server;
}

/** Clients register themselves, ask for tokens of one resource (RFC 8707), and prove with PKCE that a code is theirs. */
function configuration(resource: string): Configuration {
  const scopes = Object.keys(SCOPES);
  return {
    cookies: { keys: [randomUUID()] },
    scopes: ['openid', ...scopes],
    // Clients register with the scopes that they know of then, and ask for more later.
    extraClientMetadata: {
      properties: ['scope_policy'],
      validator: (_context, _key, _value, metadata) => {
        delete metadata.scope;
      },
    },
    features: {
      // Forms that take any name with any password: this is what makes it a demonstration.
      devInteractions: { enabled: true },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, asked) => {
          if (asked !== resource) throw new errors.InvalidTarget();
          return {
            audience: asked,
            scope: scopes.join(' '),
            accessTokenTTL: HOUR,
            accessTokenFormat: 'jwt',
          };
        },
      },
    },
    ttl: { Grant: HOUR, IdToken: HOUR, Interaction: HOUR, Session: HOUR },
  };
}

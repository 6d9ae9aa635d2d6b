import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { JWK } from 'jose';
import { type JWKS, Provider } from 'oidc-provider';
import { configuration } from './configuration.js';

/**
 * Starts an OpenID provider that lets in ANYBODY: for this demonstration and its tests only.
 *
 * @param issuer its URL, on 127.0.0.1.
 * @param audiences the APIs that it issues tokens for.
 * @param key what it signs with, private.
 */
export async function startProvider(
  issuer: string,
  audiences: readonly string[],
  key: JWK,
): Promise<Server> {
  const jwks = { keys: [key] } as JWKS;
  const provider = new Provider(issuer, { ...configuration(audiences), jwks });
  const { hostname, port } = new URL(issuer);
  const server = createServer(provider.callback()).listen(Number(port), hostname);
  await once(server, 'listening');
  return server;
}

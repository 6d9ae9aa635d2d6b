import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWK, type JWTPayload, SignJWT } from 'jose';
import { signingKey } from '../../sample/05-resource-server/provider/signing-key.js';
import { startProvider } from '../../sample/05-resource-server/provider/start-provider.js';

export const AUDIENCE = 'https://notes.example';
/** Another API that the same provider issues tokens for. */
export const OTHER_AUDIENCE = 'https://photos.example';

/** Sample 05's provider on a port of its own, which can go down, come back, and change its key. */
export class OpenIdProvider {
  /** The path of every request since it started. */
  requests: string[] = [];
  private server!: Server;

  private constructor(
    readonly issuer: string,
    private key: JWK,
  ) {}

  static async start(): Promise<OpenIdProvider> {
    const issuer = `http://127.0.0.1:${await freePort()}`;
    const provider = new OpenIdProvider(issuer, await signingKey('first'));
    await provider.open();
    return provider;
  }

  /** Stops answering; what it issued is not forgotten. */
  async down(): Promise<void> {
    const { server } = this;
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async up(): Promise<void> {
    const { hostname, port } = new URL(this.issuer);
    await once(this.server.listen(Number(port), hostname), 'listening');
  }

  /** Starts anew with another key, at the same address; opaque tokens are forgotten. */
  async changeKey(kid: string): Promise<void> {
    await this.down();
    this.key = await signingKey(kid);
    await this.open();
  }

  /** What the provider itself would never issue, under its own signature. */
  sign(claims: JWTPayload, typ = 'at+jwt'): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const valid = {
      iss: this.issuer,
      aud: AUDIENCE,
      sub: 'ada',
      client_id: 'notes-docs',
      jti: 'one',
      iat: now,
      exp: now + 60,
      scope: 'notes:read',
    };
    return new SignJWT({ ...valid, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: this.key.kid!, typ })
      .sign(this.key);
  }

  private async open(): Promise<void> {
    this.requests = [];
    this.server = await startProvider(this.issuer, [AUDIENCE, OTHER_AUDIENCE], this.key);
    this.server.on('request', ({ url }) => this.requests.push(url!));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { hash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';
import type { DpopRequest } from '../../lib/tokens/dpop-verifier.js';

export const NOW = Date.UTC(2026, 0, 1);
export const now = NOW / 1000;
export const baseUrl = 'https://api.example.org';
export const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
export const ath = hash('sha256', accessToken, 'base64url');

export interface Changes {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

/** A client with a key of its own, which makes proofs and the requests that carry them. */
export class DpopClient {
  private proofs = 0;

  private constructor(
    readonly alg: string,
    readonly jwk: JWK,
    readonly privateJwk: JWK,
    readonly jkt: string,
    private readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'],
  ) {}

  static async create(alg = 'ES256', options = {}): Promise<DpopClient> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options });
    const jwk = await exportJWK(publicKey);
    const jkt = await calculateJwkThumbprint(jwk);
    return new DpopClient(alg, jwk, await exportJWK(privateKey), jkt, privateKey);
  }

  /** A good proof for `GET /items`, but for the changes; `undefined` takes a member away. */
  prove({ claims = {}, header = {} }: Changes = {}): Promise<string> {
    const jti = `proof-${++this.proofs}`;
    const htu = `${baseUrl}/items`;
    return new SignJWT({ jti, htm: 'GET', htu, iat: now, ath, ...claims } as JWTPayload)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: this.alg, jwk: this.jwk, ...header })
      .sign(this.privateKey);
  }

  /** A good request for `GET /items`, but for the changes. */
  async request(changes: Changes & { request?: Partial<DpopRequest> } = {}): Promise<DpopRequest> {
    return {
      proof: await this.prove(changes),
      method: 'GET',
      url: '/items',
      accessToken,
      claims: { cnf: { jkt: this.jkt } },
      ...changes.request,
    };
  }
}

/** Puts other text into a part of a JWS without signing it anew. */
export function replacePart(jws: string, index: 0 | 1 | 2, text: string): string {
  return jws
    .split('.')
    .map((part, at) => (at === index ? text : part))
    .join('.');
}

export const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

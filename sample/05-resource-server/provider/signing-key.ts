import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** A new key pair, the private half included: the provider signs with it and publishes the public half. */
export async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
}

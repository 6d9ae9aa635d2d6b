import { hash } from 'node:crypto';

/**
 * An algorithm of HTTP Digest authentication; `-sess` mixes the nonces into what the password is hashed to.
 *
 * @see [RFC 7616, section 6.1](https://www.rfc-editor.org/rfc/rfc7616#section-6.1)
 * @publicApi
 */
export type DigestAlgorithm =
  'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess' | 'MD5' | 'MD5-sess';

type DigestHash = Exclude<DigestAlgorithm, `${string}-sess`>;

/** The registered hash algorithms, by the names that OpenSSL gives them; the first is what RFC 7616 prefers. */
const HASHES: Record<DigestHash, string> = {
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
  MD5: 'md5',
};

/** Every algorithm there is. */
export const DIGEST_ALGORITHMS = (Object.keys(HASHES) as DigestHash[]).flatMap(
  (name): DigestAlgorithm[] => [name, `${name}-sess`],
);

/** Hashes with the algorithm's hash, in lower-case hexadecimal: the RFC's `H(data)`. */
export function digestHash(algorithm: DigestAlgorithm, data: string | Uint8Array): string {
  return hash(HASHES[algorithm.replace(/-sess$/, '') as DigestHash], data);
}

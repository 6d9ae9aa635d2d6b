import { errors, type JWK } from 'jose';
import { importPublicKey } from './json-web-key.js';

/**
 * The keys of a fetched set that can check signatures; the others are ignored, not the whole set.
 *
 * @see [RFC 7517, section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)
 */
export function parseKeySet(json: unknown): JWK[] {
  const keys = (json as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new errors.JWKSInvalid('JSON Web Key Set malformed');
  return keys.filter(isUsable);
}

function isUsable(key: unknown): boolean {
  if (typeof key !== 'object') return false;
  try {
    importPublicKey(key as JWK);
    return true;
  } catch {
    return false;
  }
}

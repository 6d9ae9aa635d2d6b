import { createPublicKey, KeyObject, X509Certificate } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';

/**
 * A secret that the issuer and this API share; text stands for its UTF-8 bytes.
 *
 * @publicApi
 */
export type JwtSecret = string | Uint8Array | KeyObject;

/**
 * The bytes of a secret.
 *
 * @throws ConfigurationError where it is no secret, or is a key that others have.
 */
export function readSecret(secret: JwtSecret): Buffer {
  const bytes = secretBytes(secret);
  // A public key as the HMAC secret would let everyone who has it sign tokens.
  if (isPublicKey(bytes)) {
    throw new ConfigurationError('JwtVerifier: a public or PEM key is not a secret: use fromKey');
  }
  return bytes;
}

function secretBytes(secret: JwtSecret): Buffer {
  if (typeof secret === 'string' || secret instanceof Uint8Array) return Buffer.from(secret);
  if (!(secret instanceof KeyObject)) {
    throw new ConfigurationError('JwtVerifier: a secret must be text, bytes or a secret KeyObject');
  }
  if (secret.type !== 'secret') {
    throw new ConfigurationError(`JwtVerifier: a ${secret.type} key is not a secret`);
  }
  return secret.export();
}

/** Whether a secret is really a key that others have, perhaps in base64 or hexadecimal. */
function isPublicKey(secret: Buffer): boolean {
  const text = secret.toString('latin1');
  const isDecoded = (encoding: 'base64' | 'hex') => isWellKnown(Buffer.from(text, encoding));
  if (isWellKnown(secret)) return true;
  return /^[\w+/=\s-]+$/.test(text) && (isDecoded('base64') || isDecoded('hex'));
}

/** Whether bytes are a key or a certificate: in PEM, DER, a format of SSH, or JSON. */
function isWellKnown(key: Buffer): boolean {
  const text = key.toString('latin1');
  if (/-----BEGIN |---- BEGIN SSH2 |(?:^|\s)(?:ssh|ecdsa)-\S+ AAAA/.test(text)) return true;
  if (/^\s*[{[][^]*"kty"/.test(text)) return true;
  return DER.some((read) => isReadBy(read, key));
}

const DER: readonly ((key: Buffer) => unknown)[] = [
  (key) => createPublicKey({ key, type: 'spki', format: 'der' }),
  (key) => createPublicKey({ key, type: 'pkcs1', format: 'der' }),
  (key) => new X509Certificate(key),
];

function isReadBy(read: (key: Buffer) => unknown, key: Buffer): boolean {
  try {
    read(key);
    return true;
  } catch {
    return false;
  }
}

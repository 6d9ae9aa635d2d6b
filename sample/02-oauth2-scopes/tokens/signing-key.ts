import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';

/** HS256 needs a key as long as its hash. */
const KEY_BYTES = 32;

/** The key in the environment variable `SECRET`, or one that lasts until the application stops. */
export function signingKey(): Uint8Array {
  const { SECRET } = process.env;
  if (SECRET === undefined) {
    new Logger('SigningKey').warn('SECRET is not set: tokens will not outlive this process');
    return randomBytes(KEY_BYTES);
  }
  const key = Buffer.from(SECRET);
  if (key.byteLength < KEY_BYTES) throw new Error(`SECRET must have ${KEY_BYTES} bytes or more`);
  return key;
}

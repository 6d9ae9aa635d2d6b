import { createHash, randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { verify } from '@node-rs/argon2';

/** The hash of a password that nobody knows. */
const UNKNOWN_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$+WAzzigSVXKMVIOguNH2xQ$/3Ana+/w7B2ZzKwCltydFs4UjmXTb4I7Wzr4s3E6nao';
const LONGEST_SECRET = 1024;

/** Whether a password or a client's secret has this hash; without a hash it takes as long, and has not. */
export async function matchesHash(hash: string | undefined, secret: string): Promise<boolean> {
  if (secret.length > LONGEST_SECRET) return false;
  try {
    return (await verify(hash ?? UNKNOWN_HASH, secret)) && hash !== undefined;
  } catch (error) {
    new Logger('Secrets').error('A stored hash is malformed', error);
    return false;
  }
}

/** A code or a token that nobody can guess. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of such a token: a copy of the table lets nobody in. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

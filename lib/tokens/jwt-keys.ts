import type { KeyObject } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';

/** What signatures are checked with, and by which algorithms: the configuration's choice, never the token's. */
export interface JwtKeys {
  readonly key: KeyObject | JWTVerifyGetKey;
  readonly algorithms: readonly string[];
  /** Grows when keys that may have been used are replaced. */
  readonly revision: number;
}

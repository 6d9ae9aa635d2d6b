import { credentialsOf } from '../protocol/authorization-header.js';
import { readHeader, type SecurityRequest } from './security-request.js';

/**
 * What a client put into the `Authorization` header.
 *
 * @publicApi
 */
export interface HTTPAuthorizationCredentials {
  /** The authentication scheme as the client spelt it. */
  readonly scheme: string;
  /** Everything after the scheme. */
  readonly credentials: string;
}

/** The credentials in the `Authorization` header, when it is there and names the scheme. */
export function readCredentials(request: SecurityRequest, scheme: string): string | undefined {
  const value = readHeader(request, 'authorization');
  return value === undefined ? undefined : credentialsOf(value, scheme);
}

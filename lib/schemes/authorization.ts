import { isScheme, parseAuthorizationHeader } from '../protocol/authorization-header.js';
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

/** The `Authorization` header, when it is there and names the scheme. */
export function readAuthorization(
  request: SecurityRequest,
  scheme: string,
): HTTPAuthorizationCredentials | undefined {
  const authorization = parseAuthorizationHeader(readHeader(request, 'authorization'));
  return authorization !== undefined && isScheme(authorization.scheme, scheme)
    ? authorization
    : undefined;
}

import type { SecurityException } from '../errors/security.exception.js';
import { APIKeyCookie } from '../schemes/api-key-cookie.js';
import { APIKeyHeader } from '../schemes/api-key-header.js';
import { APIKeyQuery } from '../schemes/api-key-query.js';
import { readAuthorization } from '../schemes/authorization.js';
import { bearerChallenge } from '../schemes/bearer-scheme.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';

/** Tells whether a request carries credentials where an OpenAPI scheme says that they are. */
export function presenceOf(scheme: SecuritySchemeObject): (request: SecurityRequest) => boolean {
  if (scheme.type !== 'apiKey') {
    const name = scheme.type === 'http' ? scheme.scheme : 'Bearer';
    return (request) => readAuthorization(request, name) !== undefined;
  }
  const { name } = scheme;
  const key = {
    header: () => new APIKeyHeader({ name }),
    query: () => new APIKeyQuery({ name }),
    cookie: () => new APIKeyCookie({ name }),
  }[scheme.in]();
  return (request) => key.extract(request) !== undefined;
}

/** The challenge that an OpenAPI scheme stands for. */
export function plainChallenge(scheme: SecuritySchemeObject, failure?: SecurityException): string {
  if (scheme.type === 'apiKey') return 'APIKey';
  const isBearer = scheme.type !== 'http' || scheme.scheme.toLowerCase() === 'bearer';
  return isBearer ? bearerChallenge(undefined, failure) : scheme.scheme;
}

import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { type ClientCredentials, parseClientBasic } from '../protocol/client-authentication.js';
import { MalformedError } from '../protocol/malformed.error.js';
import { readAuthorization } from '../schemes/authorization.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { OAuth2Exception } from './oauth2.exception.js';

interface ClientFields {
  readonly client_id?: string | undefined;
  readonly client_secret?: string | undefined;
}

/**
 * The client's credentials, from HTTP Basic or from the form; an `Authorization` of another scheme is ignored.
 *
 * It does not check them, nor that there are any.
 *
 * @throws OAuth2Exception `invalid_request` when they come both ways, `invalid_client` when malformed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function readClientCredentials(
  request: SecurityRequest,
  { client_id, client_secret }: ClientFields,
): { clientId: string | null; clientSecret: string | null } {
  const basic = readClientBasic(request);
  if (basic === undefined) {
    return { clientId: client_id ?? null, clientSecret: client_secret ?? null };
  }
  if (client_id !== undefined || client_secret !== undefined) {
    throw new OAuth2Exception(
      'invalid_request',
      'Client credentials both in the Authorization header and in the form',
    );
  }
  return basic;
}

function readClientBasic(request: SecurityRequest): ClientCredentials | undefined {
  try {
    const authorization = readAuthorization(request, 'Basic');
    return authorization && parseClientBasic(authorization.credentials);
  } catch (cause) {
    if (cause instanceof InvalidRequestException) {
      throw new OAuth2Exception('invalid_request', cause.message, { cause });
    }
    if (!(cause instanceof MalformedError)) throw cause;
    throw new OAuth2Exception('invalid_client', cause.message, { cause });
  }
}

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

/** The client that a form comes from, as far as it tells. */
export interface Client {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
}

interface ReadClientOptions {
  /** The form may name the client beside HTTP Basic, which is no second authentication. Default: `false`. */
  readonly sameClientId?: boolean | undefined;
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
  { sameClientId = false }: ReadClientOptions = {},
): Client {
  const basic = readClientBasic(request);
  if (basic === undefined) {
    return { clientId: client_id ?? null, clientSecret: client_secret ?? null };
  }
  if (client_secret !== undefined || (client_id !== undefined && !sameClientId)) {
    throw new OAuth2Exception(
      'invalid_request',
      'Client credentials both in the Authorization header and in the form',
    );
  }
  if (client_id !== undefined && client_id !== basic.clientId) {
    throw new OAuth2Exception(
      'invalid_request',
      'The client_id is not that of the Authorization header',
    );
  }
  return basic;
}

/**
 * The credentials of a client that must authenticate; an empty secret authenticates nobody.
 *
 * @throws OAuth2Exception `invalid_client` when it sent none.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 */
export function requireClientAuthentication({ clientId, clientSecret }: Client): ClientCredentials {
  if (!clientId || !clientSecret) {
    throw new OAuth2Exception('invalid_client', 'The client must authenticate');
  }
  return { clientId, clientSecret };
}

/**
 * A client that must name itself, whether it authenticates or not.
 *
 * @throws OAuth2Exception `invalid_request` when it does not.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export function requireClientId({ clientId, clientSecret }: Client): Client & { clientId: string } {
  if (clientId === null) throw new OAuth2Exception('invalid_request', 'Missing: client_id');
  return { clientId, clientSecret };
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

import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { type ClientCredentials, parseClientBasic } from '../protocol/client-authentication.js';
import { MalformedError } from '../protocol/malformed.error.js';
import { readCredentials } from '../schemes/authorization.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { OAuth2GrantClient } from './grant.js';
import { OAuth2Exception } from './oauth2.exception.js';

interface ClientFields {
  readonly client_id?: string | undefined;
  readonly client_secret?: string | undefined;
}

/** The client that a form comes from, as far as the request says. */
export interface Client {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
}

/**
 * The client, from HTTP Basic or from the form; an `Authorization` of another scheme is ignored.
 *
 * With HTTP Basic, the form may name the same client again, which is not a second authentication. The credentials are
 * not checked, but an empty secret authenticates nobody.
 *
 * @throws OAuth2Exception `invalid_client` when the credentials are malformed, or missing where the client must
 * authenticate; `invalid_request` when they are sent twice or both ways, the two ways name different clients, or a
 * required `client_id` is missing.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function readClient(
  request: SecurityRequest,
  fields: ClientFields,
  demanded: OAuth2GrantClient,
): Client {
  const client = sentClient(request, fields);
  const { clientId, clientSecret } = client;
  if (demanded === 'authenticated' && !(clientId && clientSecret)) {
    throw new OAuth2Exception('invalid_client', 'The client must authenticate');
  }
  if (demanded === 'named' && clientId === null) {
    throw new OAuth2Exception('invalid_request', 'Missing: client_id');
  }
  return client;
}

function sentClient(request: SecurityRequest, { client_id, client_secret }: ClientFields): Client {
  const basic = readClientBasic(request);
  if (basic === undefined) {
    return { clientId: client_id ?? null, clientSecret: client_secret ?? null };
  }
  if (client_secret !== undefined) {
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

function readClientBasic(request: SecurityRequest): ClientCredentials | undefined {
  try {
    const credentials = readCredentials(request, 'Basic');
    return credentials === undefined ? undefined : parseClientBasic(credentials);
  } catch (cause) {
    if (cause instanceof InvalidRequestException) {
      throw new OAuth2Exception('invalid_request', cause.message, { cause });
    }
    if (!(cause instanceof MalformedError)) throw cause;
    throw new OAuth2Exception('invalid_client', cause.message, { cause });
  }
}

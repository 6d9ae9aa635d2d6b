import type { ClientMetadata } from 'oidc-provider';

/** Applications that users run themselves: they keep no secret, so they prove with PKCE that a code is theirs. */
const PUBLIC: Partial<ClientMetadata> = {
  // A native application's port on loopback does not matter, so the API may listen on any.
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/docs/oauth2-redirect.html'],
  token_endpoint_auth_method: 'none',
};

/** Swagger UI, which is given JSON Web Tokens. */
const docs: ClientMetadata = { ...PUBLIC, client_id: 'notes-docs' };

/** Swagger UI once more, given opaque tokens. */
export const opaqueDocs: ClientMetadata = { ...PUBLIC, client_id: 'notes-docs-opaque' };

/** The API itself, which asks about opaque tokens and is given none. */
export const api: ClientMetadata = {
  client_id: 'notes-api',
  client_secret: 'notes-api-demo-secret',
  redirect_uris: [],
  response_types: [],
  grant_types: [],
};

export const clients = [docs, opaqueDocs, api];

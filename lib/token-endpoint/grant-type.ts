/** The grants that the forms read, as `grant_type` names them. */
export const GRANT_TYPES = [
  'authorization_code',
  'client_credentials',
  'password',
  'refresh_token',
] as const;

/**
 * The `grant_type` of a form that the library reads.
 *
 * @publicApi
 */
export type OAuth2GrantType = (typeof GRANT_TYPES)[number];

import type { Client } from '../clients/client.entity.js';
import type { Scope } from '../scopes.js';

/** The parameters of an authorization request; each may come once. */
export const PARAMETERS = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
] as const;

export type Parameters = Partial<Record<(typeof PARAMETERS)[number], string>>;

/** A request that this server can answer by asking the user to log in. */
export interface AuthorizationRequest {
  parameters: Parameters;
  client: Client;
  redirectUri: string;
  codeChallenge: string;
  scopes: Scope[];
}

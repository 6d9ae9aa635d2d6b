import { BadRequestException, Injectable } from '@nestjs/common';
import { OAuth2Exception } from 'nestjs-security/token-endpoint';
import type { Client } from '../clients/client.entity.js';
import { Clients } from '../clients/clients.js';
import { allowedScopes } from '../scopes.js';
import { type AuthorizationRequest, type Parameters, PARAMETERS } from './authorization-request.js';
import { RedirectedError } from './authorize.errors.js';

const S256_CHALLENGE = /^[\w-]{43}$/;

@Injectable()
export class AuthorizationRequests {
  constructor(private readonly clients: Clients) {}

  /**
   * Reads an authorization request. Until its client and redirect URI are known to belong together, errors
   * are shown and not redirected: the redirect URI could be anybody's.
   */
  async read(input: unknown): Promise<AuthorizationRequest> {
    const parameters = readParameters(input);
    const client = await this.clients.find(parameters.client_id ?? '');
    const redirectUri = client?.redirectUris.find((uri) => uri === parameters.redirect_uri);
    if (client === null || redirectUri === undefined) {
      throw new BadRequestException('Unknown client_id or redirect_uri');
    }
    try {
      return { parameters, client, redirectUri, ...readRequest(parameters, client) };
    } catch (error) {
      if (!(error instanceof OAuth2Exception)) throw error;
      throw new RedirectedError(redirectUri, parameters.state, error);
    }
  }
}

function readRequest(parameters: Parameters, client: Client) {
  const { response_type, scope = '', code_challenge = '', code_challenge_method } = parameters;
  if (response_type !== 'code') {
    throw new OAuth2Exception('unsupported_response_type', 'The response_type must be code');
  }
  if (!client.grantTypes.includes('authorization_code')) {
    throw new OAuth2Exception('unauthorized_client', 'The client may not use this grant');
  }
  if (code_challenge_method !== 'S256' || !S256_CHALLENGE.test(code_challenge)) {
    throw new OAuth2Exception('invalid_request', 'A code_challenge by S256 is required');
  }
  const asked = scope.split(' ').filter(Boolean);
  return { codeChallenge: code_challenge, scopes: allowedScopes(client.scopes, asked) };
}

function readParameters(input: unknown): Parameters {
  const sent = new Map(Object.entries(input ?? {}));
  const parameters: Parameters = {};
  for (const name of PARAMETERS) {
    const value: unknown = sent.get(name);
    if (value === undefined || value === '') continue;
    if (typeof value !== 'string') throw new BadRequestException(`More than one ${name}`);
    parameters[name] = value;
  }
  return parameters;
}

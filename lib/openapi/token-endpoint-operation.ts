import type { OAuth2ErrorCode } from '../token-endpoint/oauth2.exception.js';
import type { TokenFormMetadata } from '../token-endpoint/token-form.metadata.js';
import type { Operation } from './route-markers.js';

const text = (description: string) => ({ type: 'string', description });

/** The form that `@PasswordForm()` reads, as RFC 6749 4.3.2 names its fields. */
export function tokenRequestBody({
  strict,
}: TokenFormMetadata): NonNullable<Operation['requestBody']> {
  return {
    required: true,
    content: {
      'application/x-www-form-urlencoded': {
        schema: {
          type: 'object',
          required: [...(strict ? ['grant_type'] : []), 'username', 'password'],
          properties: {
            grant_type: { type: 'string', enum: ['password'] },
            username: { type: 'string' },
            password: { type: 'string', format: 'password' },
            scope: text('The requested scopes, separated by spaces.'),
            client_id: text('The client, unless it authenticates with HTTP Basic.'),
            client_secret: { type: 'string', format: 'password' },
          },
        },
      },
    },
  };
}

const TOKEN_RESPONSE = {
  type: 'object',
  required: ['access_token', 'token_type'],
  properties: {
    access_token: { type: 'string' },
    token_type: { type: 'string', example: 'bearer' },
    expires_in: { type: 'integer', description: 'The lifetime of the access token in seconds.' },
    refresh_token: { type: 'string' },
    scope: text('The granted scopes, separated by spaces.'),
  },
};

/** What a token endpoint answers (RFC 6749 5.1 and 5.2). */
export function tokenResponses(): Operation['responses'] {
  return {
    200: {
      description: 'The token.',
      headers: { 'Cache-Control': { schema: { type: 'string', enum: ['no-store'] } } },
      content: { 'application/json': { schema: TOKEN_RESPONSE } },
    },
    400: refusal('The request is refused.', 'invalid_grant'),
    401: {
      ...refusal('The client is unknown or its secret is wrong.', 'invalid_client'),
      headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
    },
  };
}

function refusal(description: string, example: OAuth2ErrorCode) {
  const schema = {
    type: 'object',
    required: ['error'],
    properties: {
      error: { type: 'string', example },
      error_description: { type: 'string' },
      error_uri: { type: 'string' },
    },
  };
  return { description, content: { 'application/json': { schema } } };
}

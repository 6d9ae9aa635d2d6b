import { describe, expect, it } from 'vitest';
import { tokenRequestBody, tokenResponses } from '../../lib/openapi/token-endpoint-operation.js';

const properties = {
  grant_type: { type: 'string', enum: ['password'] },
  username: { type: 'string' },
  password: { type: 'string', format: 'password' },
  scope: { type: 'string', description: 'The requested scopes, separated by spaces.' },
  client_id: {
    type: 'string',
    description: 'The client, unless it authenticates with HTTP Basic.',
  },
  client_secret: { type: 'string', format: 'password' },
};

describe('The documented form of a token endpoint', () => {
  it.each([
    { strict: false, required: ['username', 'password'] },
    { strict: true, required: ['grant_type', 'username', 'password'] },
  ])('is the password grant’s, with strict: $strict', ({ strict, required }) => {
    expect(tokenRequestBody({ grant: 'password', strict })).toStrictEqual({
      required: true,
      content: {
        'application/x-www-form-urlencoded': { schema: { type: 'object', required, properties } },
      },
    });
  });
});

describe('The documented responses of a token endpoint', () => {
  const error = (example: string) => ({
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: { type: 'string', example },
          error_description: { type: 'string' },
          error_uri: { type: 'string' },
        },
      },
    },
  });

  it('are the token, which is never cached, and the RFC 6749 errors', () => {
    expect(tokenResponses()).toStrictEqual({
      200: {
        description: 'The token.',
        headers: { 'Cache-Control': { schema: { type: 'string', enum: ['no-store'] } } },
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['access_token', 'token_type'],
              properties: {
                access_token: { type: 'string' },
                token_type: { type: 'string', example: 'bearer' },
                expires_in: {
                  type: 'integer',
                  description: 'The lifetime of the access token in seconds.',
                },
                refresh_token: { type: 'string' },
                scope: { type: 'string', description: 'The granted scopes, separated by spaces.' },
              },
            },
          },
        },
      },
      400: { description: 'The request is refused.', content: error('invalid_grant') },
      401: {
        description: 'The client is unknown or its secret is wrong.',
        content: error('invalid_client'),
        headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
      },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { tokenRequestBody, tokenResponses } from '../../lib/openapi/token-endpoint-operation.js';
import { OAuth2AuthorizationCodeRequestForm } from '../../lib/token-endpoint/authorization-code-form.js';
import { OAuth2ClientCredentialsRequestForm } from '../../lib/token-endpoint/client-credentials-form.js';
import {
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
} from '../../lib/token-endpoint/password-form.js';
import { OAuth2RefreshTokenRequestForm } from '../../lib/token-endpoint/refresh-token-form.js';
import type { OAuth2FormClass } from '../../lib/token-endpoint/request-form.js';

const FORM = 'application/x-www-form-urlencoded';
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
    { Form: OAuth2PasswordRequestForm, required: ['username', 'password'] },
    { Form: OAuth2PasswordRequestFormStrict, required: ['grant_type', 'username', 'password'] },
  ])('is that of the password grant: $Form.name', ({ Form, required }) => {
    expect(tokenRequestBody({ forms: [Form] })).toStrictEqual({
      required: true,
      content: {
        'application/x-www-form-urlencoded': { schema: { type: 'object', required, properties } },
      },
    });
  });

  const { scope, ...rest } = properties;
  const client = { client_id: rest.client_id, client_secret: rest.client_secret };
  const text = { type: 'string' };
  const password = { type: 'string', format: 'password' };
  const others = {
    client_credentials: {
      type: 'object',
      required: ['grant_type'],
      properties: {
        grant_type: { type: 'string', enum: ['client_credentials'] },
        scope,
        ...client,
      },
    },
    authorization_code: {
      type: 'object',
      required: ['grant_type', 'code'],
      properties: {
        grant_type: { type: 'string', enum: ['authorization_code'] },
        code: { ...password, pattern: '^[\\x20-\\x7E]+$' },
        redirect_uri: { ...text, description: 'As in the authorization request.' },
        code_verifier: {
          ...password,
          description: 'What PKCE’s challenge was made of.',
          pattern: '^[A-Za-z0-9._~-]{43,128}$',
        },
        ...client,
      },
    },
    refresh_token: {
      type: 'object',
      required: ['grant_type', 'refresh_token'],
      properties: {
        grant_type: { type: 'string', enum: ['refresh_token'] },
        refresh_token: { ...password, pattern: '^[\\x20-\\x7E]+$' },
        scope,
        ...client,
      },
    },
  };
  const schemaOf = (...forms: OAuth2FormClass[]): unknown => {
    const { content } = tokenRequestBody({ forms }) as {
      content: Record<string, { schema: object }>;
    };
    return content[FORM]!.schema;
  };

  it.each([
    ['client_credentials', OAuth2ClientCredentialsRequestForm],
    ['authorization_code', OAuth2AuthorizationCodeRequestForm],
    ['refresh_token', OAuth2RefreshTokenRequestForm],
  ] as const)('is that of %s', (grant, Form) => {
    expect(schemaOf(Form)).toStrictEqual(others[grant]);
  });

  it('is one of several, where several are accepted', () => {
    expect(
      schemaOf(
        OAuth2RefreshTokenRequestForm,
        OAuth2PasswordRequestFormStrict,
        OAuth2AuthorizationCodeRequestForm,
      ),
    ).toStrictEqual({
      oneOf: [
        others.refresh_token,
        { type: 'object', required: ['grant_type', 'username', 'password'], properties },
        others.authorization_code,
      ],
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

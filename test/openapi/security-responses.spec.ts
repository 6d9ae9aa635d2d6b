import { describe, expect, it } from 'vitest';
import { securityResponses } from '../../lib/openapi/security-responses.js';
import { allOf, anonymous, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { policyOf } from './policy-of.js';

const validate = () => ({ user: 'johndoe' });
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate });
const user = new OAuth2PasswordBearer({
  schemeName: 'User',
  tokenUrl: 'token',
  scopes: { me: 'Read your profile.', items: 'Read your items.' },
  validate,
});

const response = (statusCode: number, error: string, description: string, schemes: string) => ({
  description,
  headers: {
    'WWW-Authenticate': {
      description: `A challenge for each scheme that could help: ${schemes}.`,
      schema: { type: 'string' },
    },
  },
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['message', 'statusCode'],
        properties: {
          message: { type: 'string' },
          error: { type: 'string', example: error },
          statusCode: { type: 'integer', example: statusCode },
        },
      },
    },
  },
});
const unauthorized = (schemes: string) =>
  response(401, 'Unauthorized', 'Credentials are missing or wrong.', schemes);
const forbidden = (scopes: string, schemes: string) =>
  response(403, 'Forbidden', `A required scope is not granted: ${scopes}.`, schemes);

describe('The documented responses of the guard', () => {
  it.each([
    { name: 'anonymous', requirement: anonymous, responses: {} },
    { name: 'a scheme', requirement: key, responses: { 401: unauthorized('Key') } },
    {
      name: 'an optional scheme, whose credentials may be wrong',
      requirement: optional(key),
      responses: { 401: unauthorized('Key') },
    },
    {
      name: 'alternatives, naming each scheme once',
      requirement: anyOf(allOf(key, user), key),
      responses: { 401: unauthorized('Key, User') },
    },
  ])('are those it can give without scopes: $name', ({ requirement, responses }) => {
    expect(securityResponses(policyOf(requirement))).toStrictEqual(responses);
  });

  it.each([
    { scopes: ['me'], named: 'me' },
    { scopes: ['items', 'me'], named: 'items, me' },
  ])('include 403 where scopes are required: $named', ({ scopes, named }) => {
    expect(securityResponses(policyOf(anyOf(user, key), scopes))).toStrictEqual({
      401: unauthorized('User, Key'),
      403: forbidden(named, 'User, Key'),
    });
  });
});

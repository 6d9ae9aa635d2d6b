import type { HttpException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { InsufficientScopeException } from '../../lib/errors/insufficient-scope.exception.js';
import { NotAuthenticatedException } from '../../lib/errors/not-authenticated.exception.js';
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

const SCHEMA = '#/components/schemas/Refusal';

const response = (description: string, schemes: string, example: object) => ({
  description,
  headers: {
    'WWW-Authenticate': {
      description: `A challenge for each scheme that could help: ${schemes}.`,
      schema: { type: 'string' },
    },
  },
  content: { 'application/json': { schema: { $ref: SCHEMA }, example } },
});
const bodyOf = (exception: HttpException) => exception.getResponse() as object;
const unauthorized = (schemes: string) =>
  response('Credentials are missing or wrong.', schemes, bodyOf(new NotAuthenticatedException()));
const forbidden = (scopes: string, schemes: string) =>
  response(
    `A required scope is not granted: ${scopes}.`,
    schemes,
    bodyOf(new InsufficientScopeException([])),
  );

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
    expect(securityResponses(policyOf(requirement), SCHEMA)).toStrictEqual(responses);
  });

  it.each([
    { scopes: ['me'], named: 'me' },
    { scopes: ['items', 'me'], named: 'items, me' },
  ])('include 403 where scopes are required: $named', ({ scopes, named }) => {
    expect(securityResponses(policyOf(anyOf(user, key), scopes), SCHEMA)).toStrictEqual({
      401: unauthorized('User, Key'),
      403: forbidden(named, 'User, Key'),
    });
  });
});

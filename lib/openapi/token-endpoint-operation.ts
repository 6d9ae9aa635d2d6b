import { methodName } from '../policies/route-handlers.js';
import { fieldsOf, type OAuth2Grant, type OAuth2GrantField } from '../token-endpoint/grant.js';
import type { OAuth2ErrorCode } from '../token-endpoint/oauth2.exception.js';
import { isTokenEndpoint } from '../token-endpoint/token-endpoint.decorator.js';
import { type TokenForm, tokenFormOf } from '../token-endpoint/token-form.decorator.js';
import { copyOf } from './copy-of.js';
import type { Operation } from './route-markers.js';

/**
 * Documents the form that a handler takes, and the responses of a token endpoint.
 *
 * A request body or a response that the handler documents itself is kept.
 */
export function documentTokenEndpoint(
  operation: Operation,
  controller: Function,
  handler: Function,
): void {
  const form = tokenFormOf(controller.prototype as object, methodName(controller, handler)!);
  if (form !== undefined) operation.requestBody ??= copyOf(tokenRequestBody(form));
  if (!isTokenEndpoint(handler)) return;
  for (const [status, response] of Object.entries(copyOf(tokenResponses()))) {
    const own = operation.responses[status];
    if (own === undefined || isGenerated(own)) operation.responses[status] = response;
  }
}

/** `@nestjs/swagger` gives every operation a response with its status and nothing else. */
function isGenerated(response: object): boolean {
  return 'description' in response && response.description === '' && !('content' in response);
}

/** The form that a handler takes, with the names of RFC 6749; where it takes several grants, one of their forms. */
export function tokenRequestBody({
  forms,
}: Pick<TokenForm, 'forms'>): NonNullable<Operation['requestBody']> {
  const schemas = forms.map(({ grant }) => formSchema(grant));
  const [only, ...others] = schemas;
  const schema = only !== undefined && others.length === 0 ? only : { oneOf: schemas };
  return { required: true, content: { 'application/x-www-form-urlencoded': { schema } } };
}

function formSchema(grant: OAuth2Grant) {
  const fields = Object.entries(fieldsOf(grant));
  return {
    type: 'object',
    required: fields.filter(([, { required }]) => required).map(([name]) => name),
    properties: {
      ...Object.fromEntries(fields.map(([name, field]) => [name, fieldSchema(field)])),
      grant_type: { type: 'string', enum: [grant.grantType] },
    },
  };
}

function fieldSchema({ description, pattern, secret = false }: OAuth2GrantField) {
  return {
    type: 'string',
    ...(secret && { format: 'password' }),
    ...(description !== undefined && { description }),
    ...(pattern && { pattern: pattern.source }),
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
    scope: { type: 'string', description: 'The granted scopes, separated by spaces.' },
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

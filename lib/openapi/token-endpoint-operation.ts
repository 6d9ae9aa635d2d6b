import { CODE_VERIFIER } from '../protocol/pkce.js';
import type { OAuth2GrantType } from '../token-endpoint/grant-type.js';
import type { OAuth2ErrorCode } from '../token-endpoint/oauth2.exception.js';
import type { TokenFormMetadata } from '../token-endpoint/token-form.metadata.js';
import type { Operation } from './route-markers.js';

const text = (description: string) => ({ type: 'string', description });
const secret = () => ({ type: 'string', format: 'password' });

interface FormFields {
  readonly required: Readonly<Record<string, object>>;
  readonly optional?: Readonly<Record<string, object>>;
}

const scope = () => ({ scope: text('The requested scopes, separated by spaces.') });

/** The fields of each grant's form, beside `grant_type` and the client's. */
const FIELDS: Readonly<Record<OAuth2GrantType, FormFields>> = {
  authorization_code: {
    required: { code: { type: 'string' } },
    optional: {
      redirect_uri: text('As in the authorization request.'),
      code_verifier: {
        ...text('What PKCE’s challenge was made of.'),
        pattern: CODE_VERIFIER.source,
      },
    },
  },
  client_credentials: { required: {}, optional: scope() },
  password: { required: { username: { type: 'string' }, password: secret() }, optional: scope() },
  refresh_token: { required: { refresh_token: secret() }, optional: scope() },
};

/** The form that a token endpoint reads, as RFC 6749 names its fields; of several grants, one of theirs. */
export function tokenRequestBody({
  grant,
  strict,
}: TokenFormMetadata): NonNullable<Operation['requestBody']> {
  const forms = [grant].flat().map((grant) => formSchema(grant, strict));
  const [only, ...others] = forms;
  const schema = only !== undefined && others.length === 0 ? only : { oneOf: forms };
  return { required: true, content: { 'application/x-www-form-urlencoded': { schema } } };
}

function formSchema(grant: OAuth2GrantType, strict: boolean) {
  const { required, optional } = FIELDS[grant];
  return {
    type: 'object',
    required: [...(strict ? ['grant_type'] : []), ...Object.keys(required)],
    properties: {
      grant_type: { type: 'string', enum: [grant] },
      ...required,
      ...optional,
      client_id: text('The client, unless it authenticates with HTTP Basic.'),
      client_secret: secret(),
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

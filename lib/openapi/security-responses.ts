import type { Policy } from '../policies/policy.js';
import type { Operation } from './route-markers.js';

type Responses = Operation['responses'];

/** What the body of a refusal is, once for a document. */
export const REFUSAL_SCHEMA = {
  type: 'object',
  description: 'Why a request is refused.',
  required: ['message', 'statusCode'],
  properties: {
    message: { type: 'string' },
    error: { type: 'string' },
    statusCode: { type: 'integer' },
  },
};

/**
 * The responses the guard itself gives, by status.
 *
 * @param schema A reference to the schema of their body.
 */
export function securityResponses(policy: Policy, schema: string): Responses {
  const { schemes } = policy;
  const scopes = scopesInWords(policy);
  if (schemes.length === 0) return {};
  const names = schemes.map(({ scheme }) => scheme.schemeName).join(', ');
  const refusal = (description: string, example: object) => ({
    description,
    headers: {
      'WWW-Authenticate': {
        description: `A challenge for each scheme that could help: ${names}.`,
        schema: { type: 'string' },
      },
    },
    content: { 'application/json': { schema: { $ref: schema }, example } },
  });
  return {
    401: refusal('Credentials are missing or wrong.', {
      message: 'Not authenticated',
      error: 'Unauthorized',
      statusCode: 401,
    }),
    ...(scopes !== '' && {
      403: refusal(`A required scope is not granted: ${scopes}.`, {
        message: 'Insufficient scope',
        error: 'Forbidden',
        statusCode: 403,
      }),
    }),
  };
}

/** The scopes that would do, by alternative. */
function scopesInWords({ required }: Policy): string {
  const lists = required.map((scopes) => [...new Set(scopes)].join(', '));
  return [...new Set(lists)].filter((list) => list !== '').join(', or ');
}

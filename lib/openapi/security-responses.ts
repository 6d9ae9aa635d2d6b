import type { Policy } from '../policies/policy.js';
import type { Operation } from './route-markers.js';

type Responses = Operation['responses'];

/** The responses the guard itself gives, by status. */
export function securityResponses({ schemes, scopes }: Policy): Responses {
  if (schemes.length === 0) return {};
  const names = schemes.map(({ scheme }) => scheme.schemeName).join(', ');
  return {
    401: failure(401, 'Unauthorized', 'Credentials are missing or wrong.', names),
    ...(scopes.length > 0 && {
      403: failure(
        403,
        'Forbidden',
        `A required scope is not granted: ${scopes.join(', ')}.`,
        names,
      ),
    }),
  };
}

function failure(statusCode: number, error: string, description: string, schemes: string) {
  return {
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
  };
}

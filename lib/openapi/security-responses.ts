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
  if (schemes.length === 0) return {};
  const names = schemes.map(({ scheme }) => scheme.schemeName).join(', ');
  const challenge = () => ({
    'WWW-Authenticate': {
      description: `A challenge for each scheme that could help: ${names}.`,
      schema: { type: 'string' },
    },
  });
  const body = (message: string, error: string, statusCode: number) => ({
    'application/json': { schema: { $ref: schema }, example: { message, error, statusCode } },
  });
  return {
    401: {
      description: 'Credentials are missing or wrong.',
      headers: challenge(),
      content: body('Not authenticated', 'Unauthorized', 401),
    },
    ...forbidden(policy, challenge, (message) => body(message, 'Forbidden', 403)),
  };
}

/** The 403 of a route that asks for scopes or rules, whose own words are CommonMark; rules have no challenge. */
function forbidden(
  policy: Policy,
  challenge: () => object,
  contentOf: (message: string) => object,
): Responses {
  const { rules = [] } = policy;
  const scopes = scopesInWords(policy);
  if (scopes === '' && rules.length === 0) return {};
  const list = rules.map(({ description }) => `- ${description}`).join('\n');
  const reasons = [
    ...(scopes === '' ? [] : [`A required scope is not granted: ${scopes}.`]),
    ...(list === '' ? [] : [`A rule does not allow the call:\n\n${list}`]),
  ];
  const message = scopes === '' ? rules[0]!.description : 'Insufficient scope';
  return {
    403: {
      description: reasons.join('\n\n'),
      ...(scopes !== '' && { headers: challenge() }),
      content: contentOf(message),
    },
  } as Responses;
}

/** The scopes that would do, by alternative. */
function scopesInWords({ required }: Policy): string {
  const lists = required.map((scopes) => [...new Set(scopes)].join(', '));
  return [...new Set(lists)].filter((list) => list !== '').join(', or ');
}

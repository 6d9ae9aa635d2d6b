import { scopesRequiredIn } from '../policies/policy-alternative.js';
import type { Policy } from '../policies/policy.js';
import type { Operation } from './route-markers.js';

type Responses = Operation['responses'];

/** The schema of a refusal's body, which a document holds once. */
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

/** The texts in the responses of all operations under one policy, made once. */
interface Words {
  readonly challenge: string;
  readonly forbidden: Forbidden | undefined;
}

interface Forbidden {
  readonly description: string;
  readonly message: string;
  readonly isChallenged: boolean;
}

const known = new WeakMap<Policy, Words>();

/**
 * The responses of the guard itself, by status. Each call makes new objects.
 *
 * @param schema A reference to the schema of their body.
 */
export function securityResponses(policy: Policy, schema: string): Responses {
  if (policy.schemes.length === 0) return {};
  const { challenge, forbidden } = wordsFor(policy);
  const unauthorized = {
    description: 'Credentials are missing or wrong.',
    headers: headers(challenge),
    content: body(schema, 'Not authenticated', 'Unauthorized', 401),
  };
  // One literal for both statuses: for integer keys that are added one by one, V8 reserves room for four hundred more.
  return forbidden === undefined
    ? { 401: unauthorized }
    : { 401: unauthorized, 403: forbiddenResponse(forbidden, challenge, schema) };
}

function forbiddenResponse(words: Forbidden, challenge: string, schema: string) {
  const { description, message, isChallenged } = words;
  const content = body(schema, message, 'Forbidden', 403);
  return isChallenged
    ? { description, headers: headers(challenge), content }
    : { description, content };
}

function headers(description: string) {
  return { 'WWW-Authenticate': { description, schema: { type: 'string' as const } } };
}

function body(schema: string, message: string, error: string, statusCode: number) {
  return {
    'application/json': { schema: { $ref: schema }, example: { message, error, statusCode } },
  };
}

function wordsFor(policy: Policy): Words {
  const words = known.get(policy) ?? wordsOf(policy);
  known.set(policy, words);
  return words;
}

function wordsOf(policy: Policy): Words {
  const names = policy.schemes.map(({ scheme }) => scheme.schemeName).join(', ');
  return {
    challenge: `A challenge for each scheme that could help: ${names}.`,
    forbidden: forbiddenOf(policy),
  };
}

/** The 403 of a route that requires scopes or rules; rules describe themselves in CommonMark, and have no challenge. */
function forbiddenOf(policy: Policy): Forbidden | undefined {
  const { rules = [] } = policy;
  const scopes = scopesInWords(policy);
  if (scopes === '' && rules.length === 0) return undefined;
  const list = rules.map(({ description }) => `- ${description}`).join('\n');
  const reasons = [
    ...(scopes === '' ? [] : [`A required scope is not granted: ${scopes}.`]),
    ...(list === '' ? [] : [`A rule does not allow the call:\n\n${list}`]),
  ];
  const message = scopes === '' ? rules[0]!.description : 'Insufficient scope';
  return { description: reasons.join('\n\n'), message, isChallenged: scopes !== '' };
}

/** The scopes that would do, by alternative. */
function scopesInWords({ alternatives }: Policy): string {
  const lists = alternatives.map((alternative) => scopesRequiredIn(alternative).join(', '));
  return [...new Set(lists)].filter((list) => list !== '').join(', or ');
}

import { rawRequest, type RawRequest } from './raw-request.js';

/** What the tests compare of an answer: everything a client decides by. */
export interface Answer {
  status: number;
  /** The values of the `WWW-Authenticate` lines, in wire order. */
  challenges: string[];
  body: unknown;
}

/** One exchange over a bare socket; a JSON body is parsed. */
export async function answerTo(url: string, request: RawRequest): Promise<Answer> {
  const { status, header, body } = await rawRequest(url, request);
  const isJson = header('content-type')[0]?.startsWith('application/json') === true && body !== '';
  return {
    status,
    challenges: header('WWW-Authenticate'),
    body: isJson ? JSON.parse(body) : body,
  };
}

export const accepted = (body: unknown): Answer => ({ status: 200, challenges: [], body });

function refusal(status: number, message: string, error: string) {
  return (...challenges: string[]): Answer => ({
    status,
    challenges,
    body: { message, error, statusCode: status },
  });
}

export const notAuthenticated = refusal(401, 'Not authenticated', 'Unauthorized');
export const invalidCredentials = refusal(401, 'Invalid credentials', 'Unauthorized');
export const insufficientScope = refusal(403, 'Insufficient scope', 'Forbidden');
export const invalidToken = (message: string, ...challenges: string[]) =>
  refusal(401, message, 'Unauthorized')(...challenges);
export const sentTwice = (what: string, ...challenges: string[]) =>
  refusal(400, `The ${what} was sent more than once`, 'Bad Request')(...challenges);

/** An error of the application: no challenge, and nothing of the error itself. */
export const serverError: Answer = {
  status: 500,
  challenges: [],
  body: { statusCode: 500, message: 'Internal server error' },
};
export const unavailable: Answer = {
  status: 503,
  challenges: [],
  body: { message: 'Service unavailable', error: 'Service Unavailable', statusCode: 503 },
};

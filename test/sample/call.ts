import { type RawRequest, rawRequest } from '../support/raw-request.js';

/** What an API's client sees of an answer. */
export interface Answer {
  status: number;
  /** Every `WWW-Authenticate` line. */
  challenges: string[];
  body: unknown;
}

export type Header = [name: string, value: string];

/** Requests a path; with a form, posts it. */
export async function call(
  url: string,
  path: string,
  { headers = [], form }: { headers?: Header[]; form?: Record<string, string> } = {},
): Promise<Answer> {
  const request: RawRequest = form
    ? {
        method: 'POST',
        headers: [...headers, ['Content-Type', 'application/x-www-form-urlencoded']],
        body: new URLSearchParams(form).toString(),
      }
    : { headers };
  const response = await rawRequest(url, { path, ...request });
  return {
    status: response.status,
    challenges: response.header('WWW-Authenticate'),
    body: JSON.parse(response.body) as unknown,
  };
}

export function bearer(token: string): Header[] {
  return [['Authorization', `Bearer ${token}`]];
}

/** Logs in by the password flow; the answer must be a token. */
export async function logIn(url: string, form: Record<string, string>): Promise<string> {
  const { body } = await call(url, '/token', { form });
  return (body as { access_token: string }).access_token;
}

/** Nest's body for an answer that refuses. */
export function refusal(status: number, challenges: string[], message: string): Answer {
  const error = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden' }[status];
  return { status, challenges, body: { message, error, statusCode: status } };
}

export function success(body: unknown): Answer {
  return { status: 200, challenges: [], body };
}

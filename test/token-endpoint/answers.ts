export const FORM = 'application/x-www-form-urlencoded';
export const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

/** Status, the headers RFC 6749 speaks of, and the whole body. */
export async function answer(response: Response): Promise<object> {
  const header = (name: string) => response.headers.get(name);
  return {
    status: response.status,
    contentType: header('content-type'),
    cacheControl: header('cache-control'),
    pragma: header('pragma'),
    wwwAuthenticate: header('www-authenticate'),
    body: await response.json(),
  };
}

/** The same of a form that is posted. */
export async function post(url: string, body: string, headers: Record<string, string> = {}) {
  const init = { method: 'POST', body, headers: { 'Content-Type': FORM, ...headers } };
  return answer(await fetch(url, init));
}

/** An answer of a token endpoint. */
export const sent = (status: number, body: object, wwwAuthenticate: string | null = null) => ({
  status,
  contentType: 'application/json; charset=utf-8',
  cacheControl: 'no-store',
  pragma: 'no-cache',
  wwwAuthenticate,
  body,
});
export const refused = (error: string, error_description: string) =>
  sent(400, { error, error_description });
export const invalidRequest = (description: string) => refused('invalid_request', description);
export const wrongContentType = invalidRequest(
  'Expected the content type application/x-www-form-urlencoded',
);
export const invalidScope = refused('invalid_scope', 'Malformed scope');
export const invalidClient = (error_description: string) =>
  sent(
    401,
    { error: 'invalid_client', error_description },
    'Basic realm="Restricted", charset="UTF-8"',
  );

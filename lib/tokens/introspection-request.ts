import type { TokenIntrospectorOptions } from './token-introspector.options.js';

/** How a client shows who it is, in the header or in the form. */
type Client = Pick<TokenIntrospectorOptions, 'clientId' | 'clientSecret' | 'authMethod'>;

/**
 * Writes the request that asks about a token.
 *
 * @see [RFC 7662, section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)
 */
export function introspectionRequest(token: string, client: Client) {
  const { clientId, clientSecret, authMethod } = client;
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
  if (authMethod === 'client_secret_post') {
    body.set('client_id', clientId);
    body.set('client_secret', clientSecret);
    return { method: 'POST', body };
  }
  return { method: 'POST', body, headers: { authorization: basic(clientId, clientSecret) } };
}

/** RFC 6749, section 2.3.1: each part is form-urlencoded within the Basic credentials. */
function basic(clientId: string, clientSecret: string): string {
  const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice('='.length);
}

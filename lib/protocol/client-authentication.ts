import { parseBasicCredentials } from './basic.js';
import { hasControlCharacter } from './control-character.js';
import { MalformedError } from './malformed.error.js';

/**
 * The identifier and password of an OAuth 2.0 client; the secret may be empty.
 *
 * @publicApi
 */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Decodes the HTTP Basic credentials of a client, both parts of which are form-urlencoded.
 *
 * Swagger UI sends an empty pair where its user names no client: then the result is `undefined`.
 *
 * @see [RFC 6749, section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
 */
export function parseClientBasic(credentials: string): ClientCredentials | undefined {
  const { username, password } = parseBasicCredentials(credentials);
  if (username === '' && password === '') return undefined;
  const clientId = formDecode(username);
  if (clientId === '') throw new MalformedError('Client credentials without an identifier');
  return { clientId, clientSecret: formDecode(password) };
}

function formDecode(text: string): string {
  const decoded = percentDecode(text.replaceAll('+', ' '));
  if (hasControlCharacter(decoded)) {
    throw new MalformedError('Client credentials hold a control character');
  }
  return decoded;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new MalformedError('Malformed percent-encoding in client credentials');
  }
}

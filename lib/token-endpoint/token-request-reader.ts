import type { SecurityRequest } from '../schemes/security-request.js';
import { loadFormModule } from './form-module.js';
import type { OAuth2GrantType } from './grant-type.js';
import type { OAuth2TokenRequestForm } from './token-request-form.js';

/**
 * Reads one of these grants out of a request whose body the adapter has parsed.
 *
 * @param decorator Who reads it, for an error about what is not installed.
 * @throws OAuth2Exception when the request is none of them.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export async function readTokenRequest<Grant extends OAuth2GrantType>(
  request: SecurityRequest,
  grants: readonly Grant[],
  decorator: string,
): Promise<OAuth2TokenRequestForm<Grant>> {
  const { parseGrantType, readers } = await loadFormModule(
    request,
    decorator,
    () => import('./grants.js'),
  );
  return readers[parseGrantType(request.body, grants)](request);
}

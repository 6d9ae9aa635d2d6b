import { ConfigurationError } from '../errors/configuration.error.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { contentTypeRefusal } from './form-content-type.js';

/**
 * Loads the module that reads a form out of a request, and class-validator with it.
 *
 * @param decorator Who needs it.
 * @throws OAuth2Exception when the request's body is no URL-encoded form; then nothing is loaded.
 * @throws ConfigurationError when class-validator is not installed.
 */
export async function loadFormModule<Module>(
  request: SecurityRequest,
  decorator: string,
  load: () => Promise<Module>,
): Promise<Module> {
  const refusal = contentTypeRefusal(request);
  if (refusal !== undefined) throw refusal;
  try {
    return await load();
  } catch (cause) {
    throw new ConfigurationError(
      `${decorator} needs class-validator, which could not be loaded: npm install class-validator`,
      { cause },
    );
  }
}

import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The request carries no credentials the route could use: 401, with a challenge that holds no `error`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @publicApi
 */
export class NotAuthenticatedException extends SecurityException {
  readonly code = 'not_authenticated';

  constructor(options?: SecurityExceptionOptions) {
    super(401, 'Not authenticated', 'Unauthorized', options);
  }
}

import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The credentials are good, but a rule does not allow this call: 403, its message the rule's description.
 *
 * A rule that answers `false` has the same effect; throwing one gives another message. It has no challenge, as other
 * credentials of the same user would not help.
 *
 * @example
 * ```ts
 * import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
 * import { BaseExceptionFilter } from '@nestjs/core';
 * import { RuleException } from 'nestjs-security';
 *
 * @Catch(RuleException)
 * export class RuleFilter extends BaseExceptionFilter {
 *   override catch(exception: RuleException, host: ArgumentsHost) {
 *     new Logger('Security').warn(`${exception.code}: ${exception.message}`);
 *     super.catch(exception, host);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export class RuleException extends SecurityException {
  readonly code = 'access_denied';

  /** @param description Whom the rule allows. It is sent, so it must hold no secret. */
  constructor(
    readonly description: string,
    options?: SecurityExceptionOptions,
  ) {
    super(403, description, 'Forbidden', options);
  }
}

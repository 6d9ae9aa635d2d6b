import { ServiceUnavailableException } from '@nestjs/common';

/**
 * The credentials cannot be judged just now, because something they depend on does not answer: 503.
 *
 * It is no refusal: it carries no challenge, and the same credentials may be good later.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4
 * @publicApi
 */
export class TemporarilyUnavailableException extends ServiceUnavailableException {
  readonly code = 'temporarily_unavailable';

  /** @param cause The reason, for logs; it is never sent. */
  constructor(cause: unknown) {
    super(undefined, { cause });
  }
}

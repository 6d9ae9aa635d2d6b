import { ServiceUnavailableException } from '@nestjs/common';

/** A dependency did not answer, or not as it must: 503. The reason is for logs; it is never sent. */
export function unavailable(cause: unknown): ServiceUnavailableException {
  return new ServiceUnavailableException('Service unavailable', { cause });
}

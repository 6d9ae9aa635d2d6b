import type { HttpException } from '@nestjs/common';

/** The reason why a scheme does not accept a call. */
export class Unaccepted {
  constructor(readonly failure: HttpException) {}
}

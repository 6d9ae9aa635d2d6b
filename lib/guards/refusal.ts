import type { HttpException } from '@nestjs/common';

/** A request that is refused: what to throw, and the challenges to send with it. */
export class Refusal {
  constructor(
    readonly exception: HttpException,
    readonly challenges: readonly string[],
  ) {}
}

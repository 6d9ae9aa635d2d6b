import { applyDecorators, UseGuards } from '@nestjs/common';
import { JwtAuthGuard } from './auth';

/** For administrators, one day. */
export function Auth() {
  return applyDecorators(UseGuards(JwtAuthGuard));
}

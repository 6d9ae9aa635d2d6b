import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { LoginSuccessInterceptor } from './login-success.interceptor.js';
import { LoginThrottlerGuard } from './login-throttler.guard.js';

/** For a handler that checks passwords, and that throws when one is wrong. */
export function ThrottleLogins(): MethodDecorator {
  return applyDecorators(UseGuards(LoginThrottlerGuard), UseInterceptors(LoginSuccessInterceptor));
}

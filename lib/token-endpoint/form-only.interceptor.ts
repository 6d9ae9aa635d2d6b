import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { SecurityRequest } from '../schemes/security-request.js';
import { contentTypeRefusal } from './form-content-type.js';

/**
 * Refuses a request that is not a URL-encoded form in UTF-8, even if the handler reads no form, as the Fastify hook
 * does.
 */
export class FormOnlyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
    const refusal = contentTypeRefusal(context.switchToHttp().getRequest<SecurityRequest>());
    if (refusal !== undefined) throw refusal;
    return next.handle();
  }
}

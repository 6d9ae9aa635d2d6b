import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { SecurityRequest } from '../schemes/security-request.js';
import { contentTypeRefusal } from './form-content-type.js';

/** Refuses what is no URL-encoded form in UTF-8, also where the handler reads no form, as Fastify's hook does. */
export class FormOnlyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
    const refusal = contentTypeRefusal(context.switchToHttp().getRequest<SecurityRequest>());
    if (refusal !== undefined) throw refusal;
    return next.handle();
  }
}

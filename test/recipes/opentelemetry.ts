import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  Injectable,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { AcceptedEvent, RefusedEvent } from 'nestjs-security';

/** Says in the span of a request who was let in, or why not. */
@Injectable()
export class SecurityTracing implements OnModuleInit, OnModuleDestroy {
  onModuleInit() {
    subscribe('nestjs-security:accepted', accepted);
    subscribe('nestjs-security:refused', refused);
  }

  onModuleDestroy() {
    unsubscribe('nestjs-security:accepted', accepted);
    unsubscribe('nestjs-security:refused', refused);
  }
}

function accepted(message: unknown) {
  const { schemes, scopes } = message as AcceptedEvent;
  trace.getActiveSpan()?.setAttributes({
    'security.outcome': 'accepted',
    'security.schemes': [...schemes],
    'security.scopes': [...scopes],
  });
}

function refused(message: unknown) {
  const { code, scheme, rule, cause } = message as RefusedEvent;
  trace.getActiveSpan()?.setAttributes({
    'security.outcome': 'refused',
    ...(code !== undefined && { 'security.code': code }),
    ...(scheme !== undefined && { 'security.scheme': scheme }),
    ...(rule !== undefined && { 'security.rule': rule }),
    ...(cause !== undefined && { 'security.cause': cause }),
  });
}

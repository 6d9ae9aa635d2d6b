import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  Injectable,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import type { RefusedEvent } from 'nestjs-security';

/** Hands what the channel says on to listeners of the application. */
@Injectable()
export class SecurityEvents implements OnModuleInit, OnModuleDestroy {
  constructor(private readonly emitter: EventEmitter2) {}

  private readonly refused = (event: unknown) =>
    void this.emitter.emit('security.refused', event);

  onModuleInit() {
    subscribe('nestjs-security:refused', this.refused);
  }

  onModuleDestroy() {
    unsubscribe('nestjs-security:refused', this.refused);
  }
}

/** A listener like any other. */
@Injectable()
export class AuditTrail {
  readonly lines: string[] = [];

  @OnEvent('security.refused')
  record({ controller, handler, status, code, rule }: RefusedEvent) {
    this.lines.push(
      [`${controller}.${handler}`, status, code, rule].filter(Boolean).join(' '),
    );
  }
}

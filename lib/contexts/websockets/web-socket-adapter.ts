import type { ModuleRef } from '@nestjs/core';
import { applicationConfigOf } from '../../policies/nest-container.js';

/** The application's WebSocket adapter, if it has one; Nest does not inject it. */
export function adapterOf(moduleRef: ModuleRef): object | undefined {
  const adapter: object | null = applicationConfigOf(moduleRef).getIoAdapter();
  return adapter ?? undefined;
}

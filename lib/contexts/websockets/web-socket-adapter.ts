import type { ApplicationConfig } from '@nestjs/core';

/** The application's WebSocket adapter, which Nest does not inject: it is reached through a module reference. */
export function adapterOf(moduleRef: unknown): object | undefined {
  const reference = moduleRef as
    { readonly container?: { readonly applicationConfig?: ApplicationConfig } } | undefined;
  return (reference?.container?.applicationConfig?.getIoAdapter() as object | null) ?? undefined;
}

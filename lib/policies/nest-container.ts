import type { ApplicationConfig, ModuleRef, NestContainer } from '@nestjs/core';

/** Nest offers its container to no provider, but every module reference holds it. */
export function containerOf(moduleRef: ModuleRef): NestContainer {
  return (moduleRef as unknown as { readonly container: NestContainer }).container;
}

/** What an application is configured with: its global guards, prefix, versioning and WebSocket adapter. */
export function applicationConfigOf(moduleRef: ModuleRef): ApplicationConfig {
  return containerOf(moduleRef).applicationConfig!;
}

/** Whether the application runs in Nest's preview mode, which makes no providers. */
export function isPreviewed(moduleRef: ModuleRef): boolean {
  return containerOf(moduleRef).contextOptions?.preview === true;
}

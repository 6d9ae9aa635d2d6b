import type {
  DynamicModule,
  INestApplication,
  LoggerService,
  ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { adapters } from '../support/adapters.js';

export interface RecordedBoot {
  app: INestApplication;
  /** What `AuthModule` said, such as `warn: ...`. */
  lines: string[];
}

/** Boots an application and keeps what `AuthModule` logs. The caller closes it. */
export async function recordedBoot(
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => unknown = () => undefined,
): Promise<RecordedBoot> {
  const lines: string[] = [];
  const record = (level: string) => (message: unknown, context?: unknown) => {
    if (context === 'AuthModule') lines.push(`${level}: ${String(message)}`);
  };
  const logger: LoggerService = {
    log: record('log'),
    warn: record('warn'),
    error: record('error'),
    fatal: record('fatal'),
  };
  const module: DynamicModule = { module: class RecordedModule {}, ...metadata };
  const app = await NestFactory.create(module, adapters[0]!.create(), {
    logger,
    abortOnError: false,
  });
  configure(app);
  await app.init();
  return { app, lines };
}

/** The same, closed at once. */
export async function bootLines(...args: Parameters<typeof recordedBoot>): Promise<string[]> {
  const { app, lines } = await recordedBoot(...args);
  await app.close();
  return lines;
}

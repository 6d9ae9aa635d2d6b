import type { AbstractHttpAdapter } from '@nestjs/core';
import type { DynamicModule, INestApplication, ModuleMetadata, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

export interface Adapter {
  name: string;
  create(): AbstractHttpAdapter;
}

/** Both HTTP adapters, for `describe.each(adapters)('... on $name', (adapter) => ...)`. */
export const adapters: Adapter[] = [
  { name: 'Express', create: () => new ExpressAdapter() },
  { name: 'Fastify', create: () => new FastifyAdapter() },
];

export interface RunningApp {
  app: INestApplication;
  /** Such as `http://127.0.0.1:40123`. */
  url: string;
}

/**
 * Boots a real, silent application on a free port of 127.0.0.1. The caller closes it, with
 * `await app.close()`.
 *
 * A boot error rejects, instead of ending the process. `configure` runs before the boot: global
 * prefix, versioning, pipes.
 */
export async function createApp(
  adapter: Adapter,
  moduleOrMetadata: Type | DynamicModule | ModuleMetadata,
  configure: (app: INestApplication) => unknown = () => undefined,
): Promise<RunningApp> {
  const app = await NestFactory.create<INestApplication>(
    toModule(moduleOrMetadata),
    adapter.create(),
    { logger: false, abortOnError: false },
  );
  try {
    await configure(app);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return { app, url: await app.getUrl() };
}

function toModule(source: Type | DynamicModule | ModuleMetadata): Type | DynamicModule {
  if (typeof source === 'function' || 'module' in source) return source;
  return { module: class TestModule {}, ...source };
}

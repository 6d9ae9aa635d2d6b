import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import { UsageError } from './usage.error.js';

/**
 * The application of a file, initialised but not listening.
 *
 * A module alone knows no global prefix and no versioning: a file that sets them exports `createApp()`.
 */
export async function loadApplication(
  file: string,
  moduleName: string | undefined,
): Promise<INestApplicationContext> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new UsageError(`There is no file ${file}: build the application first`);
  const exported: Record<string, unknown> = await import(pathToFileURL(path).href);
  if (moduleName === undefined && typeof exported['createApp'] === 'function') {
    const app = (await exported['createApp']()) as INestApplicationContext;
    return app.init();
  }
  return NestFactory.createApplicationContext(rootModule(exported, moduleName), {
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
}

function rootModule(exported: Record<string, unknown>, name: string | undefined): Type {
  const modules = new Map(Object.entries(exported).filter(([, value]) => isModule(value)));
  const only = modules.size === 1 && name === undefined ? [...modules.values()][0] : undefined;
  const found = modules.get(name ?? 'AppModule') ?? only;
  if (found !== undefined) return found as Type;
  const names = [...modules.keys()].join(', ') || 'no module';
  throw new UsageError(`The file exports ${names}: choose one with --module`);
}

function isModule(value: unknown): boolean {
  return (
    typeof value === 'function' &&
    Object.values(MODULE_METADATA).some((key) => Reflect.hasMetadata(key, value))
  );
}

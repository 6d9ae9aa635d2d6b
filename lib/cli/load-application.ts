import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import { UsageError } from './usage.error.js';

/** The exports of a file, in whatever module format it was built. */
export async function importFile(file: string): Promise<Exports> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new UsageError(`There is no file ${file}: build the application first`);
  const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  // For CommonJS, and bundles whose named exports Node does not detect, there is only the default export.
  const inner: unknown = await exported['default'];
  const named = typeof inner === 'object' && inner !== null ? inner : {};
  return new Map(Object.entries({ ...named, ...exported, default: inner }));
}

export type Exports = ReadonlyMap<string, unknown>;

export type CreateApp = () => Promise<INestApplicationContext> | INestApplicationContext;

/** The function that makes the application, where the file exports one. */
export function createAppOf(exported: Exports): CreateApp | undefined {
  const createApp = exported.get('createApp');
  return typeof createApp === 'function' ? (createApp as CreateApp) : undefined;
}

/** Starts a bare module, which has neither a global prefix nor versioning. */
export function startModule(module: Type): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(module);
}

/**
 * The root module among what a file exports.
 *
 * @throws UsageError where there is none, or none of that name.
 */
export function rootModule(exported: Exports, name: string | undefined): Type {
  if (name !== undefined && typeof exported.get(name) === 'function')
    return exported.get(name) as Type;
  const modules = new Map([...exported].filter(([, value]) => isModule(value)));
  const distinct = [...new Set(modules.values())];
  const only = distinct.length === 1 && name === undefined ? distinct[0] : undefined;
  const found = name === undefined ? (modules.get('AppModule') ?? only) : undefined;
  if (found !== undefined) return found as Type;
  const names = [...modules.keys()].join(', ') || 'no module';
  throw new UsageError(`The file exports ${names}: choose one with --module`);
}

/** Whether a file has something to start. */
export function exportsModule(exported: Exports): boolean {
  return [...exported.values()].some(isModule);
}

function isModule(value: unknown): boolean {
  return (
    typeof value === 'function' &&
    Object.values(MODULE_METADATA).some((key) => Reflect.hasMetadata(key, value))
  );
}

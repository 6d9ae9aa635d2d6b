import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { posix } from 'node:path';
import ts from 'typescript';
import { type MockInstance, vi } from 'vitest';
import type { Adapter } from '../support/adapters.js';
import type { Snippet } from './snippets.js';

/** Runs a document's complete application, silently and on a free port, until it is closed. */
export async function startApplication(
  entry: Snippet,
  others: readonly Snippet[] = [],
  adapter?: Adapter,
): Promise<INestApplication> {
  vi.stubEnv('PORT', '0');
  const { create, listening } = watchBoot(adapter);
  try {
    await new Modules([entry, ...others]).load(entry.name);
    return await listening;
  } finally {
    create.mockRestore();
    vi.unstubAllEnvs();
  }
}

/** What a module of a document exports. */
export function loadModule(name: string, snippets: readonly Snippet[]): Promise<object> {
  return new Modules(snippets).load(name);
}

/** Has the next application be silent, on an adapter if one is given, and say when it listens. */
function watchBoot(adapter: Adapter | undefined) {
  const make = NestFactory.create.bind(NestFactory) as (
    ...args: unknown[]
  ) => Promise<INestApplication>;
  let create!: MockInstance;
  const listening = new Promise<INestApplication>((resolve) => {
    create = vi.spyOn(NestFactory, 'create').mockImplementation((async (
      module: unknown,
      ...rest: object[]
    ) => {
      const own = rest.filter((each) => each instanceof AbstractHttpAdapter);
      const [options] = rest.filter((each) => !(each instanceof AbstractHttpAdapter));
      const app = await make(module, ...(adapter ? [adapter.create()] : own), {
        ...options,
        logger: false,
        abortOnError: false,
      });
      (app.getHttpServer() as Server).once('listening', () => resolve(app));
      return app;
    }) as never);
  });
  return { create, listening };
}

/** The modules of a document, loaded as Node would, except that their packages are those of the tests. */
class Modules {
  private readonly loaded = new Map<string, Promise<object>>();

  constructor(private readonly snippets: readonly Snippet[]) {}

  load(name: string): Promise<object> {
    const known = this.loaded.get(name);
    if (known) return known;
    const loading = this.evaluate(name);
    this.loaded.set(name, loading);
    return loading;
  }

  private async evaluate(name: string): Promise<object> {
    const { text } = this.snippets.find((snippet) => snippet.name === name)!;
    const imported = new Map<string, object>();
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      imported.set(fileName, await this.resolve(fileName, name));
    }
    const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
    const exports = {};
    const run = AsyncFunction('require', 'exports', toCommonJS(text)) as unknown as (
      require: (name: string) => object | undefined,
      exports: object,
    ) => Promise<void>;
    await run((specifier) => imported.get(specifier), exports);
    return exports;
  }

  private resolve(specifier: string, importer: string): Promise<object> {
    if (!specifier.startsWith('.')) return import(/* @vite-ignore */ specifier) as Promise<object>;
    const file = posix.join(posix.dirname(importer), specifier).replace(/(\.js)?$/, '.ts');
    return this.load(file);
  }
}

function toCommonJS(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
    },
  }).outputText;
}

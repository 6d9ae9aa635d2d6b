import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { APIKeyHeader, AuthModule, ConfigurationError, Security } from 'nestjs-security';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate: () => null });

@Controller()
class NotesController {
  @Get()
  @Security(key)
  list(): void {}
}

@Module({ imports: [AuthModule.forRoot({ schemes: [] })], controllers: [NotesController] })
class AppModule {}

const errors: unknown[] = [];
const logger = { log() {}, warn() {}, error: (error: unknown) => errors.push(error) };

beforeEach(() => {
  errors.length = 0;
  vi.spyOn(process, 'exit').mockImplementation(((status: unknown) => {
    throw new Error(`exit ${String(status)}`);
  }) as never);
});
afterEach(() => vi.restoreAllMocks());

it.each([
  ['init', async () => (await NestFactory.create(AppModule, { logger })).init()],
  ['listen', async () => (await NestFactory.create(AppModule, { logger })).listen(0, '127.0.0.1')],
  ['a context', () => NestFactory.createApplicationContext(AppModule, { logger })],
])('should log what is declared wrongly, and end the process: %s', async (_way, boot) => {
  await expect(boot()).rejects.toThrow('exit 1');
  expect(errors).toEqual([expect.any(ConfigurationError)]);
});

it('should throw it where abortOnError is false', async () => {
  const app = await NestFactory.create(AppModule, { logger, abortOnError: false });
  await expect(app.init()).rejects.toThrow(ConfigurationError);
  expect(errors).toEqual([]);
});

it('should throw it in a testing module', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .setLogger(logger)
    .compile();
  await expect(module.createNestApplication().init()).rejects.toThrow(ConfigurationError);
  await expect(module.init()).rejects.toThrow(ConfigurationError);
  expect(errors).toEqual([]);
});

// The last, as levels hold for the process.
it.each([
  ['no', false],
  ['another', ['fatal']],
] as const)('should throw it where %s level is logged', async (_which, levels) => {
  const app = await NestFactory.create(AppModule, { logger: levels as never });
  await expect(app.init()).rejects.toThrow(ConfigurationError);
});

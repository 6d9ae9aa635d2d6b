import { Controller, Get, Module, type Type } from '@nestjs/common';
import { McpStrategy } from '@rekog/mcp-nest';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { AuthModule, HTTPBearer, Public, Security, anyOf } from '../../lib/index.js';
import { overrideScheme } from '../../lib/testing/index.js';

const NOT_OURS = /is of another copy of nestjs-security\. There are two copies, file:.* and file:/;

const key = new HTTPBearer({ schemeName: 'Key' });

async function boot(module: Type): Promise<void> {
  const app = await NestFactory.create(module, { logger: false, abortOnError: false });
  await app.init();
  await app.close();
}

describe('two copies of the package in one process', () => {
  let other: typeof import('../../lib/index.js');
  beforeAll(async () => {
    vi.resetModules();
    other = await import('../../lib/index.js');
  });

  it('should be two', () => {
    expect(other.HTTPBearer).not.toBe(HTTPBearer);
  });

  it.each<[what: string, use: () => unknown]>([
    ['an instance', () => new other.HTTPBearer({ schemeName: 'Other' })],
    ['a class', () => class Other extends other.HTTPBearer {}],
    ['an instance of a class', () => new (class Other extends other.HTTPBearer {})({})],
    ['a combination', () => other.anyOf(new other.HTTPBearer({ schemeName: 'Other' }))],
    ['anonymous', () => other.anonymous],
  ])('should be named where %s of the other one is required', (_what, make) => {
    const theirs = make() as HTTPBearer;
    expect(() => AuthModule.forRoot({ schemes: [theirs] })).toThrow(NOT_OURS);
    expect(() => anyOf(key, theirs)).toThrow(NOT_OURS);
    expect(() => Security(theirs)(class Any {})).toThrow(NOT_OURS);
  });

  it.each([
    ['graphql()', async () => (await import('../../lib/contexts/graphql/index.js')).graphql()],
    [
      'webSockets()',
      async () => (await import('../../lib/contexts/websockets/index.js')).webSockets(),
    ],
    [
      'mcp()',
      async () => {
        const server = new McpStrategy({ name: 'n', version: '1', transports: [], logging: false });
        return (await import('../../lib/contexts/mcp/index.js')).mcp(server);
      },
    ],
    [
      'microservices()',
      async () => (await import('../../lib/contexts/microservices/index.js')).microservices(),
    ],
  ])('should be named where %s of the other one is to read', async (_what, make) => {
    const theirs = await make();
    expect(() => AuthModule.forRoot({ contexts: [theirs] })).toThrow(
      /^AuthModule\.forRoot\(\): contexts\[0\] is of another copy of nestjs-security\. There are two copies/,
    );
    expect(() => other.AuthModule.forRoot({ contexts: [theirs] })).not.toThrow();
  });

  it('should be told of what Yarn does, where that runs', () => {
    const theirs = new other.HTTPBearer({ schemeName: 'Other' }) as never;
    const require = () => AuthModule.forRoot({ schemes: [theirs] });
    expect(require).toThrow(/"npm ls nestjs-security" lists them/);
    Object.defineProperty(process.versions, 'pnp', { value: '3', configurable: true });
    onTestFinished(() => void Reflect.deleteProperty(process.versions, 'pnp'));
    expect(require).toThrow(
      /There are two copies, .+: under Plug'n'Play require\(\) takes another build than import\./,
    );
  });

  it('should be named where a scheme of the other one is to be overridden', () => {
    class Other extends other.HTTPBearer {}
    const builder = Test.createTestingModule({});
    expect(() => overrideScheme(builder, Other as never)).toThrow(NOT_OURS);
    expect(() => overrideScheme(builder, undefined as never)).toThrow(
      /^overrideScheme\(\): its scheme is not a security scheme or a combination of schemes\. If it is undefined/,
    );
  });

  it('should be named where the module of the other one is asked for', async () => {
    @Controller()
    class Any {
      @Get()
      @Security(key)
      get() {
        return {};
      }
    }
    @Module({ imports: [AuthModule.forRoot({ schemes: [key] })], controllers: [Any] })
    class App {}

    const app = await NestFactory.create(App, { logger: false, abortOnError: false });
    await app.init();
    expect(() => other.AuthModule.audit(app)).toThrow(
      /needs AuthModule: import AuthModule\.forRoot\(\) in the root module\. There are two copies/,
    );
    await app.close();
  });

  it('should not boot where each has an AuthModule.forRoot()', async () => {
    const theirs = new other.HTTPBearer({ schemeName: 'Other' });
    const own = AuthModule.forRoot({ schemes: [key] });
    const library = other.AuthModule.forRoot({ schemes: [theirs] });
    for (const imports of [
      [own, library],
      [library, own],
    ]) {
      @Module({ imports })
      class App {}

      await expect(boot(App)).rejects.toThrow(
        /forRoot\(\) is imported 2 times, .*\. There are two copies, file:.* and file:/,
      );
    }
  });

  it('should be named where the guard of the other one is to run first', async () => {
    @Module({
      imports: [AuthModule.forRoot({ schemes: [key], guardsBefore: [other.SecurityGuard] })],
    })
    class App {}

    await expect(boot(App)).rejects.toThrow(/no global guard: .*\. There are two copies, file:/);
  });

  it('should be named where the guard of connections is of the other one', async () => {
    const theirs = await import('../../lib/contexts/websockets/index.js');
    for (const imports of [[AuthModule.forRoot({ schemes: [key] })], []]) {
      @Module({ imports, providers: [theirs.ConnectionGuard] })
      class App {}

      await expect(boot(App)).rejects.toThrow(
        /^ConnectionGuard needs AuthModule: .*\. There are two copies, file:.* and file:/,
      );
    }
  });

  it('should be named where a parameter of the other one has not seen the guard', async () => {
    @Controller()
    class Any {
      @Get()
      @Public()
      get(@other.CurrentUser() user: unknown) {
        return user;
      }
    }
    @Module({ imports: [AuthModule.forRoot({ schemes: [key] })], controllers: [Any] })
    class App {}

    const error = vi.fn();
    const app = await NestFactory.create(App, {
      abortOnError: false,
      logger: { log() {}, warn() {}, error },
    });
    await app.listen(0, '127.0.0.1');
    expect((await fetch(await app.getUrl())).status).toBe(500);
    await app.close();
    expect(String(error.mock.calls)).toMatch(/has not run.*\. There are two copies, file:/);
  });

  it('should not be suspected of what is no scheme at all', () => {
    for (const value of [undefined, null, 5, 'x', {}, Object.create(null), class Any {}, () => 5]) {
      expect(() => anyOf(value as never)).toThrow(/^anyOf\(\): argument 1 is (?!of another copy)/);
    }
  });
});

import { Controller, ForbiddenException, Injectable, Module } from '@nestjs/common';
import { ExternalContextCreator, NestFactory } from '@nestjs/core';
import { APIKeyHeader, AuthModule, optional, Public, Scopes, Security } from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const handled = vi.fn(() => 'handled');
const validate = vi.fn(() => ({ user: 'john' }));
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate });

@Injectable()
class Handlers {
  @Security(key) closed() {
    return handled();
  }
  @Security(optional(key)) half() {
    return handled();
  }
  @Security(key) @Scopes('a') scoped() {
    return handled();
  }
  @Public() open() {
    return handled();
  }
  undeclared() {
    return handled();
  }
}

@Controller()
class Routes {}

@Module({
  imports: [AuthModule.forRoot({ schemes: [key] })],
  controllers: [Routes],
  providers: [Handlers],
})
class AppModule {}

const rows = [
  ['T34 GraphQL', 'graphql'],
  ['an unknown context', 'smoke-signal'],
];

describe.each(rows)(
  '%s: credentials cannot be read, so what needs any is refused',
  (_row, type) => {
    let app: Awaited<ReturnType<typeof NestFactory.create>>;

    beforeAll(async () => {
      app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
      await app.init();
    });
    afterAll(() => app.close());
    beforeEach(() => vi.clearAllMocks());

    /** As the packages of Nest for these contexts call their handlers: through all guards. */
    const call = async (name: keyof Handlers, ...args: unknown[]) => {
      const handlers = app.get(Handlers);
      const wrapped = app
        .get(ExternalContextCreator)
        .create(
          handlers,
          handlers[name],
          name,
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          type,
        );
      return (await (wrapped as (...given: unknown[]) => unknown)(...args)) as unknown;
    };
    const request = { headers: { 'x-key': 'a' }, rawHeaders: ['X-Key', 'a'], url: '/' };
    const payloads: [string, unknown[]][] = [
      ['nothing', []],
      ['what looks like a request', [request, {}]],
      ['a request in its context', [{}, {}, { req: request }, {}]],
      ['deeply nested data', [JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown]],
    ];

    it.each(payloads)('given %s', async (_what, args) => {
      for (const name of ['closed', 'half', 'scoped'] as const) {
        // What it is called stays with the application.
        await expect(call(name, ...args)).rejects.toThrow(new ForbiddenException());
      }
      expect(handled).not.toHaveBeenCalled();
      expect(validate).not.toHaveBeenCalled();
    });

    it('and what is public, or declares nothing, runs', async () => {
      expect(await call('open')).toBe('handled');
      expect(await call('undeclared')).toBe('handled');
    });
  },
);

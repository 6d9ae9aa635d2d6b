import { HttpException } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { handled, routesFor } from './guarded-routes.js';
import { everyScheme } from './guarded-schemes.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 10_000);
const requirements = Object.fromEntries(everyScheme.map(({ name, scheme }) => [name, scheme]));
const UNITS = [
  ...'"\\,;= \t%+:\'#?&aZ0\xe9\x7f\x80\xff',
  '__proto__',
  '%C3',
  'Bearer ',
  'Basic ',
  'Digest ',
];
const text = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 30 });
const scheme = fc.constantFrom('Bearer ', 'basic ', 'Negotiate ', 'Digest ', '');
const line = fc.oneof(
  fc.tuple(scheme, text).map(([name, rest]): [string, string] => ['Authorization', name + rest]),
  text.map((value): [string, string] => ['X-API-Key', value]),
  text.map((value): [string, string] => ['Cookie', `api_key=${value}`]),
  text.map((value): [string, string] => ['Content-Type', value]),
);
const lines = fc.array(line, { maxLength: 4 });
const query = text.map((value) => `?api_key=${value.replace(/[^!-~]/g, '')}`);

describe.each(everyScheme)(
  'T11 $name reading a request',
  ({ scheme: { extract }, scheme: own }) => {
    it('throws nothing but what becomes a 4xx', () => {
      const anything = fc.oneof(text, fc.anything({ maxDepth: 2 }), fc.array(text));
      const names = fc.constantFrom(
        'authorization',
        'x-api-key',
        'cookie',
        'content-type',
        '__proto__',
      );
      const request = fc.record({
        method: fc.constantFrom('GET', 'POST', 'HEAD', undefined),
        url: fc.option(query, { nil: undefined }),
        headers: fc.dictionary(names, anything),
        rawHeaders: fc.option(fc.array(text), { nil: undefined }),
        body: anything,
      });
      fc.assert(
        fc.property(request, (sent) => {
          try {
            extract.call(own, sent as never);
          } catch (error) {
            if (error instanceof MalformedError) return;
            expect(error).toBeInstanceOf(HttpException);
            expect((error as HttpException).getStatus()).toBeLessThan(500);
          }
        }),
        { numRuns: RUNS / 10 },
      );
    });
  },
);

describe.each(adapters)('T11 arbitrary requests to $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: everyScheme.map(({ scheme: each }) => each) })],
      controllers: [routesFor(requirements)],
    });
  });
  afterAll(() => running.app.close());

  it('are answered 4xx, whatever they hold', async () => {
    handled.mockClear();
    const route = fc.constantFrom(...Object.keys(requirements));
    await fc.assert(
      fc.asyncProperty(route, query, lines, async (path, search, headers) => {
        const { status, header } = await rawRequest(running.url, {
          path: `/${path}${search}`,
          headers,
        });
        expect([400, 401]).toContain(status);
        for (const challenge of header('WWW-Authenticate'))
          expect(challenge).toMatch(/^[\x20-\x7E]+$/);
      }),
      { numRuns: RUNS / 20 },
    );
    expect(handled).not.toHaveBeenCalled();
  }, 60_000);
});

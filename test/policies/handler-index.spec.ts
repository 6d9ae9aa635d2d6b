import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APIKeyHeader, AuthModule, Public, Security } from 'nestjs-security';
import { Policies } from '../../lib/policies/policies.js';

type Handler = (...args: unknown[]) => unknown;

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate: () => null });

@Controller()
class Routes {
  @Get('open') @Public() open() {
    return 'open';
  }
  @Get('closed') @Security(key) closed() {
    return 'closed';
  }
}

/** What calls a handler and says by its metadata that it is one. */
function wrap(handler: Handler): Handler {
  const wrapper: Handler = (...args) => handler(...args);
  for (const name of Reflect.getMetadataKeys(handler)) {
    Reflect.defineMetadata(name, Reflect.getMetadata(name, handler), wrapper);
  }
  return wrapper;
}

describe('a wrapper that boot did not know', () => {
  let app: INestApplication;
  let policies: Policies;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [AuthModule.forRoot({ schemes: [key] })],
      controllers: [Routes],
    }).compile();
    app = await module.createNestApplication({ logger: false }).init();
    policies = app.get(Policies);
  });
  afterAll(() => app.close());

  it('is under the declaration of what it says that it wraps', () => {
    const { open, closed } = Routes.prototype;
    expect(policies.of(Routes, wrap(open))).toBe(policies.of(Routes, open));
    expect(policies.of(Routes, wrap(wrap(closed)))).toBe(policies.of(Routes, closed));
  });

  it('is not believed once another handler has taken its metadata', () => {
    const routes = app.get(Routes) as unknown as Record<string, Handler>;
    const swapped = wrap(Routes.prototype.open);
    routes['closed'] = swapped;
    // Of the class's instance itself it is certain; of a wrapper around it nothing is.
    expect(policies.of(Routes, swapped)?.source).toBe('Routes.closed');
    expect(() => policies.of(Routes, wrap(swapped))).toThrow('its security cannot be known');
  });
});

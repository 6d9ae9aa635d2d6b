import { Controller, Get, Inject, Injectable, Module, type Provider, Scope } from '@nestjs/common';
import {
  type ContextId,
  ContextIdFactory,
  type ContextIdStrategy,
  type HostComponentInfo,
  REQUEST,
} from '@nestjs/core';
import { anyOf, APIKeyHeader, AuthModule, CurrentUser, Security } from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, answerTo, invalidCredentials, notAuthenticated } from '../support/answer.js';

interface Asked {
  headers: Record<string, string | undefined>;
  tenant?: string;
}

const built: string[] = [];

@Injectable({ scope: Scope.REQUEST })
class Tenant {
  readonly name: string;
  constructor(@Inject(REQUEST) { headers }: Asked) {
    this.name = headers['x-tenant'] ?? 'nobody';
  }
}

@Module({ providers: [Tenant], exports: [Tenant] })
class TenantModule {}

@Injectable()
class Singleton extends APIKeyHeader<string> {
  constructor() {
    super({ name: 'X-Singleton' });
    built.push('Singleton');
  }
  override async validate(key: string) {
    await new Promise((resolve) => setImmediate(resolve));
    return key === 'bad' ? null : { user: key };
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends APIKeyHeader<string> {
  constructor(@Inject(REQUEST) private readonly asked: Asked) {
    super({ name: 'X-Per-Request' });
    built.push('PerRequest');
  }
  override async validate(key: string) {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.asked.headers['x-per-request'] !== key) throw new Error('another request');
    return key === 'bad' ? null : { user: `${key} of ${this.asked.headers['x-tenant']}` };
  }
}

@Injectable()
class ByDependency extends APIKeyHeader<string> {
  constructor(@Inject(Tenant) private readonly tenant: Tenant) {
    super({ name: 'X-By-Dependency' });
  }
  override validate(key: string) {
    return { user: `${key} of ${this.tenant.name}` };
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient extends APIKeyHeader<string> {
  private readonly id = built.push('Transient');
  constructor() {
    super({ name: 'X-Transient' });
  }
  override validate(key: string) {
    return { user: `${key} of ${typeof this.id}` };
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class Durable extends APIKeyHeader<string> {
  constructor(@Inject(REQUEST) private readonly payload: { tenant: string }) {
    super({ name: 'X-Durable' });
    built.push('Durable');
  }
  override validate(key: string) {
    return { user: `${key} of ${this.payload.tenant}` };
  }
}

@Controller()
class Routes {
  @Get('singleton') @Security(Singleton) singleton(@CurrentUser() user: string) {
    return { user };
  }
  @Get('request') @Security(PerRequest) request(@CurrentUser(PerRequest) user: string) {
    return { user };
  }
  @Get('dependency') @Security(ByDependency) dependency(@CurrentUser() user: string) {
    return { user };
  }
  @Get('transient') @Security(Transient) transient(@CurrentUser() user: string) {
    return { user };
  }
  @Get('durable') @Security(Durable) durable(@CurrentUser() user: string) {
    return { user };
  }
  @Get('both') @Security(anyOf(Durable, PerRequest)) both(@CurrentUser() user: string) {
    return { user };
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedRoutes {
  constructor(@Inject(REQUEST) private readonly asked: Asked) {}

  @Get('request') @Security(PerRequest) request(@CurrentUser() user: string) {
    return { user, tenant: this.asked.headers['x-tenant'] };
  }
  @Get('durable') @Security(Durable) durable(@CurrentUser() user: string) {
    return { user, tenant: this.asked.headers['x-tenant'] };
  }
}

const tenants = new Map<string, ContextId>();
const byTenant: ContextIdStrategy<Asked> = {
  attach(contextId, request) {
    const tenant = request.headers?.['x-tenant'] ?? 'nobody';
    const tenantId = tenants.get(tenant) ?? ContextIdFactory.create();
    tenants.set(tenant, tenantId);
    return {
      resolve: (info: HostComponentInfo) => (info.isTreeDurable ? tenantId : contextId),
      payload: { tenant },
    };
  },
};

describe.each(adapters)('schemes that are no singletons on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    ContextIdFactory.apply(byTenant);
    const schemes = [Singleton, PerRequest, ByDependency, Transient, Durable];
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes, imports: [TenantModule] })],
      controllers: [Routes, ScopedRoutes],
    });
  });
  afterAll(async () => {
    await running.app.close();
    ContextIdFactory.apply({ attach: (contextId) => () => contextId });
  });
  beforeEach(() => {
    built.length = 0;
    tenants.clear();
  });

  const ask = (path: string, headers: Record<string, string>) =>
    answerTo(running.url, { path, headers: Object.entries(headers) });

  it.each([
    ['/request', 'X-Per-Request', { user: 'john of acme' }],
    ['/dependency', 'X-By-Dependency', { user: 'john of acme' }],
    ['/transient', 'X-Transient', { user: 'john of number' }],
    ['/durable', 'X-Durable', { user: 'john of acme' }],
    ['/both', 'X-Durable', { user: 'john of acme' }],
    ['/both', 'X-Per-Request', { user: 'john of acme' }],
    ['/scoped/request', 'X-Per-Request', { user: 'john of acme', tenant: 'acme' }],
    ['/scoped/durable', 'X-Durable', { user: 'john of acme', tenant: 'acme' }],
  ])('accepts credentials for %s in %s', async (path, name, body) => {
    expect(await ask(path, { [name]: 'john', 'X-Tenant': 'acme' })).toStrictEqual(accepted(body));
  });

  it.each([
    ['/request', ['APIKey']],
    ['/dependency', ['APIKey']],
    ['/transient', ['APIKey']],
    ['/durable', ['APIKey']],
    ['/both', ['APIKey']],
    ['/scoped/request', ['APIKey']],
  ])('challenges for %s', async (path, challenges) => {
    expect(await ask(path, {})).toStrictEqual(notAuthenticated(...challenges));
  });

  it('refuses what a request-scoped validate refuses', async () => {
    expect(await ask('/request', { 'X-Per-Request': 'bad' })).toStrictEqual(
      invalidCredentials('APIKey'),
    );
  });

  it('makes one scheme for a request, and one only', async () => {
    await ask('/request', { 'X-Per-Request': 'john' });
    await ask('/scoped/request', { 'X-Per-Request': 'john' });
    expect(built).toStrictEqual(['PerRequest', 'PerRequest']);
  });

  it('makes one durable scheme for a tenant', async () => {
    for (const tenant of ['acme', 'acme', 'other', 'acme']) {
      await ask('/durable', { 'X-Durable': 'john', 'X-Tenant': tenant });
    }
    expect(built).toStrictEqual(['Durable', 'Durable']);
  });

  it('makes no singleton again', async () => {
    await ask('/singleton', { 'X-Singleton': 'john' });
    expect(built).toStrictEqual([]);
  });

  const crowd = Array.from({ length: 200 }, (_, index) => `user${index}`);

  it.each([
    ['/singleton', 'X-Singleton', (user: string) => user],
    ['/request', 'X-Per-Request', (user: string) => `${user} of ${user}`],
    ['/dependency', 'X-By-Dependency', (user: string) => `${user} of ${user}`],
    ['/durable', 'X-Durable', (user: string) => `${user} of ${user}`],
  ])('keeps 200 parallel requests to %s apart', async (path, name, expected) => {
    const answers = await Promise.all(
      crowd.map((user) => ask(path, { [name]: user, 'X-Tenant': user })),
    );
    expect(answers).toStrictEqual(crowd.map((user) => accepted({ user: expected(user) })));
  });

  it('keeps good and bad parallel requests apart', async () => {
    const answers = await Promise.all(
      crowd.map((user, index) =>
        ask('/request', { 'X-Per-Request': index % 2 ? 'bad' : user, 'X-Tenant': user }),
      ),
    );
    expect(answers).toStrictEqual(
      crowd.map((user, index) =>
        index % 2 ? invalidCredentials('APIKey') : accepted({ user: `${user} of ${user}` }),
      ),
    );
  });
});

describe('a scheme that is made per request', () => {
  @Injectable({ scope: Scope.REQUEST })
  class OfMiddleware extends APIKeyHeader<string> {
    constructor(@Inject(REQUEST) { tenant }: { tenant: { header: string } }) {
      super({ name: tenant.header, validate: (user) => ({ user }) });
    }
  }

  it.each([
    [
      'cannot be made without a request',
      OfMiddleware,
      'OfMiddleware is made per request, and once at boot to tell what it requires',
    ],
    [
      'is none',
      { provide: OfMiddleware, scope: Scope.REQUEST, useFactory: () => ({ schemeName: 'Key' }) },
      'The provider of OfMiddleware is not a SecurityScheme',
    ],
    [
      'is nothing',
      { provide: OfMiddleware, scope: Scope.REQUEST, useFactory: () => null },
      'OfMiddleware is made per request, and once at boot',
    ],
  ])('does not boot where it %s', async (_case, provider, message) => {
    @Module({ imports: [AuthModule.forRoot({})], providers: [provider as Provider] })
    class AppModule {}
    await expect(createApp(adapters[0]!, AppModule)).rejects.toThrow(message);
  });
});

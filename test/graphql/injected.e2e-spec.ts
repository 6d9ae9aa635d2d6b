import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import {
  type AcceptedEvent,
  APIKeyHeader,
  AuthModule,
  Credentials,
  CurrentAuthentication,
  CurrentUser,
  GrantedScopes,
  OAuth2PasswordBearer,
  type RefusedEvent,
  RequiredScopes,
  Scopes,
  Security,
  type SecurityScopes,
} from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { overrideScheme } from 'nestjs-security/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAccount, withToken } from '../support/accounts.js';
import { createGraphQLApp, drivers, type GraphQLApp, sendOperation } from './drivers.js';

@Injectable()
class Token extends OAuth2PasswordBearer<string, 'me' | 'items'> {
  constructor() {
    super({ tokenUrl: 'token', scopes: { me: 'Your profile.', items: 'Your items.' } });
  }
  override validate(sent: string) {
    return sent === 'slow' ? new Promise<null>(() => undefined) : readAccount(sent);
  }
}

interface Asked {
  readonly headers: Record<string, unknown>;
}

@Injectable({ scope: Scope.REQUEST })
class TenantKey extends APIKeyHeader<string> {
  constructor(@Inject(REQUEST) private readonly request: Asked) {
    super({ name: 'X-Tenant-Key' });
  }
  override async validate(sent: string) {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.request.headers['x-tenant-key'] !== sent) throw new Error('made for another request');
    return { user: sent };
  }
}

/** Something below the resolver that must know who asks. */
@Injectable({ scope: Scope.REQUEST })
class Ledger {
  constructor(private readonly current: CurrentAuthentication) {}
  owner() {
    return this.current.of(Token)?.user ?? this.current.of(TenantKey)?.user ?? 'nobody';
  }
}

@Resolver()
class Parameters {
  @Query(() => String) @Security(Token, ['me']) @Scopes('items') told(
    @CurrentUser() user: string,
    @Credentials() sent: string,
    @GrantedScopes() granted: ReadonlySet<string>,
    @RequiredScopes() required: SecurityScopes,
  ) {
    return [user, sent, [...granted].join(' '), required.scopeStr].join(', ');
  }
  @Query(() => String) @Security(TenantKey) tenant(@CurrentUser() user: string) {
    return user;
  }
}

@Resolver()
class Ledgers {
  constructor(private readonly ledger: Ledger) {}
  @Query(() => String, { nullable: true }) @Security(Token) mine() {
    return this.ledger.owner();
  }
  @Query(() => String, { nullable: true }) @Security(TenantKey) tenants(
    @CurrentUser() user: string,
  ) {
    return `${this.ledger.owner()} for ${user}`;
  }
}

@Module({
  imports: [
    AuthModule.forRoot({
      schemes: [Token, TenantKey],
      contexts: [graphql()],
      validateTimeout: 0.05,
    }),
  ],
  providers: [Parameters, Ledgers, Ledger],
})
class LedgerModule {}

describe.each(drivers)('a resolver by $name', (driver) => {
  let running: GraphQLApp;
  beforeAll(async () => {
    running = await createGraphQLApp(driver, { imports: [LedgerModule] });
  });
  afterAll(() => running.app.close());

  it('is told the user, the credentials and the scopes', async () => {
    const { body } = await running.send('{ told }', [withToken('jane/me.items')]);
    expect(body).toStrictEqual({ data: { told: 'jane, jane/me.items, me items, me items' } });
  });

  it('may have a scheme that is made for the request', async () => {
    const users = ['jane', 'john', 'jim'];
    const answers = await Promise.all(
      users.map((user) => running.send('{ a: tenant b: tenant }', [['X-Tenant-Key', user]])),
    );
    expect(answers.map(({ body }) => body)).toStrictEqual(
      users.map((user) => ({ data: { a: user, b: user } })),
    );
  });

  it('may be made for the request, with what knows who asks', async () => {
    const users = ['jane', 'john', 'jim'];
    const answers = await Promise.all(
      users.map((user) => running.send('{ mine again: mine }', [withToken(user)])),
    );
    expect(answers.map(({ body }) => body)).toStrictEqual(
      users.map((user) => ({ data: { mine: user, again: user } })),
    );
  });

  it('may be made for the request along with its scheme', async () => {
    const users = ['jane', 'john', 'jim'];
    const answers = await Promise.all(
      users.map((user) => running.send('{ tenant tenants }', [['X-Tenant-Key', user]])),
    );
    expect(answers.map(({ body }) => body)).toStrictEqual(
      users.map((user) => ({ data: { tenant: user, tenants: `${user} for ${user}` } })),
    );
  });

  it('is answered 503 where validate takes too long', async () => {
    const { errors } = await running.send('{ mine }', [withToken('slow')]);
    expect(errors).toMatchObject([
      { message: 'Service unavailable', extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ]);
  });

  it('is told of in events, without credentials', async () => {
    const events: (AcceptedEvent | RefusedEvent)[] = [];
    const listener = (event: unknown) => void events.push(event as AcceptedEvent);
    const channels = ['nestjs-security:accepted', 'nestjs-security:refused'];
    channels.forEach((channel) => subscribe(channel, listener));
    try {
      await running.send('{ mine }', [withToken('jane/me')]);
      await running.send('{ told }', [withToken('jane/me')]);
    } finally {
      channels.forEach((channel) => unsubscribe(channel, listener));
    }
    expect(events).toMatchObject([
      {
        kind: 'graphql',
        controller: 'Ledgers',
        handler: 'mine',
        source: 'Ledgers.mine',
        user: 'jane',
        schemes: ['Token'],
        scopes: ['me'],
      },
      {
        kind: 'graphql',
        controller: 'Parameters',
        handler: 'told',
        status: 403,
        code: 'insufficient_scope',
        scheme: 'Token',
      },
    ]);
    expect(JSON.stringify(events)).not.toContain('jane/me');
  });

  it('is called as the user that a test acts as', async () => {
    const builder = Test.createTestingModule({ imports: [driver.module(), LedgerModule] });
    overrideScheme(builder, Token).as('joan', ['me', 'items']);
    const testing = await builder.compile();
    const app = testing.createNestApplication(driver.adapter.create(), { logger: false });
    await app.listen(0, '127.0.0.1');
    try {
      const { body } = await sendOperation(await app.getUrl(), '{ mine }');
      expect(body).toStrictEqual({ data: { mine: 'joan' } });
    } finally {
      await app.close();
    }
  });
});

import { Controller, Get, Injectable, Req } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  allOf,
  anonymous,
  anyOf,
  APIKeyHeader,
  AuthModule,
  type AuthModuleOptions,
  ConfigurationError,
  Credentials,
  CurrentAuthentication,
  CurrentUser,
  GrantedScopes,
  HTTPBearer,
  optional,
  Public,
  type Requirement,
  Scopes,
  Security,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { expectDocumentMatchesEnforcement } from 'nestjs-security/testing';
import { PasswordForm, TokenEndpoint } from 'nestjs-security/token-endpoint';
import { afterEach, describe, expect, it } from 'vitest';
import { key, readAccount, token, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  answerTo,
  insufficientScope,
  invalidCredentials,
  notAuthenticated,
} from '../support/answer.js';

const gateway = new APIKeyHeader<string>({
  schemeName: 'Gateway',
  name: 'X-Gateway',
  validate: readAccount,
});
const soft = new HTTPBearer({ schemeName: 'Soft', autoError: false });
const G: [string, string] = ['X-Gateway', 'gateway/items.admin'];

@Injectable()
class Asked {
  constructor(readonly authentication: CurrentAuthentication) {}
}

@Controller()
class Routes {
  constructor(readonly asked: Asked) {}

  @Get('token') @Security(token) token(@CurrentUser() user: unknown, @Req() request: object) {
    return this.told(user, request);
  }
  @Get('scoped') @Security(token, ['items']) scoped() {
    return {};
  }
  @Get('optional') @Security(optional(token)) optional(
    @CurrentUser() user: unknown,
    @Req() request: object,
  ) {
    return this.told(user, request);
  }
  @Get('first') @Security(anyOf(anonymous, token)) first(@CurrentUser() user: unknown) {
    return { user };
  }
  @Get('public') @Public() public(@CurrentUser() user: unknown, @Req() request: object) {
    return this.told(user, request);
  }
  @Get('undeclared') undeclared(@Req() request: object) {
    return { user: (request as { user?: unknown }).user ?? null };
  }
  @Get('named') @Public() named(
    @CurrentUser(gateway) user: unknown,
    @Credentials(gateway) credentials: unknown,
  ) {
    return { user, credentials };
  }
  @Get('granted') @Security(key) granted(@GrantedScopes() scopes: ReadonlySet<string>) {
    return [...scopes];
  }
  @Get('both') @Security(allOf(token, gateway)) both(@CurrentUser(gateway) user: unknown) {
    return { user };
  }
  @Get('same') @Security(gateway) same(@CurrentUser() user: unknown) {
    return { user };
  }
  @Get('either') @Security(anyOf(token, key)) either(@CurrentUser() user: unknown) {
    return { user };
  }
  @TokenEndpoint('login') login(@PasswordForm() form: object) {
    return form;
  }

  private told(user: unknown, request: object) {
    const { isAnonymous, scopes } = this.asked.authentication;
    const found = (request as { user?: unknown }).user ?? null;
    return { user, found, isAnonymous, scopes: [...scopes] };
  }
}

const nobody = { user: null, found: null, isAnonymous: true, scopes: [] };
const john = { user: 'john', found: 'john', isAnonymous: false, scopes: [] };

let running: RunningApp | undefined;
afterEach(async () => {
  await running?.app.close();
  running = undefined;
});

const ask = (path: string, ...headers: [string, string][]) =>
  answerTo(running!.url, { path, headers });

describe.each(adapters)('what is always required on $name', (adapter) => {
  const start = async (options: AuthModuleOptions = {}) => {
    running = await createApp(adapter, {
      imports: [
        AuthModule.forRoot({ schemes: [gateway, token, key], always: gateway, ...options }),
      ],
      controllers: [Routes],
      providers: [Asked],
    });
    return running.app;
  };

  it.each([
    '/token',
    '/scoped',
    '/optional',
    '/first',
    '/public',
    '/undeclared',
    '/named',
    '/granted',
    '/both',
    '/same',
    '/either',
  ])('is required of %s', async (path) => {
    await start();
    const { status, challenges } = await ask(path, withToken('john/items'), withKey('jane'));
    expect(status).toBe(401);
    expect(challenges).toContain('APIKey');
    expect(await ask(path, ['X-Gateway', 'bad'], withToken('john/items'))).toMatchObject({
      status: 401,
    });
  });

  it('is required of token endpoints', async () => {
    await start();
    const form = {
      method: 'POST',
      path: '/login',
      body: 'username=john&password=secret',
    };
    const type: [string, string] = ['Content-Type', 'application/x-www-form-urlencoded'];
    expect((await answerTo(running!.url, { ...form, headers: [type] })).status).toBe(401);
    expect((await answerTo(running!.url, { ...form, headers: [type, G] })).status).toBe(200);
  });

  it('is required beside what a route requires', async () => {
    await start();
    expect(await ask('/token', G, withToken('john'))).toStrictEqual(accepted(john));
    expect(await ask('/token', G)).toStrictEqual(notAuthenticated('Bearer', 'APIKey'));
    expect(await ask('/token', G, withToken('bad'))).toStrictEqual(
      invalidCredentials('Bearer error="invalid_token"', 'APIKey'),
    );
    expect(await ask('/either', G, withKey('jane'))).toStrictEqual(accepted({ user: 'jane' }));
  });

  it('is all that public routes and those that declare nothing need', async () => {
    await start();
    expect(await ask('/public', G)).toStrictEqual(accepted(nobody));
    expect(await ask('/undeclared', G)).toStrictEqual(accepted({ user: null }));
    expect(await ask('/public')).toStrictEqual(notAuthenticated('APIKey'));
  });

  it('is delivered where its scheme is named', async () => {
    await start();
    const user = 'gateway';
    expect(await ask('/named', G)).toStrictEqual(accepted({ user, credentials: G[1] }));
    expect(await ask('/both', G, withToken('john'))).toStrictEqual(accepted({ user }));
    expect(await ask('/same', G)).toStrictEqual(accepted({ user }));
  });

  it('grants no scope that a route requires', async () => {
    await start();
    expect(await ask('/scoped', G, withToken('john/items'))).toStrictEqual(accepted({}));
    expect(await ask('/scoped', G, withToken('john'))).toMatchObject({
      ...insufficientScope(),
      challenges: expect.anything() as unknown,
    });
    expect(await ask('/granted', G, withKey('jane/me'))).toStrictEqual(accepted(['me']));
  });

  it.each(['/optional', '/first'])(
    'lets nobody be anonymous at %s with a bad token',
    async (path) => {
      await start();
      expect(await ask(path, G)).toMatchObject({ status: 200, body: { user: null } });
      expect(await ask(path, G, withToken('john'))).toMatchObject({
        status: 200,
        body: { user: 'john' },
      });
      expect(await ask(path, G, withToken('bad'))).toMatchObject({ status: 401 });
      expect(await ask(path, G, ['Authorization', 'Bearer'])).toMatchObject({ status: 401 });
    },
  );

  it('is no default: a nearer declaration does not replace it, nor it the default', async () => {
    await start({ security: key });
    expect(await ask('/undeclared', G)).toMatchObject({ status: 401 });
    expect(await ask('/undeclared', G, withKey('jane'))).toStrictEqual(accepted({ user: 'jane' }));
    expect(await ask('/token', withToken('john'))).toMatchObject({ status: 401 });
  });

  it('may be one of several schemes', async () => {
    await start({ always: anyOf(gateway, key) });
    expect(await ask('/public', withKey('jane'))).toStrictEqual(accepted(nobody));
    expect(await ask('/token', withKey('jane'), withToken('john'))).toStrictEqual(accepted(john));
    expect(await ask('/token', withToken('john'))).toMatchObject({ status: 401 });
    // Who sends both has sent nothing that the handler itself asks for.
    expect(await ask('/optional', G, withKey('jane'))).toStrictEqual(accepted(nobody));
  });

  it('is documented and audited as it is enforced', async () => {
    const app = await start();
    const document = createDocument(app, new DocumentBuilder().build());
    const security = (path: string) => document.paths[path]!.get!.security;
    expect(security('/token')).toStrictEqual([{ Token: [], Gateway: [] }]);
    expect(security('/scoped')).toStrictEqual([{ Token: ['items'], Gateway: [] }]);
    expect(security('/optional')).toStrictEqual([{ Token: [], Gateway: [] }, { Gateway: [] }]);
    expect(security('/public')).toStrictEqual([{ Gateway: [] }]);
    expect(security('/undeclared')).toStrictEqual([{ Gateway: [] }]);
    await expectDocumentMatchesEnforcement(app, document);
    const audited = AuthModule.audit(app).filter(({ path }) =>
      ['/optional', '/public', '/undeclared'].includes(path),
    );
    expect(
      audited.map(({ path, access, requirement, source }) => [path, access, requirement, source]),
    ).toStrictEqual([
      ['/optional', 'protected', 'Token and Gateway, or Gateway', 'Routes.optional'],
      ['/public', 'protected', 'Gateway', 'Routes.public'],
      ['/undeclared', 'protected', 'Gateway', 'AuthModule always'],
    ]);
  });

  it('leaves to undeclared what becomes of a route that declares nothing', async () => {
    await start({ undeclared: 'deny' });
    expect(await ask('/undeclared', G)).toMatchObject({ status: 403 });
    await expect(start({ undeclared: 'throw' })).rejects.toThrow(
      new ConfigurationError(
        'Routes.undeclared declares no requirement: add @Security(...) or @Public()',
      ),
    );
  });

  it.each<[string, Requirement | null | undefined, string]>([
    ['a name', 'Gateway' as never, 'always is a text'],
    ['undefined', undefined, 'always is not a security scheme'],
    [
      'an unknown scheme',
      new HTTPBearer({ schemeName: 'Other' }),
      'always names the scheme Other, which is not registered',
    ],
    ['optional', optional(gateway), 'always lets anonymous requests in'],
    ['anonymous', anonymous, 'always lets anonymous requests in'],
    ['a scheme that is optional itself', soft, 'always lets anonymous requests in'],
  ])('does not boot where it is %s', async (_what, always, message) => {
    await expect(
      createApp(adapter, {
        imports: [
          AuthModule.forRoot({
            schemes: [gateway, token, key, soft],
            always: always as Requirement,
          }),
        ],
        controllers: [Routes],
        providers: [Asked],
      }),
    ).rejects.toThrow(`AuthModule.forRoot(): ${message}`);
  });

  it('does not boot where it alone is in effect for scopes or for a user', async () => {
    @Controller()
    class Scoped {
      @Get() @Scopes('items') find() {}
    }
    @Controller()
    class Personal {
      @Get() find(@CurrentUser() user: unknown) {
        return user;
      }
    }
    const imports = [AuthModule.forRoot({ schemes: [gateway], always: gateway })];
    await expect(createApp(adapter, { imports, controllers: [Scoped] })).rejects.toThrow(
      'Scoped.find has @Scopes() on Scoped.find but no requirement in effect',
    );
    await expect(createApp(adapter, { imports, controllers: [Personal] })).rejects.toThrow(
      'Personal.find uses @CurrentUser() but nothing is required of its callers',
    );
  });
});

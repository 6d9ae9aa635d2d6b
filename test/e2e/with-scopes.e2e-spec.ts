import { Controller, Get, type INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  allOf,
  anyOf,
  APIKeyHeader,
  AuthModule,
  ConfigurationError,
  CurrentUser,
  OAuth2PasswordBearer,
  optional,
  type Requirement,
  Scopes,
  Security,
  withScopes,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { expectDocumentMatchesEnforcement } from 'nestjs-security/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, answerTo, insufficientScope, notAuthenticated } from '../support/answer.js';

/** Their credentials say what they grant, such as `read+admin`. */
const grant = (user: string) => (text: string) => ({ user, scopes: text.split('+') });

const token = new OAuth2PasswordBearer<string, 'read' | 'write' | 'admin'>({
  schemeName: 'UserToken',
  tokenUrl: 'https://login.example/token',
  scopes: { read: 'Read.', write: 'Write.', admin: 'All.' },
  validate: grant('user'),
});
const key = new APIKeyHeader<string>({ schemeName: 'Key', name: 'X-Key', validate: grant('key') });
const readOrAdmin = anyOf(withScopes(token, ['read']), withScopes(token, ['admin']));

@Controller()
class Reports {
  @Get('either')
  @Security(readOrAdmin)
  either(@CurrentUser() user: string) {
    return user;
  }

  @Get('either-writing')
  @Security(readOrAdmin)
  @Scopes('write')
  eitherWriting(@CurrentUser() user: string) {
    return user;
  }

  @Get('reader-or-key')
  @Security(anyOf(withScopes(token, ['read']), key))
  readerOrKey(@CurrentUser() user: string) {
    return user;
  }

  @Get('both')
  @Security(allOf(withScopes(token, ['read']), key))
  both(@CurrentUser() user: string) {
    return user;
  }

  @Get('each')
  @Security(allOf(withScopes(token, ['read']), withScopes(key, ['read'])))
  each(@CurrentUser() user: string) {
    return user;
  }

  @Get('optional')
  @Security(optional(withScopes(token, ['read'])))
  optional(@CurrentUser() user: string | null) {
    return { user };
  }
}

const asks = (...scopes: string[]) => scopes.map((scope) => `Bearer scope="${scope}"`);
const lacks = (...scopes: string[]) =>
  insufficientScope(
    ...scopes.map((scope) => `Bearer error="insufficient_scope", scope="${scope}"`),
  );

describe.each(adapters)('withScopes on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key] })],
      controllers: [Reports],
    });
  });
  afterAll(() => running.app.close());

  const ask = (path: string, bearer?: string, keyValue?: string) =>
    answerTo(running.url, {
      path,
      headers: [
        ...(bearer === undefined
          ? []
          : [['Authorization', `Bearer ${bearer}`] as [string, string]]),
        ...(keyValue === undefined ? [] : [['X-Key', keyValue] as [string, string]]),
      ],
    });

  it.each([
    ['/either', 'read', undefined, 'user'],
    ['/either', 'admin', undefined, 'user'],
    ['/either', 'read+admin', undefined, 'user'],
    ['/either-writing', 'read+write', undefined, 'user'],
    ['/either-writing', 'admin+write', undefined, 'user'],
    ['/reader-or-key', 'read', undefined, 'user'],
    ['/reader-or-key', undefined, 'none', 'key'],
    ['/reader-or-key', 'write', 'none', 'key'],
    ['/both', 'read', 'none', 'user'],
    ['/each', 'read', 'read', 'user'],
  ])(
    'should authenticate a request to %s with %s and the key %s',
    async (path, bearer, value, user) => {
      expect(await ask(path, bearer, value)).toMatchObject({ ...accepted(user), body: user });
    },
  );

  it.each([
    ['/either', 'write', undefined, lacks('read', 'admin')],
    ['/either-writing', 'read', undefined, lacks('write read', 'write admin')],
    ['/either-writing', 'write', undefined, lacks('write read', 'write admin')],
    ['/reader-or-key', 'write', undefined, lacks('read')],
    [
      '/both',
      'write',
      'read',
      { ...lacks('read'), challenges: expect.arrayContaining(lacks('read').challenges) },
    ],
    ['/each', 'read', 'write', { ...lacks('read'), challenges: expect.any(Array) }],
    ['/each', 'write', 'read', { ...lacks('read'), challenges: expect.any(Array) }],
    ['/optional', 'write', undefined, lacks('read')],
  ])(
    'should refuse a request to %s with %s and the key %s',
    async (path, bearer, value, answer) => {
      expect(await ask(path, bearer, value)).toStrictEqual(answer);
    },
  );

  it.each([
    ['/either', notAuthenticated(...asks('read', 'admin'))],
    ['/either-writing', notAuthenticated(...asks('write read', 'write admin'))],
    ['/reader-or-key', notAuthenticated(...asks('read'), 'APIKey')],
  ])('should challenge a request to %s without credentials', async (path, answer) => {
    expect(await ask(path)).toStrictEqual(answer);
  });

  it('should let an anonymous request in where the whole is optional', async () => {
    expect(await ask('/optional')).toStrictEqual(accepted({ user: null }));
  });

  it.each<[string, string, Record<string, object>]>([
    [
      '3.0.0',
      'a list of scopes only where it may stand',
      {
        '/either': [{ UserToken: ['read'] }, { UserToken: ['admin'] }],
        '/either-writing': [{ UserToken: ['write', 'read'] }, { UserToken: ['write', 'admin'] }],
        '/reader-or-key': [{ UserToken: ['read'] }, { Key: [] }],
        '/both': [{ UserToken: ['read'], Key: [] }],
        '/each': [{ UserToken: ['read'], Key: [] }],
        '/optional': [{ UserToken: ['read'] }, {}],
      },
    ],
    [
      '3.1.0',
      'a list of scopes for every type',
      {
        '/either': [{ UserToken: ['read'] }, { UserToken: ['admin'] }],
        '/each': [{ UserToken: ['read'], Key: ['read'] }],
      },
    ],
  ])(
    'is documented in OpenAPI %s with %s, and the document is true',
    async (version, _how, paths) => {
      const config = new DocumentBuilder().setOpenAPIVersion(version).build();
      const document = createDocument(running.app, config);
      for (const [path, security] of Object.entries(paths)) {
        expect(document.paths[path]!.get!.security, path).toStrictEqual(security);
      }
      await expectDocumentMatchesEnforcement(running.app, document);
    },
  );

  it('is found when the document asks for less or for more', async () => {
    const document = createDocument(running.app, new DocumentBuilder().build());
    for (const security of [
      [{ UserToken: ['read'] }],
      [{ UserToken: [] }],
      [{ UserToken: ['read', 'admin'] }],
      [{ UserToken: ['read'] }, { UserToken: ['admin'] }, { UserToken: ['write'] }],
    ]) {
      document.paths['/either']!.get!.security = security;
      await expect(expectDocumentMatchesEnforcement(running.app, document)).rejects.toThrow(
        /GET \/either/,
      );
    }
  });

  it('is in the audit in words, and under the 403', () => {
    const words = AuthModule.audit(running.app).map(({ path, requirement }) => [path, requirement]);
    expect(Object.fromEntries(words)).toMatchObject({
      '/either': 'UserToken with "read", or UserToken with "admin"',
      '/both': 'UserToken with "read" and Key',
    });
    const { paths } = createDocument(running.app, new DocumentBuilder().build());
    expect(paths['/either-writing']!.get!.responses['403']).toMatchObject({
      description: 'A required scope is not granted: write, read, or write, admin.',
    });
  });
});

describe('an application with withScopes that cannot be granted', () => {
  const boot = (requirement: Requirement): Promise<INestApplication> => {
    @Controller()
    @Security(requirement)
    class Wrong {
      @Get()
      read() {}
    }
    const module = {
      imports: [AuthModule.forRoot({ schemes: [token, key] })],
      controllers: [Wrong],
    };
    return createApp(adapters[0]!, module).then(({ app }) => app);
  };

  it.each<[string, Requirement, string]>([
    [
      'an unknown scope',
      withScopes(token as Requirement, ['raed']),
      'unknown scope raed: UserToken',
    ],
    [
      'a scope of anonymous requests',
      withScopes(optional(token) as Requirement, ['read']),
      'requires the scope read but lets anonymous requests in',
    ],
    [
      'a scope of the other scheme',
      allOf(withScopes(token as Requirement, ['keys']), key),
      'unknown scope keys: UserToken',
    ],
    [
      'what is no scope',
      withScopes(key, ['two words']),
      'requires "two words", which is not a scope',
    ],
  ])('does not boot: %s', async (_case, requirement, message) => {
    await expect(boot(requirement)).rejects.toThrow(ConfigurationError);
    await expect(boot(requirement)).rejects.toThrow(message);
  });

  it.each([undefined, null, 'read', {}])('throws when the scopes are %s', (scopes) => {
    expect(() => withScopes(token, scopes as never)).toThrow(ConfigurationError);
  });

  it('throws when the requirement is none', () => {
    expect(() => withScopes(undefined as never, [])).toThrow('withScopes(): argument 1');
  });
});

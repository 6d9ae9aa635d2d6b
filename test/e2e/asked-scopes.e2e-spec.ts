import { type ArgumentsHost, Catch, Controller, Get, type Type } from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  allOf,
  anonymous,
  anyOf,
  AuthModule,
  type AuthModuleOptions,
  Authorize,
  InsufficientScopeException,
  NotAuthenticatedException,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
  rule,
  Scopes,
  Security,
  withScopes,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Answer, answerTo, insufficientScope, notAuthenticated } from '../support/answer.js';

/** Tokens are the scopes that they grant, separated by plus signs; `none` grants none. */
const grant = (token: string) => {
  if (token === 'thrown') throw new InsufficientScopeException(['thrown']);
  return { user: token, scopes: token.split('+') };
};
const user = new OAuth2PasswordBearer<string, 'items' | 'read' | 'shared'>({
  schemeName: 'UserToken',
  tokenUrl: '/token',
  realm: 'users',
  scopes: { items: 'Read items.', read: 'Read.', shared: 'Both.' },
  validate: grant,
});
const service = new OAuth2ClientCredentialsBearer<string, 'call' | 'shared'>({
  schemeName: 'ServiceToken',
  tokenUrl: '/token',
  realm: 'services',
  bearerMethods: ['query'],
  scopes: { call: 'Call.', shared: 'Both.' },
  validate: grant,
});

const misses = (...scopes: string[]) =>
  rule('Never.', () => {
    throw scopes.length === 0
      ? new NotAuthenticatedException()
      : new InsufficientScopeException(scopes);
  });

@Controller()
class Routes {
  @Get('one') @Security(allOf(user, service)) @Scopes('items') one() {}
  @Get('other') @Security(allOf(user, service)) @Scopes('call') other() {}
  @Get('both') @Security(allOf(user, service)) @Scopes('items', 'call') both() {}
  @Get('shared') @Security(allOf(user, service)) @Scopes('shared', 'items') shared() {}
  @Get('own') @Security(allOf(withScopes(user, ['read']), withScopes(service, ['call']))) own() {}
  @Get('none') @Security(allOf(user, service)) none() {}
  @Get('either')
  @Security(anyOf(allOf(withScopes(user, ['read']), service), withScopes(service, ['call'])))
  either() {}
  @Get('any') @Security(anyOf(withScopes(user, ['read']), service)) any() {}
  @Get('optional')
  @Security(anyOf(anonymous, withScopes(user, ['read']), withScopes(service, ['call'])))
  optional() {}
  @Get('ruled')
  @Security(allOf(user, service))
  @Scopes('items')
  @Authorize(misses())
  ruled() {}
  @Get('ruled-scope')
  @Security(allOf(user, service))
  @Authorize(misses('read'))
  ruledScope() {}
  @Get('ruled-shared')
  @Security(allOf(user, service))
  @Authorize(misses('shared', 'call'))
  ruledShared() {}
  @Get('ruled-either')
  @Security(anyOf(allOf(withScopes(user, ['read']), service), withScopes(service, ['call'])))
  @Authorize(misses())
  ruledEither() {}
}

@Controller()
class Gated {
  @Get('scoped') @Security(user, ['items']) scoped() {}
  @Get('plain') @Security(user) plain() {}
  @Get('shared') @Security(user, ['shared']) shared() {}
}

const asks = (realm: string, scope = '') =>
  `Bearer realm="${realm}"${scope === '' ? '' : `, scope="${scope}"`}`;
const lacks = (realm: string, scope: string) =>
  `Bearer realm="${realm}", error="insufficient_scope", scope="${scope}"`;

type Row = [route: string, user: string | undefined, service: string | undefined, answer: Answer];

const rows: Row[] = [
  ['optional', 'none', undefined, insufficientScope(lacks('users', 'read'))],
  ['one', undefined, undefined, notAuthenticated(asks('users', 'items'), asks('services'))],
  ['one', 'none', 'call', insufficientScope(lacks('users', 'items'), asks('services'))],
  ['other', undefined, undefined, notAuthenticated(asks('users'), asks('services', 'call'))],
  ['other', 'items', 'none', insufficientScope(asks('users'), lacks('services', 'call'))],
  [
    'both',
    undefined,
    undefined,
    notAuthenticated(asks('users', 'items'), asks('services', 'call')),
  ],
  ['both', 'items', 'none', insufficientScope(lacks('users', 'items'), lacks('services', 'call'))],
  [
    'shared',
    undefined,
    undefined,
    notAuthenticated(asks('users', 'shared items'), asks('services', 'shared')),
  ],
  [
    'shared',
    'shared+items',
    'call',
    insufficientScope(lacks('users', 'shared items'), lacks('services', 'shared')),
  ],
  ['own', undefined, undefined, notAuthenticated(asks('users', 'read'), asks('services', 'call'))],
  ['own', 'read', 'none', insufficientScope(lacks('users', 'read'), lacks('services', 'call'))],
  ['none', undefined, undefined, notAuthenticated(asks('users'), asks('services'))],
  [
    'either',
    undefined,
    undefined,
    notAuthenticated(asks('users', 'read'), asks('services'), asks('services', 'call')),
  ],
  ['either', undefined, 'none', insufficientScope(lacks('services', 'call'))],
  // What one validate misses is no business of another scheme.
  ['any', 'none', 'thrown', insufficientScope(lacks('users', 'read'), lacks('services', 'thrown'))],
  ['both', 'items', 'thrown', insufficientScope(lacks('services', 'thrown'))],
  ['ruled', 'items', 'call', notAuthenticated(asks('users', 'items'), asks('services'))],
  // Only what was held counts.
  ['ruled-either', undefined, 'call', notAuthenticated(asks('services', 'call'))],
  ['ruled-scope', 'items', 'call', insufficientScope(lacks('users', 'read'), asks('services'))],
  [
    'ruled-shared',
    'items',
    'call',
    insufficientScope(lacks('users', 'shared'), lacks('services', 'shared call')),
  ],
];

/** With the service's token required of every route. */
const gatedRows: Row[] = [
  ['scoped', undefined, undefined, notAuthenticated(asks('users', 'items'), asks('services'))],
  ['scoped', 'none', 'call', insufficientScope(lacks('users', 'items'), asks('services'))],
  ['plain', undefined, undefined, notAuthenticated(asks('users'), asks('services'))],
  ['shared', undefined, undefined, notAuthenticated(asks('users', 'shared'), asks('services'))],
];

const gatedScopesRows: Row[] = [
  [
    'scoped',
    undefined,
    undefined,
    notAuthenticated(asks('users', 'items'), asks('services', 'call')),
  ],
  ['plain', 'none', 'none', insufficientScope(asks('users'), lacks('services', 'call'))],
];

const applications: [string, Type, Partial<AuthModuleOptions>, Row[]][] = [
  ['allOf', Routes, {}, rows],
  ['always', Gated, { always: service }, gatedRows],
  ['always with scopes', Gated, { always: withScopes(service, ['call']) }, gatedScopesRows],
];

describe.each(applications)('a challenge of %s', (_name, controller, options, cases) => {
  describe.each(adapters)('on $name', (adapter) => {
    let running: RunningApp;
    beforeAll(async () => {
      running = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [user, service], ...options })],
        controllers: [controller],
      });
    });
    afterAll(() => running.app.close());

    it.each(cases)(
      'should name the scopes that its own scheme is asked for, of a request to %s with %s and %s',
      async (route, bearer, parameter, answer) => {
        const sent: Answer = await answerTo(running.url, {
          path: `/${route}${parameter === undefined ? '' : `?access_token=${parameter}`}`,
          headers: bearer === undefined ? [] : [['Authorization', `Bearer ${bearer}`]],
        });
        expect(sent).toStrictEqual(answer);
      },
    );

    it('should be as the document has it', async () => {
      const document = createDocument(running.app, new DocumentBuilder().build());
      for (const [route, bearer, parameter, { challenges }] of cases) {
        if (bearer !== undefined || parameter !== undefined) continue;
        const security = document.paths[`/${route}`]!.get!.security!;
        for (const [realm, name] of [
          ['users', 'UserToken'],
          ['services', 'ServiceToken'],
        ] as const) {
          const documented = security.flatMap((each) =>
            each[name] === undefined ? [] : [asks(realm, each[name].join(' '))],
          );
          const own = challenges.filter((each) => each.includes(realm));
          expect(own, `${route}: ${name}`).toStrictEqual(documented);
        }
      }
    });
  });
});

it('an exception names the scopes of an alternative that asks for some, not of anonymous', async () => {
  const scopes: unknown[] = [];
  @Catch(InsufficientScopeException)
  class Noting extends BaseExceptionFilter {
    override catch(error: InsufficientScopeException, host: ArgumentsHost) {
      scopes.push(error.scopes);
      super.catch(error, host);
    }
  }
  const { app, url } = await createApp(adapters[0]!, {
    imports: [AuthModule.forRoot({ schemes: [user, service] })],
    controllers: [Routes],
    providers: [{ provide: APP_FILTER, useClass: Noting }],
  });
  await answerTo(url, { path: '/optional', headers: [['Authorization', 'Bearer none']] });
  expect(scopes).toStrictEqual([['read']]);
  await app.close();
});

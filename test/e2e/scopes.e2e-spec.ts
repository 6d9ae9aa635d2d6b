import { Controller, Get } from '@nestjs/common';
import {
  allOf,
  anyOf,
  AuthModule,
  CurrentUser,
  GrantedScopes,
  Public,
  RequiredScopes,
  Scopes,
  Security,
  type SecurityScopes,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  key,
  slowKey,
  token,
  withKey,
  withSlowKey,
  withToken,
  WRONG,
} from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  insufficientScope,
  invalidCredentials,
  notAuthenticated,
} from '../support/answer.js';

@Controller()
class Routes {
  @Get('me') @Security(token, ['me']) me(@CurrentUser() user: string) {
    return { user };
  }
  @Get('both') @Security(token, ['me', 'items']) both(@CurrentUser() user: string) {
    return { user };
  }
  @Get('any') @Security(anyOf(token, key)) @Scopes('me') any(@CurrentUser() user: string) {
    return { user };
  }
  @Get('slow') @Security(anyOf(slowKey, token)) @Scopes('me') slow(@CurrentUser() user: string) {
    return { user };
  }
  @Get('all') @Security(allOf(key, token)) @Scopes('me', 'items') all(@CurrentUser() user: string) {
    return { user };
  }
  @Get('mixed') @Security(anyOf(allOf(key, slowKey), token)) @Scopes('me') mixed(
    @CurrentUser() user: string,
  ) {
    return { user };
  }
  @Get('key') @Security(key) @Scopes('me') key(@CurrentUser() user: string) {
    return { user };
  }
  @Get('unscoped') @Security(token) unscoped(@CurrentUser() user: string) {
    return { user };
  }
}

@Controller('scoped')
@Security(token, ['me'])
class ScopedRoutes {
  @Get()
  @Scopes('items')
  find(@RequiredScopes() required: SecurityScopes, @GrantedScopes() granted: ReadonlySet<string>) {
    return { required, granted: [...granted] };
  }

  @Get('public')
  @Public()
  open(@RequiredScopes() required: SecurityScopes, @GrantedScopes() granted: ReadonlySet<string>) {
    return { required, granted: [...granted] };
  }
}

const by = (user: string) => accepted({ user });
const lacking = (scope: string) => `Bearer error="insufficient_scope", scope="${scope}"`;

type Row = [what: string, route: string, headers: [string, string][], answer: Answer];

const rows: Row[] = [
  ['the scope', 'me', [withToken('john/me')], by('john')],
  ['more scopes', 'me', [withToken('john/items.me')], by('john')],
  ['no scopes', 'me', [withToken('john')], insufficientScope(lacking('me'))],
  ['another scope', 'me', [withToken('john/items')], insufficientScope(lacking('me'))],
  ['a longer scope', 'me', [withToken('john/me2')], insufficientScope(lacking('me'))],
  ['another case', 'me', [withToken('john/ME')], insufficientScope(lacking('me'))],
  ['nothing', 'me', [], notAuthenticated('Bearer scope="me"')],
  ['a bad token', 'me', [withToken('bad')], invalidCredentials(WRONG)],
  ['one of two', 'both', [withToken('john/me')], insufficientScope(lacking('me items'))],
  ['both', 'both', [withToken('john/items.me')], by('john')],
  ['no scope where none is required', 'unscoped', [withToken('john')], by('john')],
  // The first alternative lacks it, the second has it.
  ['too little, then enough', 'any', [withToken('john'), withKey('jane/me')], by('jane')],
  [
    'too little slowly, then enough',
    'slow',
    [withSlowKey('ann'), withToken('john/me')],
    by('john'),
  ],
  ['enough in the first', 'any', [withToken('john/me'), withKey('jane')], by('john')],
  ['too little, the other absent', 'any', [withToken('john')], insufficientScope(lacking('me'))],
  ['too little of a key, the token absent', 'any', [withKey('jane')], insufficientScope('APIKey')],
  // 403 beats 401 and 400.
  [
    'too little and a bad one',
    'any',
    [withToken('john'), withKey('bad')],
    insufficientScope(lacking('me')),
  ],
  [
    'a bad one and too little',
    'any',
    [withToken('bad'), withKey('jane')],
    insufficientScope('APIKey'),
  ],
  [
    'too little and an ambiguous one',
    'any',
    [withToken('john'), withKey('a'), withKey('b')],
    insufficientScope(lacking('me')),
  ],
  [
    'an ambiguous one and too little',
    'any',
    [withToken('a'), withToken('b'), withKey('jane')],
    insufficientScope('APIKey'),
  ],
  [
    'too little twice',
    'any',
    [withToken('john'), withKey('jane')],
    insufficientScope(lacking('me'), 'APIKey'),
  ],
  ['a key with too little', 'key', [withKey('jane')], insufficientScope('APIKey')],
  // Who declares a scope must grant it, whatever others of its alternative say.
  ['scopes of who declares them', 'all', [withKey('jane'), withToken('john/me.items')], by('jane')],
  [
    'a scope of who does not declare it',
    'all',
    [withKey('jane/items'), withToken('john/me')],
    insufficientScope('APIKey', lacking('me items')),
  ],
  [
    'too little of two schemes',
    'all',
    [withKey('jane/items'), withToken('john')],
    insufficientScope('APIKey', lacking('me items')),
  ],
  [
    'scopes of different alternatives',
    'mixed',
    [withKey('jane'), withSlowKey('ann'), withToken('john/items')],
    insufficientScope('APIKey', lacking('me')),
  ],
  [
    'a part that has the scope',
    'mixed',
    [withKey('jane/me'), withToken('john')],
    insufficientScope(lacking('me')),
  ],
  // validate may say itself that a scope is missing.
  [
    'a validate that misses a scope',
    'me',
    [withToken('thrown')],
    insufficientScope(lacking('thrown')),
  ],
  [
    'a validate that misses a scope, where the next alternative has it',
    'any',
    [withToken('thrown'), withKey('jane/me')],
    by('jane'),
  ],
  [
    'a validate that misses a scope, before a bad one',
    'any',
    [withToken('thrown'), withKey('bad')],
    insufficientScope(lacking('thrown')),
  ],
];

describe.each(adapters)('scopes on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key, slowKey] })],
      controllers: [Routes, ScopedRoutes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s to /%s', async (_what, route, headers, expected) => {
    expect(await answerTo(running.url, { path: `/${route}`, headers })).toStrictEqual(expected);
  });

  it('hands over what is required and what is granted', async () => {
    const headers = [withToken('john/items.me.more')];
    expect(await answerTo(running.url, { path: '/scoped', headers })).toStrictEqual(
      accepted({
        required: { scopes: ['me', 'items'], scopeStr: 'me items' },
        granted: ['items', 'me', 'more'],
      }),
    );
  });

  it('hands over empty lists on a public route', async () => {
    const headers = [withToken('john/me')];
    expect(await answerTo(running.url, { path: '/scoped/public', headers })).toStrictEqual(
      accepted({ required: { scopes: [], scopeStr: '' }, granted: [] }),
    );
  });
});

describe.each(adapters)('scopeMatcher on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    const scopeMatcher = (granted: string, required: string) =>
      granted === 'all' || granted === required;
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key, slowKey], scopeMatcher })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  it.each<Row>([
    ['a scope that covers it', 'me', [withToken('john/all')], by('john')],
    ['a scope that covers both', 'both', [withToken('john/all')], by('john')],
    ['a scope that does not', 'me', [withToken('john/items')], insufficientScope(lacking('me'))],
  ])('answers %s to /%s', async (_what, route, headers, expected) => {
    expect(await answerTo(running.url, { path: `/${route}`, headers })).toStrictEqual(expected);
  });
});

describe.each(adapters)('a handler that changes the list it is handed on $name', (adapter) => {
  @Controller()
  class Careless {
    @Get()
    @Security(token, ['me'])
    find(@RequiredScopes() { scopes }: { scopes: string[] }) {
      scopes.length = 0;
      return 'handled';
    }
  }

  it('does not change what the route requires', async () => {
    const imports = [AuthModule.forRoot({ schemes: [token] })];
    const running = await createApp(adapter, { imports, controllers: [Careless] });
    await answerTo(running.url, { headers: [withToken('john/me')] });
    const second = await answerTo(running.url, { headers: [withToken('john')] });
    await running.app.close();
    expect(second).toStrictEqual(insufficientScope(lacking('me')));
  });
});

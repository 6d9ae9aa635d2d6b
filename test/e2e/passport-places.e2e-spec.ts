import { Controller, Get, Post } from '@nestjs/common';
import {
  AuthModule,
  CurrentUser,
  optional,
  PassportScheme,
  type PassportSchemeOptions,
  type PassportStrategy,
  Scopes,
  Security,
  type SecuritySchemeObject,
} from 'nestjs-security';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { BasicStrategy } from 'passport-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  insufficientScope,
  invalidCredentials,
  notAuthenticated,
  sentTwice,
  serverError,
} from '../support/answer.js';
import type { RawRequest } from '../support/raw-request.js';

interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown, status?: unknown): void;
}

interface SeenRequest {
  headers: Record<string, string | undefined>;
  body?: { username?: string; password?: string } | null;
  query?: Record<string, string | undefined>;
  ip?: string;
  session?: { user?: string };
}

const strategy = (authenticate: (this: Actions, request: SeenRequest) => unknown) =>
  ({ authenticate }) as PassportStrategy;

const bearer: SecuritySchemeObject = { type: 'http', scheme: 'bearer' };
const basic: SecuritySchemeObject = { type: 'http', scheme: 'basic' };

const scheme = (
  schemeName: string,
  how: PassportStrategy,
  securityScheme: SecuritySchemeObject = bearer,
  options: Partial<PassportSchemeOptions> = {},
) => new PassportScheme({ schemeName, strategy: how, securityScheme, ...options });

/** As passport-local reads a form. */
const form = strategy(function ({ body }) {
  if (!body?.username || !body.password) return this.fail({ message: 'Missing credentials' }, 400);
  return body.password === 'pw' ? this.success(body.username) : this.fail();
});

/** As passport-jwt does with extractors for a cookie and for a header. */
const cookieOrHeader = strategy(function ({ headers }) {
  const good = /(at=|Bearer )good/.test(`${headers['cookie']} ${headers['authorization']}`);
  return good ? this.success('jane') : this.fail();
});

/** Waits for its store once it has found something. */
const own = strategy(async function ({ headers }) {
  const value = headers['x-own'];
  if (value === undefined) return this.fail('Own realm="a"');
  await Promise.resolve();
  return value === 'good' ? this.success('jane') : this.fail('Own error="bad"');
});

const session = strategy(function ({ session: kept, headers }) {
  const user = kept?.user ?? (headers['user-agent'] === 'known' ? 'known' : undefined);
  return user === undefined ? this.fail() : this.success(user);
});

/** Reads tokens in queries and forms as well. */
const library = new BearerStrategy((token, done) => done(null, token === 't1' && 'jane'));
/** The same, and it also looks at what anybody has. */
const curious = Object.assign(Object.create(library) as typeof library, {
  authenticate(this: typeof library, request: never) {
    void (request as SeenRequest).ip;
    library.authenticate.call(this, request);
  },
});
const password = new BasicStrategy((_name, value, done) => done(null, value === 'pw' && 'jane'));

/** Lets everybody in who is shown to it. */
const anyone = strategy(function ({ query }) {
  return this.success(query?.['name'] ?? 'anyone');
});

const roles = strategy(function ({ headers }) {
  const list = headers['authorization']?.slice('Bearer '.length).split('+');
  return list === undefined ? this.fail() : this.success({ roles: list }, { scope: 'ignored' });
});

const schemes = {
  form: scheme('Form', form, basic),
  cookie: scheme('CookieOrHeader', cookieOrHeader),
  own: scheme('Own', own),
  session: scheme('Session', session),
  library: scheme('Library', library as PassportStrategy),
  curious: scheme('Curious', curious as PassportStrategy),
  basic: scheme('Basic', password as PassportStrategy, basic),
  anyone: scheme('Anyone', anyone),
  query: scheme('Query', library as PassportStrategy, {
    type: 'apiKey',
    in: 'query',
    name: 'access_token',
  }),
  told: scheme('Told', cookieOrHeader, bearer, {
    hasCredentials: ({ headers }) => String(headers['cookie']).includes('at='),
  }),
  late: scheme('Late', cookieOrHeader, bearer, {
    hasCredentials: (() => Promise.reject(new Error('secret detail'))) as unknown as () => boolean,
  }),
};

const byRole = new PassportScheme<{ roles: string[] }>({
  schemeName: 'ByRole',
  strategy: roles,
  securityScheme: bearer,
  grantedScopes: (user) => user.roles,
});

@Controller('optional')
class OptionalRoutes {}
@Controller()
class Routes {
  @Get('role') @Security(byRole) @Scopes('admin') role(@CurrentUser() user: object) {
    return user;
  }
}

// A route for each of the schemes, and an optional one.
for (const [name, one] of Object.entries(schemes)) {
  for (const [controller, requirement] of [
    [Routes, one],
    [OptionalRoutes, optional(one)],
  ] as const) {
    const { prototype } = controller as { prototype: object };
    for (const [method, route] of [
      ['get', Get],
      ['post', Post],
    ] as const) {
      const key = `${method}_${name}`;
      const value = (user: unknown) => ({ user });
      Object.defineProperty(prototype, key, { value });
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key)!;
      CurrentUser()(prototype, key, 0);
      route(name)(prototype, key, descriptor);
      Security(requirement)(prototype, key, descriptor);
    }
  }
}

const by = (user: unknown): Answer => accepted({ user });
const posted = (user: unknown): Answer => ({ ...by(user), status: 201 });
const cookie = (value: string): [string, string] => ['Cookie', value];
const token = (value: string): [string, string] => ['Authorization', `Bearer ${value}`];
const formOf = (body: string): RawRequest => ({
  method: 'POST',
  headers: [['Content-Type', 'application/x-www-form-urlencoded']],
  body,
});
const wrong = invalidCredentials('Bearer error="invalid_token"');
const malformed: Answer = {
  status: 400,
  challenges: ['basic'],
  body: { message: 'Malformed credentials', error: 'Bad Request', statusCode: 400 },
};

type Row = [what: string, path: string, request: RawRequest, answer: Answer];

const rows: Row[] = [
  ['a form', '/form', formOf('username=a&password=pw'), posted('a')],
  ['a wrong form', '/form', formOf('username=a&password=no'), invalidCredentials('basic')],
  ['half a form', '/form', formOf('username=a'), malformed],
  ['another form', '/form', formOf('name=a'), notAuthenticated('basic')],
  ['no form', '/form', {}, notAuthenticated('basic')],
  ['another form', '/optional/form', formOf('name=a'), posted(null)],
  ['a wrong form', '/optional/form', formOf('username=a&password=no'), invalidCredentials('basic')],
  ['an inherited name', '/optional/form', formOf('toString=a&valueOf=b'), posted(null)],

  ['a token', '/cookie', { headers: [token('good')] }, by('jane')],
  ['a cookie', '/cookie', { headers: [cookie('at=good')] }, by('jane')],
  ['a wrong cookie', '/cookie', { headers: [cookie('at=bad')] }, wrong],
  ['a wrong token', '/cookie', { headers: [token('bad')] }, wrong],
  ['nothing', '/cookie', {}, notAuthenticated('Bearer')],
  ['nothing', '/optional/cookie', {}, by(null)],
  ['a cookie', '/optional/cookie', { headers: [cookie('at=good')] }, by('jane')],
  ['a wrong cookie', '/optional/cookie', { headers: [cookie('at=bad')] }, wrong],
  [
    'two tokens',
    '/optional/cookie',
    { headers: [token('good'), token('bad')] },
    sentTwice('authorization header', 'Bearer error="invalid_request"'),
  ],

  ['a header', '/own', { headers: [['X-Own', 'good']] }, by('jane')],
  [
    'a wrong header',
    '/own',
    { headers: [['X-Own', 'bad']] },
    invalidCredentials('Own error="bad"'),
  ],
  ['nothing', '/own', {}, notAuthenticated('Own realm="a"')],
  ['nothing', '/optional/own', {}, by(null)],
  [
    'a wrong header',
    '/optional/own',
    { headers: [['X-Own', 'bad']] },
    invalidCredentials('Own error="bad"'),
  ],

  ['what nobody can see', '/session', { headers: [['User-Agent', 'known']] }, by('known')],
  ['nothing', '/session', {}, notAuthenticated('Bearer')],
  ['nothing', '/optional/session', {}, by(null)],
  ['what nobody can see', '/optional/session', { headers: [['User-Agent', 'known']] }, by('known')],
  ['a wrong token', '/optional/session', { headers: [token('bad')] }, wrong],

  ['a token', '/library', { headers: [token('t1')] }, by('jane')],
  [
    'a token in the query',
    '/library?access_token=t1',
    {},
    notAuthenticated('Bearer realm="Users"'),
  ],
  ['a token in the query', '/optional/library?access_token=t1', {}, by(null)],
  [
    'a token in a form',
    '/library',
    formOf('access_token=t1'),
    notAuthenticated('Bearer realm="Users"'),
  ],
  ['a token', '/curious', { headers: [token('t1')] }, by('jane')],
  [
    'a token in the query',
    '/curious?access_token=t1',
    {},
    notAuthenticated('Bearer realm="Users"'),
  ],
  ['a token in a form', '/optional/curious', formOf('access_token=t1'), posted(null)],
  ['a token in the described query', '/query?access_token=t1', {}, by('jane')],

  ['a body of another kind', '/optional/basic', formOf('name=a'), posted(null)],
  [
    'a wrong password',
    '/optional/basic',
    { headers: [['Authorization', 'Basic YTpi']] },
    invalidCredentials('Basic realm="Users"'),
  ],

  ['nothing', '/anyone', {}, notAuthenticated('Bearer')],
  ['another place', '/anyone?name=b', {}, notAuthenticated('Bearer')],
  ['a token', '/anyone', { headers: [token('t')] }, by('anyone')],

  ['the cookie that was told', '/optional/told', { headers: [cookie('at=good')] }, by('jane')],
  ['a wrong cookie', '/optional/told', { headers: [cookie('at=bad')] }, wrong],
  ['another cookie', '/optional/told', { headers: [cookie('other=1')] }, by(null)],
  ['what was not told', '/told', { headers: [token('good')] }, notAuthenticated('Bearer')],
  ['anything', '/late', {}, serverError],

  ['a role', '/role', { headers: [token('admin+user')] }, accepted({ roles: ['admin', 'user'] })],
  [
    'another role',
    '/role',
    { headers: [token('user')] },
    insufficientScope('Bearer error="insufficient_scope", scope="admin"'),
  ],
  ['nothing', '/role', {}, notAuthenticated('Bearer scope="admin"')],
];

describe.each(adapters)('where a strategy finds credentials on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [...Object.values(schemes), byRole] })],
      controllers: [Routes, OptionalRoutes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s at %s', async (_what, path, request, expected) => {
    expect(await answerTo(running.url, { path, ...request })).toStrictEqual(expected);
  });
});

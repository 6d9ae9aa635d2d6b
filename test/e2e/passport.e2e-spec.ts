import { Controller, Get, Inject, Injectable, Module, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import {
  anyOf,
  APIKeyHeader,
  AuthModule,
  CurrentUser,
  PassportScheme,
  Scopes,
  Security,
  type SecuritySchemeObject,
} from 'nestjs-security';
import { createHmac } from 'node:crypto';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { ExtractJwt, Strategy as JwtStrategy } from 'passport-jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withKey, withToken } from '../support/accounts.js';
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
  unavailable,
} from '../support/answer.js';
import { rawRequest } from '../support/raw-request.js';

const USERS = Symbol('users');

@Injectable()
class Bearer extends PassportStrategy(BearerStrategy) {
  constructor(@Inject(USERS) private readonly users: Map<string, string>) {
    super({ realm: 'Staff' });
  }
  validate(value: string) {
    if (value === 'throws') throw new Error('secret detail');
    if (value === 'unreachable') throw Object.assign(new Error(), { code: 'ECONNREFUSED' });
    const user = this.users.get(value.split('/')[0]!);
    return user && [user, { scope: value.split('/')[1] }];
  }
}

const secret = 'a secret of this test only, long enough for HS256';

@Injectable()
class Jwt extends PassportStrategy(JwtStrategy) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: secret });
  }
  validate({ sub, scope }: { sub?: string; scope?: string[] }) {
    return sub === undefined ? null : { id: sub, scope };
  }
}

const declared: SecuritySchemeObject = {
  type: 'oauth2',
  flows: { password: { tokenUrl: 'token', scopes: { me: 'Your profile.' } } },
};

@Injectable()
class StaffToken extends PassportScheme<string, 'me'> {
  constructor(@Inject(Bearer) strategy: Bearer) {
    super({ strategy, securityScheme: declared });
  }
}

@Injectable()
class UserJwt extends PassportScheme<{ id: string }> {
  constructor(@Inject(Jwt) strategy: Jwt) {
    super({ strategy, securityScheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } });
  }
}

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key' });

@Controller()
class Routes {
  @Get('bearer') @Security(StaffToken) bearer(@CurrentUser() user: string) {
    return { user };
  }
  @Get('scoped') @Security(StaffToken) @Scopes('me') scoped(@CurrentUser() user: string) {
    return { user };
  }
  @Get('jwt') @Security(UserJwt) jwt(@CurrentUser() user: object) {
    return { user };
  }
  @Get('any') @Security(anyOf(StaffToken, key)) any(@CurrentUser() user: string) {
    return { user };
  }
}

function jwt(payload: object, signedBy = secret, header: object = { alg: 'HS256', typ: 'JWT' }) {
  const parts = [header, payload].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = createHmac('sha256', signedBy).update(parts.join('.')).digest('base64url');
  return [...parts, signature].join('.');
}

const application = (adapter: (typeof adapters)[number], users: [string, string][]) => {
  @Module({
    providers: [Bearer, Jwt, { provide: USERS, useValue: new Map(users) }],
    exports: [Bearer, Jwt],
  })
  class Strategies {}
  return createApp(adapter, {
    imports: [
      AuthModule.forRoot({
        schemes: [StaffToken, UserJwt, key],
        imports: [Strategies as Type],
      }),
    ],
    controllers: [Routes],
  });
};

const by = (user: unknown) => accepted({ user });
const STAFF = 'Bearer realm="Staff"';
const WRONG = 'Bearer realm="Staff", error="invalid_token"';
const malformed: Answer = {
  status: 400,
  challenges: ['Bearer error="invalid_request"'],
  body: { message: 'Malformed credentials', error: 'Bad Request', statusCode: 400 },
};
const now = Math.floor(Date.now() / 1000);

type Row = [path: string, headers: [string, string][], answer: Answer];

const rows: Row[] = [
  ['/bearer', [], notAuthenticated(STAFF)],
  ['/bearer', [['Authorization', '']], notAuthenticated(STAFF)],
  ['/bearer', [['Authorization', 'Basic YTpi']], notAuthenticated(STAFF)],
  ['/bearer', [withToken('t1')], by('jane')],
  ['/bearer', [withToken('t2')], invalidCredentials(WRONG)],
  ['/bearer', [['Authorization', 'Bearer']], malformed],
  ['/bearer', [withToken('a b')], malformed],
  [
    '/bearer',
    [withToken('t1'), withToken('t1')],
    sentTwice('authorization header', 'Bearer error="invalid_request"'),
  ],
  ['/bearer?access_token=t1', [], notAuthenticated(STAFF)],
  ['/bearer?access_token=t1', [withToken('t1')], malformed],
  ['/bearer', [withToken('throws')], serverError],
  ['/bearer', [withToken('unreachable')], unavailable],
  ['/scoped', [withToken('t1/me')], by('jane')],
  [
    '/scoped',
    [withToken('t1/items')],
    insufficientScope('Bearer error="insufficient_scope", scope="me"'),
  ],
  [
    '/scoped',
    [withToken('t1')],
    insufficientScope('Bearer error="insufficient_scope", scope="me"'),
  ],
  ['/any', [withToken('t2'), withKey('k')], by('k')],
  ['/any', [withToken('t2')], invalidCredentials(WRONG, 'APIKey')],
  ['/any', [], notAuthenticated(STAFF, 'APIKey')],
  ['/jwt', [], notAuthenticated('Bearer')],
  ['/jwt', [withToken(jwt({ sub: 'john' }))], by({ id: 'john' })],
  ['/jwt', [withToken(jwt({}))], invalidCredentials('Bearer error="invalid_token"')],
  [
    '/jwt',
    [withToken(jwt({ sub: 'john' }, 'other'))],
    invalidCredentials('Bearer error="invalid_token"'),
  ],
  [
    '/jwt',
    [withToken(jwt({ sub: 'john', exp: now - 60 }))],
    invalidCredentials('Bearer error="invalid_token"'),
  ],
  [
    '/jwt',
    [withToken(jwt({ sub: 'john' }, secret, { alg: 'none' }))],
    invalidCredentials('Bearer error="invalid_token"'),
  ],
  ['/jwt', [withToken('junk')], invalidCredentials('Bearer error="invalid_token"')],
];

describe.each(adapters)('PassportScheme on $name', (adapter) => {
  let running: RunningApp;
  let other: RunningApp;

  beforeAll(async () => {
    running = await application(adapter, [['t1', 'jane']]);
    other = await application(adapter, [['t2', 'john']]);
  });
  afterAll(() => Promise.all([running.app.close(), other.app.close()]));

  it.each(rows)('answers %s with %j', async (path, headers, expected) => {
    expect(await answerTo(running.url, { path, headers })).toStrictEqual(expected);
  });

  it("runs each application's own strategy, never Passport's last one", async () => {
    const ask = (value: string) =>
      Promise.all(
        [running, other].map(({ url }) =>
          answerTo(url, { path: '/bearer', headers: [withToken(value)] }),
        ),
      );
    expect(await ask('t1')).toStrictEqual([by('jane'), invalidCredentials(WRONG)]);
    expect(await ask('t2')).toStrictEqual([invalidCredentials(WRONG), by('john')]);
  });

  it('keeps parallel runs of one strategy apart', async () => {
    const values = Array.from({ length: 100 }, (_, index) => (index % 2 ? 't1' : 't2'));
    const answers = await Promise.all(
      values.map((value) =>
        answerTo(running.url, { path: '/bearer', headers: [withToken(value)] }),
      ),
    );
    expect(answers).toStrictEqual(
      values.map((value) => (value === 't1' ? by('jane') : invalidCredentials(WRONG))),
    );
  });

  it('starts no session', async () => {
    const request = { path: '/bearer', headers: [withToken('t1')] };
    const { headers } = await rawRequest(running.url, request);
    expect(headers.filter(([name]) => name.toLowerCase() === 'set-cookie')).toStrictEqual([]);
  });
});

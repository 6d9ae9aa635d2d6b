import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Controller, Get, Logger, NotFoundException, Scope, UseGuards } from '@nestjs/common';
import {
  type AcceptedEvent,
  anyOf,
  APIKeyHeader,
  AuthModule,
  Authorize,
  HTTPBasic,
  HTTPBearer,
  HTTPDigest,
  HTTPScheme,
  InvalidTokenException,
  OAuth2PasswordBearer,
  optional,
  Public,
  type RefusedEvent,
  rule,
  Scopes,
  Security,
  SecurityException,
  SecurityGuard,
  type SecurityScheme,
} from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everyScheme } from '../security/guarded-schemes.js';
import { routesFor } from '../security/guarded-routes.js';
import { textOf } from '../security/recorded-logs.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest, type RawRequest } from '../support/raw-request.js';

const accepted: AcceptedEvent[] = [];
const refused: RefusedEvent[] = [];
const onAccepted = (event: unknown) => void accepted.push(event as AcceptedEvent);
const onRefused = (event: unknown) => void refused.push(event as RefusedEvent);

function listen() {
  subscribe('nestjs-security:accepted', onAccepted);
  subscribe('nestjs-security:refused', onRefused);
}

function leave() {
  unsubscribe('nestjs-security:accepted', onAccepted);
  unsubscribe('nestjs-security:refused', onRefused);
}

/** In every credential that these tests send, and nowhere else. */
const CANARY = 'canary-9d41';

const ada = { id: 'ada', roles: ['reader'] };

const token = new OAuth2PasswordBearer<object, 'items' | 'write'>({
  schemeName: 'Token',
  tokenUrl: 'https://login.example/token',
  scopes: { items: 'Items.', write: 'Write.' },
  validate: (text) => {
    if (text.endsWith('-expired')) {
      throw new InvalidTokenException('It expired', {
        cause: new Error(`${text} is of last year`),
      });
    }
    if (text.endsWith('-outage')) {
      throw Object.assign(new Error(`cannot look up ${text}`), { code: 'ECONNREFUSED' });
    }
    if (text.endsWith('-fault')) throw new Error(`no column for ${text}`);
    if (text.endsWith('-hidden')) throw new NotFoundException('Gone', { cause: new Error(text) });
    if (text.endsWith('-wrong')) return null;
    return { user: ada, scopes: ['items'] };
  },
});
const service = new APIKeyHeader<object>({
  schemeName: 'Service',
  name: 'X-Odd-Name',
  validate: async (text) => {
    if (text.endsWith('-wrong')) throw new InvalidTokenException('No', { cause: new Error(text) });
    return { user: { name: 'service', nested: [new Map([['token', text]])] } };
  },
});

const no = rule('Nobody.', () => false);
const quoting = rule('Quoting.', ({ request }) => {
  throw new Error(`cannot use ${String(request.headers.authorization)}`);
});
const hiding = rule('Hiding.', async () => {
  throw new NotFoundException();
});

@Controller()
@Security(token)
@UseGuards(SecurityGuard)
class Items {
  @Get('items') list() {}
  @Get('write') @Scopes('write') write() {}
  @Get('no') @Authorize(no) no() {}
  @Get('either') @Authorize(anyOf(no, no)) either() {}
  @Get('quoting') @Authorize(quoting) quoting() {}
  @Get('hiding') @Authorize(hiding) hiding() {}
  @Get('service') @Security(service) service() {}
  @Get('optional') @Security(optional(token)) optional() {}
  @Get('public') @Public() public() {}
}

const place = (handler: string, source = 'Items') => ({
  kind: 'http',
  controller: 'Items',
  handler,
  source,
});
const bearer = (text: string): RawRequest => ({ headers: [['Authorization', `Bearer ${text}`]] });

describe.each(adapters)('events on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, service] })],
      controllers: [Items],
    });
    listen();
  });
  afterAll(async () => {
    leave();
    await running.app.close();
  });
  beforeEach(() => {
    accepted.splice(0);
    refused.splice(0);
  });

  const send = async (path: string, request: RawRequest = {}) => {
    const { status } = await rawRequest(running.url, { ...request, path });
    return status;
  };

  it.each<[string, RawRequest, AcceptedEvent]>([
    [
      '/items',
      bearer(CANARY),
      { ...place('list'), schemes: ['Token'], scopes: ['items'], user: ada },
    ],
    ['/optional', {}, { ...place('optional', 'Items.optional'), schemes: [], scopes: [] }],
    ['/public', {}, { ...place('public', 'Items.public'), schemes: [], scopes: [] }],
    [
      '/service',
      { headers: [['X-Odd-Name', CANARY]] },
      { ...place('service', 'Items.service'), schemes: ['Service'], scopes: [] },
    ],
  ])('should tell once that %s is accepted', async (path, request, event) => {
    expect(await send(path, request)).toBe(200);
    expect(accepted).toStrictEqual([event]);
    expect(refused).toStrictEqual([]);
  });

  it.each<[string, string, RawRequest, Partial<RefusedEvent>]>([
    ['nothing is sent', 'list', {}, { status: 401, code: 'not_authenticated' }],
    [
      'a token is wrong',
      'list',
      bearer(`${CANARY}-wrong`),
      { status: 401, code: 'invalid_token', scheme: 'Token' },
    ],
    [
      'a token expired',
      'list',
      bearer(`${CANARY}-expired`),
      {
        status: 401,
        code: 'invalid_token',
        scheme: 'Token',
        cause: 'Error: [redacted] is of last year',
      },
    ],
    [
      'a token is malformed',
      'list',
      bearer(`${CANARY} ${CANARY}`),
      { status: 401, code: 'invalid_token', scheme: 'Token', cause: expect.any(String) as string },
    ],
    [
      'a token is sent twice',
      'list',
      {
        headers: [
          ['Authorization', `Bearer ${CANARY}`],
          ['Authorization', `Bearer ${CANARY}`],
        ],
      },
      { status: 400, code: 'invalid_request', scheme: 'Token' },
    ],
    [
      'a scope is missing',
      'write',
      bearer(CANARY),
      { status: 403, code: 'insufficient_scope', scheme: 'Token', scopes: ['write'], user: ada },
    ],
    [
      'a store is out of reach',
      'list',
      bearer(`${CANARY}-outage`),
      {
        status: 503,
        code: undefined,
        scheme: 'Token',
        cause: 'Error ECONNREFUSED: cannot look up [redacted]',
      },
    ],
    [
      'validate has a fault',
      'list',
      bearer(`${CANARY}-fault`),
      {
        status: 500,
        code: undefined,
        scheme: 'Token',
        cause: expect.stringContaining('no column for [redacted]') as string,
      },
    ],
    [
      'validate throws an answer',
      'list',
      bearer(`${CANARY}-hidden`),
      { status: 404, code: undefined, scheme: 'Token', cause: 'Error: [redacted]' },
    ],
    [
      'a rule says no',
      'no',
      bearer(CANARY),
      { status: 403, code: 'access_denied', rule: '"Nobody."', user: ada },
    ],
    [
      'no rule of several says yes',
      'either',
      bearer(CANARY),
      { status: 403, code: 'access_denied', rule: 'Nobody. Or: Nobody.', user: ada },
    ],
    [
      'a rule hides',
      'hiding',
      bearer(CANARY),
      { status: 404, code: undefined, rule: '"Hiding."', user: ada },
    ],
    [
      'a rule has a fault',
      'quoting',
      bearer(CANARY),
      {
        status: 500,
        code: undefined,
        rule: '"Quoting."',
        user: ada,
        cause: expect.stringContaining('cannot use') as string,
      },
    ],
  ])(
    'should tell once that a request is refused where %s',
    async (_case, handler, request, event) => {
      const path = handler === 'list' ? '/items' : `/${handler}`;
      const status = await send(path, request);
      expect(refused).toStrictEqual([
        { ...place(handler), schemes: ['Token'], scopes: [], ...event },
      ]);
      expect(status).toBe(event.status);
      expect(accepted).toStrictEqual([]);
      expect(textOf(refused)).not.toContain(CANARY);
    },
  );

  it('should tell nobody anything where nobody listens', async () => {
    leave();
    expect(await send('/items', bearer(CANARY))).toBe(200);
    expect(await send('/items')).toBe(401);
    listen();
    expect([...accepted, ...refused]).toStrictEqual([]);
  });

  it('should keep answering where a subscriber replaces what it was told', async () => {
    const spoil = (event: unknown) => void Object.assign(event as object, { status: 200, user: 1 });
    subscribe('nestjs-security:refused', spoil);
    expect(await send('/no', bearer(CANARY))).toBe(403);
    unsubscribe('nestjs-security:refused', spoil);
  });
});

it.each([Scope.DEFAULT, Scope.REQUEST])(
  'a handler that a constructor binds has its own name in events: scope %s',
  async (scope) => {
    @Controller({ scope })
    class Bound {
      constructor() {
        this.get = this.get.bind(this);
      }
      @Get() @Security(token) get() {}
    }
    const { app, url } = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [token] })],
      controllers: [Bound],
    });
    const handlers: string[] = [];
    const listener = (event: unknown) => void handlers.push((event as RefusedEvent).handler);
    subscribe('nestjs-security:refused', listener);
    await rawRequest(url, { path: '/' });
    await rawRequest(url, { path: '/' });
    unsubscribe('nestjs-security:refused', listener);
    await app.close();
    expect(handlers).toStrictEqual(['get', 'get']);
  },
);

it('an exception says which scheme refused, unless it is frozen', async () => {
  class Frozen extends SecurityException {
    readonly code = 'frozen';
    constructor() {
      super(401, 'Frozen', 'Unauthorized');
      Object.freeze(this);
    }
  }
  const frozen = new HTTPScheme({
    schemeName: 'Frozen',
    scheme: 'Ice',
    validate: () => {
      throw new Frozen();
    },
  });
  const seen: unknown[] = [];
  @Controller()
  class Routes {
    @Get('token') @Security(token) token() {}
    @Get('frozen') @Security(frozen) frozen() {}
  }
  const { app, url } = await createApp(
    adapters[0]!,
    { imports: [AuthModule.forRoot({ schemes: [token, frozen] })], controllers: [Routes] },
    (one) =>
      one.useGlobalFilters({
        catch(
          error: SecurityException,
          host: { getArgByIndex(index: number): { sendStatus(status: number): void } },
        ) {
          seen.push(error.scheme);
          host.getArgByIndex(1).sendStatus(error.getStatus());
        },
      }),
  );
  const statuses = [
    await rawRequest(url, { path: '/token', ...bearer('x-wrong') }),
    await rawRequest(url, { path: '/token' }),
    await rawRequest(url, { path: '/frozen', headers: [['Authorization', 'Ice cube']] }),
  ].map(({ status }) => status);
  await app.close();
  expect(statuses).toStrictEqual([401, 401, 401]);
  expect(seen).toStrictEqual(['Token', undefined, undefined]);
});

describe('credentials', () => {
  /** Schemes of every kind that take what is sent for the user, keep it with them, or quote it in what they throw. */
  const plain: Record<string, SecurityScheme> = {
    plainKey: new APIKeyHeader({ schemeName: 'PlainKey', name: 'X-API-Key' }),
    plainBasic: new HTTPBasic({ schemeName: 'PlainBasic' }),
    plainBearer: new HTTPBearer({ schemeName: 'PlainBearer' }),
    plainOther: new HTTPScheme({ schemeName: 'PlainOther', scheme: 'Negotiate' }),
    keepingBasic: new HTTPBasic<object>({
      schemeName: 'KeepingBasic',
      validate: (sent) => ({ user: { name: sent.username, sent } }),
    }),
    keepingBearer: new HTTPBearer<object>({
      schemeName: 'KeepingBearer',
      validate: ({ credentials }) => ({ user: { url: `https://x.example/?t=${credentials}` } }),
    }),
    quotingBasic: new HTTPBasic<object>({
      schemeName: 'QuotingBasic',
      validate: ({ password }) => {
        throw new InvalidTokenException('No', { cause: new Error(`wrong: ${password}`) });
      },
    }),
    failingBasic: new HTTPBasic<object>({
      schemeName: 'FailingBasic',
      validate: async ({ password }) => {
        throw new Error(`no hash of ${password}`, { cause: new Error(password) });
      },
    }),
    digest: new HTTPDigest({
      schemeName: 'Digest',
      realm: 'x',
      findUser: () => ({ password: CANARY, user: { name: 'ada' } }),
    }),
  };
  const sendings: ((secret: string) => RawRequest)[] = [
    ...everyScheme.map(({ sending }) => sending),
    (secret) => ({ headers: [['Authorization', `Basic ${btoa(`ada:${secret}`)}`]] }),
    (secret) => ({
      headers: [
        ['Authorization', `Bearer ${secret}`],
        ['X-API-Key', secret],
      ],
    }),
    (secret) => ({ headers: [['Cookie', `api_key=${secret}; other=${secret}`]] }),
    (secret) => ({
      headers: [
        [
          'Authorization',
          `Digest username="ada", realm="x", nonce="${secret}", uri="/", response="${secret}", qop=auth, nc=00000001, cnonce="${secret}"`,
        ],
      ],
    }),
  ];
  const secrets = [CANARY, `${CANARY}==`, 'good-4f1c', `${CANARY}.${CANARY}`];

  it('of no scheme are anywhere in any event', async () => {
    Logger.overrideLogger(false);
    const schemes = [...everyScheme.map(({ scheme }) => scheme), ...Object.values(plain)];
    const requirements = {
      ...Object.fromEntries(everyScheme.map(({ name, scheme }) => [name, scheme])),
      ...plain,
    };
    const { app, url } = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes })],
      controllers: [routesFor(requirements)],
    });
    accepted.splice(0);
    refused.splice(0);
    listen();
    for (const path of Object.keys(requirements)) {
      for (const sending of sendings) {
        for (const secret of secrets) {
          const request = sending(secret);
          await rawRequest(url, { ...request, path: `/${path}${request.path ?? ''}` });
        }
      }
    }
    leave();
    await app.close();
    const sent = [
      ...secrets,
      ...secrets.map((secret) => btoa(`ada:${secret}`)),
      ...secrets.map((secret) => btoa(`john:${secret}`)),
    ];
    expect(accepted.length).toBeGreaterThan(50);
    expect(refused.length).toBeGreaterThan(500);
    for (const event of [...accepted, ...refused]) {
      const text = textOf(event);
      for (const secret of sent) expect(text).not.toContain(secret);
    }
    expect(accepted.some(({ user }) => user !== undefined)).toBe(true);
    expect(refused.some(({ cause }) => cause?.includes('wrong: [redacted]'))).toBe(true);
  }, 60_000);
});

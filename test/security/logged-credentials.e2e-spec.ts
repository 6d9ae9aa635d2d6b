import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  APIKeyHeader,
  AuthModule,
  PassportScheme,
  SecurityScheme,
  type SecurityRequest,
} from 'nestjs-security';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { serverError } from '../support/answer.js';
import { outcomeOf, routesFor } from './guarded-routes.js';
import { recordLogs, type RecordedLogs } from './recorded-logs.js';

/** What is sent, none of which may be logged. */
const SENT: [name: string, value: string][] = [
  ['X-Key', 'K3y/Secret+Value=='],
  ['X-Odd-Name', 'OddSecretValue'],
  ['Authorization', 'Token Auth0rSecret'],
  ['Cookie', 'session=C00kieSecret'],
];
const SECRETS = ['K3y/Secret', 'OddSecretV', 'Auth0rSecret', 'C00kieSecret', 'K3y%2FSecret'];

/** All that a careless error may quote. */
function quoted({ headers }: SecurityRequest): string {
  const key = String(headers['x-key']);
  const encoded = Buffer.from(`:${key}`).toString('base64');
  return `GET /?key=${encodeURIComponent(key)}&b=${encoded} ${JSON.stringify(headers)}\n    at token ${key}`;
}

class Extracting extends SecurityScheme {
  constructor(private readonly how: 'parses' | 'quotes') {
    super({ schemeName: how });
  }
  describe() {
    return { type: 'http', scheme: 'own' } as const;
  }
  extract(request: SecurityRequest) {
    if (this.how === 'quotes') throw new Error(quoted(request));
    return JSON.parse(String(request.headers['x-odd-name'])) as unknown;
  }
  challenge() {
    return 'Own';
  }
}

class Challenging extends Extracting {
  override extract(): undefined {
    return undefined;
  }
  override challenge(_failure?: unknown, context?: { request: SecurityRequest }): string {
    throw new Error(quoted(context!.request));
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends APIKeyHeader {
  constructor(@Inject(REQUEST) request: SecurityRequest) {
    super({ name: 'X-Key', unvalidated: true });
    if (request.headers['x-key'] !== undefined) throw new Error(quoted(request));
  }
}

const now = new APIKeyHeader({
  schemeName: 'now',
  name: 'X-Key',
  validate: (_key, { request }) => {
    throw new Error(quoted(request));
  },
});
const later = new APIKeyHeader({
  schemeName: 'later',
  name: 'X-Key',
  validate: async (_key, { request }) => Promise.reject(new Error(quoted(request))),
});
const outage = new APIKeyHeader({
  schemeName: 'outage',
  name: 'X-Key',
  validate: (_key, { request }) => {
    throw Object.assign(new Error(quoted(request)), { code: 'ECONNREFUSED' });
  },
});
let late: (error: Error) => void;
const passport = new PassportScheme({
  schemeName: 'passport',
  securityScheme: { type: 'apiKey', in: 'header', name: 'X-Key' },
  strategy: {
    authenticate(this: { success(user: object): void; error(error: Error): void }) {
      late = (error) => this.error(error);
      this.success({ id: 1 });
    },
  },
});
const [parses, quotes] = [new Extracting('parses'), new Extracting('quotes')];
const challenges = Object.assign(new Challenging('quotes'), { schemeName: 'challenges' });
const instances = { now, later, outage, passport, parses, quotes, challenges };

describe.each(adapters)('what is logged on $name', (adapter) => {
  let running: RunningApp;
  let logs: RecordedLogs;
  let logged: MockInstance;

  beforeAll(async () => {
    logs = recordLogs();
    logged = vi.spyOn(logs.logger, 'error');
    running = await createApp(
      adapter,
      {
        imports: [AuthModule.forRoot({ schemes: [...Object.values(instances), PerRequest] })],
        controllers: [routesFor({ ...instances, perRequest: PerRequest })],
      },
      (app) => app.useLogger(logs.logger),
    );
  });
  afterAll(async () => {
    await running.app.close();
    logs.restore();
  });
  beforeEach(() => {
    logs.clear();
    logged.mockClear();
  });

  const expectClean = (name: string) => {
    const text = logs.text('error');
    expect(text).toContain(name);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from('y/Secret+Val').toString('base64'));
  };

  it.each([
    ['parses', 'parses'],
    ['quotes', 'quotes'],
    ['challenges', 'challenges'],
    ['perRequest', 'PerRequest'],
    ['now', 'now'],
    ['later', 'later'],
  ])('holds nothing of the request, once: /%s', async (path, name) => {
    const answer = await outcomeOf(running.url, { path: `/${path}`, headers: SENT });
    expect(answer).toStrictEqual({ ...serverError, ran: false });
    expectClean(`${name} failed`);
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it('holds nothing of the request in an outage', async () => {
    const { status } = await outcomeOf(running.url, { path: '/outage', headers: SENT });
    expect(status).toBe(503);
    expectClean('ECONNREFUSED');
  });

  it('holds nothing of the request where a strategy is late', async () => {
    const { status } = await outcomeOf(running.url, { path: '/passport', headers: SENT });
    expect(status).toBe(200);
    late(new Error(`revoked: ${SENT.map(([, value]) => value).join()}`));
    expectClean('The strategy failed after it had answered: Error: revoked: ');
  });
});

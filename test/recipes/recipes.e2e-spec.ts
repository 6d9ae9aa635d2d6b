import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { ROOT_CONTEXT, context, type Span, trace } from '@opentelemetry/api';
import { Controller, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import {
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { AuthModule, CurrentUser, Security } from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readDocument } from '../docs/markdown.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Answer, answerTo } from '../support/answer.js';
import { rawRequest } from '../support/raw-request.js';
import { Invoices, InvoicesController, MayPayInvoice, MayReadInvoice } from './casl.js';
import { AuditTrail, SecurityEvents } from './event-emitter.js';
import { DocumentsController, OPENFGA_URL, Relations, ViewsDocument } from './external-check.js';
import { forwarded, forwardTokens, WhoamiController } from './forwarded-token.js';
import { Login } from './failed-attempts.js';
import { LoginModule } from './login.module.js';
import { SecurityTracing } from './opentelemetry.js';
import { Notes, NotesController, OwnsNote, SeesNote } from './ownership.js';
import { ArticlesController } from './roles.js';
import { TransfersController } from './step-up.js';
import { UserToken } from './user-token.js';
import { WEBHOOK_SECRET, WebhooksController, WebhookSignature } from './webhook-signature.js';

const running: RunningApp[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ app }) => app.close()));
  servers.splice(0).forEach((server) => server.close());
  vi.useRealTimers();
});

async function boot(metadata: ModuleMetadata, adapter = adapters[0]!): Promise<RunningApp> {
  const { imports = [], ...rest } = metadata;
  const started = await createApp(adapter, {
    imports: [AuthModule.forRoot({ schemes: [UserToken] }), ...imports],
    ...rest,
  });
  running.push(started);
  return started;
}

const as = (url: string, who: string, path: string, method = 'GET'): Promise<Answer> =>
  answerTo(url, { method, path, headers: [['Authorization', `Bearer ${who}`]] });

type Row = [who: string, method: string, path: string, status: number];

async function statuses(metadata: ModuleMetadata, rows: readonly Row[]): Promise<Row[]> {
  const { url } = await boot(metadata);
  return Promise.all(
    rows.map(async ([who, method, path]): Promise<Row> => {
      const { status } = await as(url, who, path, method);
      return [who, method, path, status];
    }),
  );
}

it.each([
  ['casl', ['casl', 'user-token']],
  ['external-checks', ['external-check', 'user-token']],
  ['step-up', ['step-up', 'user-token']],
  ['event-emitter', ['event-emitter']],
  ['opentelemetry', ['opentelemetry']],
  ['ownership', ['ownership', 'roles', 'user-token']],
  ['webhooks', ['webhook-signature']],
  ['throttling', ['failed-attempts', 'login.module']],
  ['microservices', ['forwarded-token', 'sums.controller', 'payload-sums']],
])('the page %s shows what runs here', (page, files) => {
  const text = readDocument(`docs/recipes/${page}.md`);
  for (const file of files) expect(text).toContain(readDocument(`test/recipes/${file}.ts`));
});

describe.each(adapters)('webhooks on $name', ({ create }) => {
  const body = '{ "ref": "main" }';
  const secret = 'the secret of both';
  const sign = (text: string, by = secret) =>
    `sha256=${createHmac('sha256', by).update(text).digest('hex')}`;

  async function start(secretOfApp: string | undefined, rawBody: boolean): Promise<string> {
    const provider = { provide: WEBHOOK_SECRET, useFactory: () => secretOfApp };
    class App {}
    const module = {
      module: App,
      imports: [AuthModule.forRoot({})],
      controllers: [WebhooksController],
      providers: [WebhookSignature, provider],
    };
    const options = { rawBody, logger: false, abortOnError: false } as const;
    const app = await NestFactory.create(module, create(), options);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    running.push({ app, url });
    return url;
  }

  const send = (url: string, signature: string[]) =>
    answerTo(url, {
      method: 'POST',
      path: '/webhooks/pushes',
      headers: [
        ['Content-Type', 'application/json'],
        ...signature.map((each): [string, string] => ['X-Hub-Signature-256', each]),
      ],
      body,
    });

  it('lets in the signature of the very body', async () => {
    const url = await start(secret, true);
    expect(await send(url, [sign(body)])).toMatchObject({ status: 201, body: { ref: 'main' } });
    for (const wrong of [sign('{"ref":"main"}'), sign(body, 'x'), 'sha256=', 'ü'.repeat(71)]) {
      expect(await send(url, [wrong])).toMatchObject({ status: 401 });
    }
    expect(await send(url, [])).toMatchObject({ status: 401 });
    expect(await send(url, [sign(body), sign(body)])).toMatchObject({ status: 400 });
  });

  it('lets nobody in without the raw body, or a secret', async () => {
    expect(await send(await start(secret, false), [sign(body)])).toMatchObject({ status: 500 });
    for (const none of [undefined, '']) {
      const url = await start(none, true);
      expect(await send(url, [sign(body, '')])).toMatchObject({ status: 500 });
    }
  });
});

it('roles: a rule for each list of them', async () => {
  const rows: Row[] = [
    ['ada', 'DELETE', '/articles/1', 200],
    ['bob', 'DELETE', '/articles/1', 200],
    ['cyd', 'DELETE', '/articles/1', 403],
    ['cyd', 'GET', '/articles', 200],
  ];
  expect(await statuses({ controllers: [ArticlesController] }, rows)).toStrictEqual(rows);
});

it('ownership: 403, or 404 in place of it', async () => {
  const rows: Row[] = [
    ['bob', 'PATCH', '/notes/1', 200],
    ['cyd', 'PATCH', '/notes/1', 403],
    ['ada', 'PATCH', '/notes/1', 403],
    ['bob', 'GET', '/notes/1', 200],
    ['cyd', 'GET', '/notes/1', 404],
    ['cyd', 'GET', '/notes/9', 404],
    ['ada', 'GET', '/notes/1', 200],
  ];
  const providers = [Notes, OwnsNote, SeesNote];
  expect(await statuses({ controllers: [NotesController], providers }, rows)).toStrictEqual(rows);
});

it('CASL: an ability, asked about the object', async () => {
  const rows: Row[] = [
    ['bob', 'GET', '/invoices/1', 200],
    ['bob', 'PATCH', '/invoices/1', 200],
    ['bob', 'PATCH', '/invoices/2', 403],
    ['cyd', 'GET', '/invoices/1', 403],
    ['cyd', 'GET', '/invoices/9', 403],
    ['ada', 'PATCH', '/invoices/2', 200],
    ['ada', 'GET', '/invoices/9', 403],
  ];
  const providers = [Invoices, MayReadInvoice, MayPayInvoice];
  expect(await statuses({ controllers: [InvoicesController], providers }, rows)).toStrictEqual(
    rows,
  );
});

it('microservices: a gateway sends the token of each caller', async () => {
  @Controller()
  @Security(forwarded)
  class Sums {
    @MessagePattern('whoami') whoami(@CurrentUser() user: { name: string }) {
      return user;
    }
  }
  const imports = [AuthModule.forRoot({ schemes: [forwarded], contexts: [microservices()] })];
  const sums = await NestFactory.createMicroservice<MicroserviceOptions>(
    { module: class {}, imports, controllers: [Sums] },
    { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 }, logger: false },
  );
  await sums.listen();
  const { port } = sums.unwrap<Server>().address() as AddressInfo;
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  const { url } = await boot({
    imports: [AuthModule.forFeature([forwarded])],
    controllers: [WhoamiController],
    providers: [{ provide: 'SUMS', useValue: forwardTokens(client) }],
  });
  const names = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  const answers = await Promise.all(names.map((name) => as(url, name, '/whoami')));
  expect(answers.map(({ body }) => body)).toStrictEqual(names.map((name) => ({ name })));
  // Nobody's token is left for who has none.
  await expect(firstValueFrom(client.send('whoami', {}))).rejects.toMatchObject({
    error: 'not_authenticated',
  });
  await client.close();
  await sums.close();
});

describe('an external check', () => {
  async function relations(status: number, allows: (body: string) => unknown): Promise<string> {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      response.writeHead(status).end(JSON.stringify({ allowed: allows(body) }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/stores/1/`;
  }

  it.each<[string, number, (body: string) => unknown, number]>([
    ['allows', 200, (body) => body.includes('"user:bob"') && body.includes('"document:7"'), 200],
    ['refuses', 200, () => false, 403],
    ['answers what is no boolean', 200, () => 'true', 403],
    ['fails', 500, () => true, 500],
  ])('that %s', async (_case, status, allows, answer) => {
    const { url } = await boot({
      controllers: [DocumentsController],
      providers: [
        Relations,
        ViewsDocument,
        { provide: OPENFGA_URL, useValue: await relations(status, allows) },
      ],
    });
    expect((await as(url, 'bob', '/documents/7')).status).toBe(answer);
  });

  it('that is out of reach', async () => {
    const url = await relations(200, () => true);
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const started = await boot({
      controllers: [DocumentsController],
      providers: [Relations, ViewsDocument, { provide: OPENFGA_URL, useValue: url }],
    });
    expect((await as(started.url, 'bob', '/documents/7')).status).toBe(503);
  });
});

it.each([
  ['ada', 201],
  ['bob', 401],
  ['cyd', 401],
])('step-up: %s is answered %i, and told how to log in', async (who, status) => {
  const { url } = await boot({ controllers: [TransfersController] });
  const answer = await as(url, who, '/transfers', 'POST');
  expect(answer.status).toBe(status);
  expect(answer.challenges).toStrictEqual(
    status === 201
      ? []
      : [
          'Bearer error="insufficient_user_authentication", error_description="A stronger or more recent login is required", acr_values="mfa", max_age="300"',
        ],
  );
});

it('OpenTelemetry: the span of a request says who was let in, or why not', async () => {
  const attributes: Record<string, unknown> = {};
  const span = {
    setAttributes: (given: object) => Object.assign(attributes, given),
  } as unknown as Span;
  const active = trace.setSpan(ROOT_CONTEXT, span);
  const manager = {
    active: () => active,
    with: (_active: unknown, run: () => unknown) => run(),
    bind: (_active: unknown, target: unknown) => target,
    enable: () => manager,
    disable: () => manager,
  };
  expect(context.setGlobalContextManager(manager as never)).toBe(true);
  const { url } = await boot({ controllers: [ArticlesController], providers: [SecurityTracing] });
  await as(url, 'cyd', '/articles');
  expect(attributes).toStrictEqual({
    'security.outcome': 'accepted',
    'security.schemes': ['UserToken'],
    'security.scopes': [],
  });
  await as(url, 'cyd', '/articles/1', 'DELETE');
  await as(url, 'eve', '/articles');
  expect(attributes).toMatchObject({
    'security.outcome': 'refused',
    'security.code': 'invalid_token',
    'security.scheme': 'UserToken',
    'security.rule': '"Only for the roles editor, admin."',
  });
  context.disable();
});

it('EventEmitter2: listeners hear of refusals as long as the application runs', async () => {
  const { app, url } = await boot({
    imports: [EventEmitterModule.forRoot()],
    controllers: [ArticlesController],
    providers: [SecurityEvents, AuditTrail],
  });
  await as(url, 'eve', '/articles');
  await as(url, 'cyd', '/articles/1', 'DELETE');
  await as(url, 'ada', '/articles');
  expect(app.get(AuditTrail).lines).toStrictEqual([
    'ArticlesController.list 401 invalid_token',
    'ArticlesController.remove 403 access_denied "Only for the roles editor, admin."',
  ]);
});

describe.each(adapters)('failed attempts on $name', (adapter) => {
  async function start() {
    const started = await createApp(adapter, { imports: [LoginModule] });
    running.push(started);
    return started;
  }
  const login = async (url: string, user: string, password = `the password of ${user}`) => {
    const value = `Basic ${btoa(`${user}:${password}`)}`;
    const { status, header } = await rawRequest(url, {
      path: '/profile',
      headers: [['Authorization', value]],
    });
    return [status, ...header('Retry-After').map(Number)];
  };

  it('are counted by account, and the right password does not help until the window is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { url } = await start();
    for (const _attempt of Array(5)) expect(await login(url, 'ada', 'wrong')).toStrictEqual([401]);
    expect(await login(url, 'ada', 'wrong')).toStrictEqual([429, 60]);
    vi.setSystemTime(Date.now() + 20_000);
    expect(await login(url, 'ada')).toStrictEqual([429, 40]);
    expect(await login(url, 'bob')).toStrictEqual([200]);
    vi.setSystemTime(Date.now() + 41_000);
    expect(await login(url, 'ada')).toStrictEqual([200]);
  });

  it('are counted by address, whatever the accounts', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { url } = await start();
    const found: number[] = [];
    for (let attempt = 0; attempt < 22; attempt++)
      found.push((await login(url, `user${attempt}`, 'wrong'))[0]!);
    expect(found).toStrictEqual([...Array<number>(20).fill(401), 429, 429]);
    vi.setSystemTime(Date.now() + 61_000);
    expect(await login(url, 'ada')).toStrictEqual([200]);
  });

  it('are counted, too, when they are sent at once and the password is checked slowly', async () => {
    const waiting: (() => void)[] = [];
    const { matches } = Login.prototype;
    const slow = vi.spyOn(Login.prototype, 'matches').mockImplementation(async (...given) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return matches(...given);
    });
    const { url } = await start();
    const wrong = Array.from({ length: 50 }, () => login(url, 'ada', 'wrong'));
    await vi.waitFor(() => expect(waiting).toHaveLength(50));
    const right = login(url, 'ada');
    await vi.waitFor(() => expect(waiting).toHaveLength(51));
    // Hashes are ready one after the other, here in the order of the requests.
    for (const ready of waiting) {
      ready();
      await setImmediate();
    }
    slow.mockRestore();
    const found = (await Promise.all(wrong)).map(([status]) => status);
    expect(found.filter((status) => status === 401)).toHaveLength(5);
    expect(found.filter((status) => status === 429)).toHaveLength(45);
    expect((await right)[0]).toBe(429);
  });

  it('are not what successes are: any number of those goes on', async () => {
    const { url } = await start();
    for (const _attempt of Array(25)) expect(await login(url, 'ada')).toStrictEqual([200]);
  });
});

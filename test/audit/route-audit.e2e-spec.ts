import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditedRoute } from '../../lib/audit/audited-route.js';
import { AuthModule } from '../../lib/auth.module.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { adapters, createApp } from '../support/adapters.js';
import { AuditedModule, configure, key, PluginModule } from './audited-application.js';
import { table } from './table.js';

const TABLE = [
  'GET /api | Various.root | undeclared | none | -',
  'GET /api/a/deep/reports | Reports.list | optional | Key, or anonymous | Reports',
  'GET /api/a/reports | Reports.list | protected | Key | Reports',
  'OPTIONS /api/asked | Various.asked | undeclared | none | -',
  'GET /api/birds | Birds.list | protected | User | Cats',
  'GET /api/birds/:id | Birds.read | protected | Key | Crud.read',
  'PUT /api/birds/:id | Birds.replace | protected | User +items | Crud.replace',
  'GET /api/cats | Cats.list | protected | User | Cats',
  'POST /api/cats | Cats.create | public | anonymous | Crud.create',
  'GET /api/cats/:id | Cats.read | protected | Key | Crud.read',
  'PUT /api/cats/:id | Cats.replace | protected | User +items | Crud.replace',
  'GET /api/dogs | Dogs.list | protected | User, or Key | Dogs',
  'POST /api/dogs | Dogs.create | public | anonymous | Crud.create',
  'GET /api/dogs/:id | Dogs.read | protected | Key | Crud.read',
  'PUT /api/dogs/:id | Dogs.replace | protected | User +items +me | Crud.replace',
  'ALL /api/everything | Everything.all | protected | Operator, or Key | Everything',
  'DELETE /api/first | SeveralPaths.remove | protected | User and Key +me | SeveralPaths.remove',
  'GET /api/first/a | SeveralPaths.read | optional | User, or anonymous | SeveralPaths',
  'GET /api/first/b | SeveralPaths.read | optional | User, or anonymous | SeveralPaths',
  'GET /api/mixed-one | Mixed-mixed-one.read | protected | User | Mixed-mixed-one.read',
  'GET /api/mixed-two | Mixed-mixed-two.read | protected | User and Key | Mixed-mixed-two.read',
  'PATCH /api/open | Various.open | undeclared | none | -',
  'GET /api/plugins | Plugins.list | protected | Key | Plugins',
  'DELETE /api/second | SeveralPaths.remove | protected | User and Key +me | SeveralPaths.remove',
  'GET /api/second/a | SeveralPaths.read | optional | User, or anonymous | SeveralPaths',
  'GET /api/second/b | SeveralPaths.read | optional | User, or anonymous | SeveralPaths',
  'HEAD /api/seen | Various.seen | undeclared | none | -',
  'GET /health | Various.health | public | anonymous | Various.health',
];

const GOOD = { authorization: 'Bearer token', 'x-api-key': 'key' };

describe.each(adapters)('AuthModule.audit on $name', (adapter) => {
  let app: INestApplication;
  let url: string;
  let routes: AuditedRoute[];

  beforeAll(async () => {
    ({ app, url } = await createApp(adapter, AuditedModule, configure));
    routes = AuthModule.audit(app);
  });
  afterAll(() => app.close());

  it('lists every route once, under its policy, sorted by path and method', () => {
    expect(table(routes)).toStrictEqual(TABLE);
  });

  it('says the same again', () => {
    expect(AuthModule.audit(app)).toStrictEqual(routes);
  });

  it('names the paths that reach the handlers it names', async () => {
    const reached = await Promise.all(
      routes.map(async ({ method, path }) => {
        const target = `${url}${path.replaceAll(':id', '1')}`;
        const verb = method === 'ALL' ? 'GET' : method;
        const response = await fetch(target, { method: verb, headers: GOOD });
        return [method, path, response.ok ? await response.text() : response.status];
      }),
    );
    expect(reached).toStrictEqual(
      routes.map(({ method, path, controller, handler }) => [
        method,
        path,
        method === 'HEAD' ? '' : `${controller}.${handler}`,
      ]),
    );
  });

  it('lists what it protects: nothing without credentials', async () => {
    const closed = routes.filter(({ access }) => access === 'protected');
    const statuses = closed.map(async ({ method, path }) => {
      const target = `${url}${path.replaceAll(':id', '1')}`;
      return (await fetch(target, { method: method === 'ALL' ? 'GET' : method })).status;
    });
    expect(new Set(await Promise.all(statuses))).toStrictEqual(new Set([401]));
  });
});

describe('AuthModule.audit', () => {
  it('needs no listening application', async () => {
    const app = await NestFactory.create(AuditedModule, { logger: false });
    configure(app);
    await app.init();
    expect(table(AuthModule.audit(app))).toStrictEqual(TABLE);
    await app.close();
  });

  it('audits an application context, which has no prefix', async () => {
    const app = await NestFactory.createApplicationContext(AuditedModule, { logger: false });
    expect(table(AuthModule.audit(app)).toSorted()).toStrictEqual(
      TABLE.map((line) => line.replace(' /api |', ' / |').replace(' /api/', ' /')).toSorted(),
    );
    await app.close();
  });

  it('tells two applications of one module apart', async () => {
    const plain = await NestFactory.create(AuditedModule, { logger: false });
    const prefixed = await NestFactory.create(AuditedModule, { logger: false });
    prefixed.setGlobalPrefix('other');
    await plain.init();
    await prefixed.init();
    const paths = [plain, prefixed].map((app) => AuthModule.audit(app).map(({ path }) => path));
    expect(paths[0]).toContain('/cats');
    expect(paths[1]).toContain('/other/cats');
    expect(paths[1]).not.toContain('/cats');
    await plain.close();
    await prefixed.close();
  });

  it('lists a route once that two instances of a dynamic module register', async () => {
    // Fastify itself refuses the second.
    const { app } = await createApp(adapters[0]!, {
      imports: [
        AuthModule.forRoot({ schemes: [key] }),
        PluginModule.register('one'),
        PluginModule.register('two'),
      ],
    });
    expect(table(AuthModule.audit(app))).toStrictEqual([
      'GET /plugins | Plugins.list | protected | Key | Plugins',
    ]);
    await app.close();
  });

  it('refuses an application without AuthModule', async () => {
    const { app } = await createApp(adapters[0]!, {});
    try {
      expect(() => AuthModule.audit(app)).toThrow(ConfigurationError);
      expect(() => AuthModule.audit(app)).toThrow(/AuthModule\.forRoot/);
    } finally {
      await app.close();
    }
  });
});

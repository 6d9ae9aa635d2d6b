import type { ServerResponse } from 'node:http';
import { All, Controller, Get, type INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { APIKeyHeader, AuthModule, Security } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import {
  accessMatrix,
  attack,
  type AttackReport,
  expectDocumentMatchesEnforcement,
  expectNoBreach,
} from 'nestjs-security/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';
import { addRawRoute, GOOD_HEADERS, seededHoles } from './seeded-holes.js';

const RAW = { get: { security: [{ Key: [] }], responses: {} } };

/** Each hole, what is wrong with it, and one of the attacks that find it. */
const holes: [hole: string, breach: string, attack: string][] = [
  ['open', 'lets in whom the document refuses', 'nothing'],
  ['anything', 'lets in bad credentials', 'authorization: made up'],
  ['scope', 'lets in whom the document refuses', 'Sound without the scope admin'],
  ['lenient', 'lets in bad credentials', 'authorization: made up'],
  ['first', 'lets in credentials carried wrongly', 'authorization twice'],
  ['failing', 'fails at bad credentials', 'authorization: made up'],
  ['unchallenged', 'sends no challenge', 'nothing'],
  ['vault', 'lets in another path', '/holes/vault.json'],
  ['head', 'lets in another method', 'HEAD'],
  ['forgotten', 'is open, and in no document', 'anybody'],
  ['query', 'lets in credentials carried wrongly', 'credentials in the query'],
  ['any-word', 'lets in credentials carried wrongly', 'Authorization: Token, for bearer'],
  ['prototype', 'lets in bad credentials', 'X-Prototype: constructor, of Object.prototype'],
  ['algorithm', 'lets in bad credentials', 'authorization: a JWT without a signature, alg none'],
  ['unsigned', 'lets in altered credentials', 'authorization: good, but of another subject'],
  ['proxy', 'lets in a header of a proxy', 'X-Forwarded-User: admin'],
  ['internal', 'lets in a header of a proxy', 'X-Real-IP: 127.0.0.1'],
  ['telling', 'repeats the credentials', 'authorization: made up'],
  ['casing', 'lets in altered credentials', 'X-Casing: good, but in another casing'],
  ['prefix', 'lets in altered credentials', 'X-Prefix: good, with one character more'],
  ['empty', 'lets in bad credentials', 'authorization: bearer alone'],
  ['cookie', 'lets in credentials carried wrongly', 'credentials in cookies'],
  ['behind', 'lets in a header of a proxy', 'X-Behind: made up, with headers of proxies'],
  ['shapes', 'lets in credentials carried wrongly', 'query q-shapes as q-shapes[]'],
  ['any-casing', 'lets in credentials carried wrongly', 'query q-casing as Q-CASING'],
  ['encoded', 'lets in credentials carried wrongly', 'query q-encoded twice, once encoded'],
  ['operator', 'lets in bad credentials', 'q-operator[a][b]=a'],
  ['stranger', 'lets in whom the document refuses', 'Key'],
  ['raw', 'lets in no credentials', 'nothing'],
];

describe.each(adapters)('attack on $name', { timeout: 60_000 }, (adapter) => {
  let app: INestApplication;
  let report: AttackReport;

  beforeAll(async () => {
    ({ app } = await createApp(adapter, seededHoles, addRawRoute));
    const document = createDocument(app, new DocumentBuilder().build());
    document.paths['/holes/raw'] = RAW;
    report = await attack(app, document, { headers: GOOD_HEADERS });
  }, 240_000);
  afterAll(() => app.close());

  it.each(holes)('finds the hole "%s"', (hole, breach, tried) => {
    const found = report.breaches.filter(({ operation }) => operation === `GET /holes/${hole}`);
    expect(found.map((each) => each.breach)).toContain(breach);
    expect(found.map((each) => each.attack)).toContain(tried);
  });

  it('finds nothing else', () => {
    const operations = new Set(report.breaches.map(({ operation }) => operation));
    expect([...operations].sort()).toStrictEqual(
      holes.map(([hole]) => `GET /holes/${hole}`).sort(),
    );
  });

  it('tells what each operation answered', () => {
    const [answer] = report.answers.filter(
      ({ operation, attack: tried }) => operation === 'GET /sound' && tried === 'nothing',
    );
    expect(answer).toStrictEqual({
      operation: 'GET /sound',
      kind: 'no credentials',
      attack: 'nothing',
      answered: '401',
    });
  });

  it('fails with a line for each kind of hole', () => {
    expect(() => expectNoBreach(report)).toThrow(
      /^GET \/holes\/prefix +lets in +lets in altered credentials +X-Prefix: good, with one character more$/m,
    );
  });
});

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate: () => null });

describe.each(adapters)('routes without a hole on $name', { timeout: 60_000 }, (adapter) => {
  const isExpress = adapter.name === 'Express';
  const paths = isExpress
    ? ['wild/*path', 'maybe{/:id}', 'text\\:count']
    : ['wild/*', 'number/:id(^\\d+$)', 'text::count', 'café noir'];

  it.each(paths)('raise no alarm for the path %s', async (path) => {
    @Controller()
    @Security(key)
    class Routes {
      @Get(path) read() {}
    }
    const { app } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key] })],
      controllers: [Routes],
    });
    const document = createDocument(app, new DocumentBuilder().build());
    expectNoBreach(await attack(app, document));
    expect(await accessMatrix(app, document, { nobody: {} })).toMatch(/  401$/);
    await app.close();
  });

  it('are told where no request reaches them, but for the header that does', async () => {
    const validate = () => ({ user: 1 });
    const any = new APIKeyHeader({ schemeName: 'Any', name: 'X-Any', validate });
    @Controller({ host: ':account.example.com' })
    @Security(any)
    class Routes {
      @Get('hosted') read() {}
    }
    const { app } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [any] })],
      controllers: [Routes],
    });
    const document = createDocument(app, new DocumentBuilder().build());
    const missed = await attack(app, document);
    expect(missed.unreached).toStrictEqual(['GET /hosted']);
    expect(() => expectNoBreach(missed)).toThrow(/^attack\(\) did not reach GET \/hosted: .*host/);
    const headers = { host: 'acct.example.com' };
    const hit = await attack(app, document, { headers });
    expect(hit.unreached).toStrictEqual([]);
    expect(await expectDocumentMatchesEnforcement(app, document, { headers })).toBe(2);
    await app.close();
  });

  it('raise none for what CORS answers, which hides no hole', async () => {
    @Controller()
    @Security(key)
    class Routes {
      @All('all') all() {}
    }
    const { app } = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [key] })], controllers: [Routes] },
      (one) => {
        // Of Fastify, CORS comes before all middleware.
        if (isExpress) one.use('/told', (_: unknown, told: ServerResponse) => told.end('secret'));
        one.enableCors();
      },
    );
    const document = createDocument(app, new DocumentBuilder().build());
    await expectDocumentMatchesEnforcement(app, document);
    const table = await accessMatrix(app, document, { nobody: {} });
    expect(table).not.toContain('yes');
    expect(table).toMatch(isExpress ? /^OPTIONS \/all +204$/m : /^OPTIONS \/all +400$/m);
    document.paths['/told'] = { options: RAW.get };
    const { breaches } = await attack(app, document);
    expect(breaches.map(({ operation, breach }) => `${operation} ${breach}`)).toStrictEqual(
      isExpress ? ['OPTIONS /told lets in no credentials'] : [],
    );
    await app.close();
  });
});

describe('expectNoBreach', () => {
  const answer = { operation: 'GET /', kind: 'no credentials', attack: 'nothing', answered: '401' };

  it('is content with refusals', () => {
    expect(() =>
      expectNoBreach({ answers: [answer as never], breaches: [], unreached: [] }),
    ).not.toThrow();
  });

  it('is not content with nothing', () => {
    expect(() => expectNoBreach({ answers: [], breaches: [], unreached: [] })).toThrow(
      'made no request',
    );
  });
});

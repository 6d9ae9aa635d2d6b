import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AuthModule, HTTPDigest, OAuth2PasswordBearer } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MutualTLS } from '../../lib/schemes/mutual-tls.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { routesFor } from './guarded-routes.js';

const mtls = new MutualTLS({ schemeName: 'Mtls' });
const token = new OAuth2PasswordBearer({
  schemeName: 'Token',
  tokenUrl: 'token',
  validate: (text) => (text === 'good' ? { user: 'john' } : null),
});
const digest = new HTTPDigest({ schemeName: 'Digest', findUser: () => null });
type Line = [name: string, value: string];

describe.each(adapters)('T58 what a client or a proxy says about hosts on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(
      adapter,
      {
        imports: [AuthModule.forRoot({ schemes: [token, mtls, digest] })],
        controllers: [routesFor({ token, mtls, digest })],
      },
      (app) =>
        SwaggerModule.setup('docs', app, () => createDocument(app, new DocumentBuilder().build())),
    );
  });
  afterAll(() => running.app.close());

  const ask = (path: string, ...headers: Line[]) => rawRequest(running.url, { path, headers });

  const tricks: [string, Line[]][] = [
    ['another Host', [['Host', 'evil.example']]],
    ['a Host with a path', [['Host', 'localhost/x?']]],
    ['a Host with a user', [['Host', 'admin@localhost']]],
    ['a Host with a port too high', [['Host', 'localhost:99999']]],
    ['an empty Host', [['Host', '']]],
    ['a Host with quotes', [['Host', 'a"b\\c']]],
    ['X-Forwarded-Host', [['X-Forwarded-Host', 'evil.example']]],
    ['X-Forwarded-Proto', [['X-Forwarded-Proto', 'https']]],
    ['X-Forwarded-For', [['X-Forwarded-For', '127.0.0.1']]],
    ['Forwarded', [['Forwarded', 'for=127.0.0.1;host=evil.example;proto=https']]],
    ['X-Original-URL', [['X-Original-URL', '/docs']]],
    ['X-Rewrite-URL', [['X-Rewrite-URL', '/docs']]],
    ['X-Forwarded-Prefix', [['X-Forwarded-Prefix', '/evil']]],
    ['X-Forwarded-User', [['X-Forwarded-User', 'admin']]],
    [
      'X-Remote-User',
      [
        ['X-Remote-User', 'admin'],
        ['Remote-User', 'admin'],
      ],
    ],
  ];

  it.each(tricks)('%s changes no decision and no challenge', async (_what, headers) => {
    const { status, header, body } = await ask('/token', ...headers);
    expect([400, 401]).toContain(status);
    if (status === 401) expect(header('WWW-Authenticate')).toStrictEqual(['Bearer']);
    expect(body).not.toContain('evil');
    const bad = await ask('/token', ...headers, ['Authorization', 'Bearer bad']);
    expect([400, 401]).toContain(bad.status);
  });

  it.each(tricks)('%s is found in no document', async (_what, headers) => {
    const { body } = await ask('/docs-json', ...headers);
    expect(body).not.toMatch(/evil|localhost\/x|admin@|99999/);
  });

  it('two Host lines, and none, are refused by Node or change nothing', async () => {
    for (const headers of [
      [
        ['Host', 'a'],
        ['Host', 'b'],
      ],
      [],
    ] as Line[][]) {
      expect([400, 401]).toContain((await ask('/token', ...headers)).status);
    }
  });

  it('a digest asks for its own realm, whatever Host says', async () => {
    const { header } = await ask('/digest', ['Host', 'evil.example']);
    expect(header('WWW-Authenticate')[0]).toMatch(/^Digest realm="Restricted", /);
    expect(header('WWW-Authenticate')[0]).not.toContain('evil');
  });

  it.each([
    'X-SSL-Client-Cert',
    'X-Client-Cert',
    'X-Forwarded-Client-Cert',
    'Client-Cert',
    'SSL_CLIENT_CERT',
    'X-SSL-Client-Verify',
    'X-ARR-ClientCert',
  ])('a certificate in %s is none', async (name) => {
    const pem = '-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----';
    for (const value of [pem, encodeURIComponent(pem), 'SUCCESS', `Cert="${pem}"`, ':AAAA:']) {
      const { status, header } = await ask('/mtls', [name, value]);
      expect([status, header('WWW-Authenticate')]).toStrictEqual([401, ['MutualTLS']]);
    }
  });
});

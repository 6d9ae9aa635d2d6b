import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthModule,
  type Authentication,
  Credentials,
  CurrentUser,
  type HTTPAuthorizationCredentials,
  HTTPBearer,
  optional,
  Security,
  type ValidationContext,
} from '../../lib/index.js';
import { clientCertificate, MutualTLS } from '../../lib/schemes/mutual-tls.js';
import { requireCertificateBinding } from '../../lib/tokens/certificate-binding.js';
import { certificateThumbprint } from '../../lib/tokens/certificate-binding.js';
import { CertificateAuthority, type KeyAndCertificate } from '../tokens/certificate-authority.js';

const authority = new CertificateAuthority('Test CA');
const unknownAuthority = new CertificateAuthority('Unknown CA');
const own = authority.issue('client');
const sibling = authority.issue('sibling');
const foreign = unknownAuthority.issue('client');
const selfSigned = CertificateAuthority.selfSigned('client');
const thumbprint = certificateThumbprint(own.cert);

/** Python drives OpenSSL itself, as Node's client keeps its certificate when it renegotiates. */
const canRenegotiate = process.env['REQUIRE_OPENSSL'] === '1' || hasOpenSSL();

function hasOpenSSL(): boolean {
  return spawnSync('python3', ['-c', 'import ctypes; ctypes.CDLL("libssl.so.3")']).status === 0;
}

class ClientCertificate extends MutualTLS<string> {
  override validate(certificate: X509Certificate) {
    return { user: certificate.subject };
  }
}

/** A bearer token that is bound to the client's certificate. */
class BoundToken extends HTTPBearer<string> {
  override validate(
    { credentials }: HTTPAuthorizationCredentials,
    { request: received }: ValidationContext,
  ): Authentication<string> {
    const cnf = credentials === 'bound' ? { 'x5t#S256': thumbprint } : undefined;
    requireCertificateBinding({ cnf }, clientCertificate(received));
    return { user: credentials };
  }
}

@Controller()
class TestController {
  @Get('certificate')
  @Security(ClientCertificate)
  certificate(@CurrentUser() user: string, @Credentials() certificate: X509Certificate) {
    return { user, serialNumber: certificate.serialNumber };
  }

  @Get('optional')
  @Security(optional(ClientCertificate))
  optional(@CurrentUser() user: string | null) {
    return { user };
  }

  @Get('token')
  @Security(BoundToken)
  token(@CurrentUser() user: string) {
    return { user };
  }
}

@Module({
  imports: [AuthModule.forRoot({ schemes: [ClientCertificate, BoundToken] })],
  controllers: [TestController],
})
class TestModule {}

const { key, cert } = authority.issue('localhost');
const https = { key, cert, ca: authority.cert, requestCert: true, rejectUnauthorized: false };

const adapters: { name: string; create(): AbstractHttpAdapter; options: object }[] = [
  { name: 'Express', create: () => new ExpressAdapter(), options: { httpsOptions: https } },
  { name: 'Fastify', create: () => new FastifyAdapter({ https }), options: {} },
];

describe.each(adapters)('MutualTLS on $name', ({ create, options }) => {
  let app: INestApplication;
  let port: number;
  beforeAll(async () => {
    app = await NestFactory.create(TestModule, create(), { logger: false, ...options });
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
  });
  afterAll(() => app.close());

  const trusting = (client: Partial<KeyAndCertificate>): ConnectionOptions => ({
    host: '127.0.0.1',
    servername: 'localhost',
    ca: authority.cert,
    ...client,
  });

  async function get(path: string, client: Partial<KeyAndCertificate> = {}, headers = {}) {
    const agent = new Agent();
    const sent = request({ ...trusting(client), port, path, headers, agent }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const body: unknown = JSON.parse(await text(response));
    agent.destroy();
    return { status: response.statusCode, challenge: response.headers['www-authenticate'], body };
  }

  it('accepts a certificate of a known authority', async () => {
    const { serialNumber } = new X509Certificate(own.cert);
    expect(await get('/certificate', own)).toMatchObject({
      status: 200,
      body: { user: 'CN=client', serialNumber },
    });
  });

  it('T1 asks for a certificate when there is none', async () => {
    expect(await get('/certificate')).toEqual({
      status: 401,
      challenge: 'MutualTLS',
      body: { statusCode: 401, message: 'Not authenticated', error: 'Unauthorized' },
    });
  });

  it('refuses a certificate of an unknown authority, which has the same name in it', async () => {
    expect(await get('/certificate', foreign)).toEqual({
      status: 401,
      challenge: 'MutualTLS',
      body: {
        statusCode: 401,
        message: 'The client certificate is not trusted',
        error: 'Unauthorized',
      },
    });
  });

  it('T58 does not take a certificate from a header', async () => {
    const headers = { 'X-Client-Cert': encodeURIComponent(own.cert), 'Client-Cert': 'x' };
    expect(await get('/certificate', {}, headers)).toMatchObject({ status: 401 });
  });

  it('T22 is anonymous without a certificate where it is optional, but not with a bad one', async () => {
    expect(await get('/optional')).toMatchObject({ status: 200, body: { user: null } });
    expect(await get('/optional', own)).toMatchObject({ status: 200, body: { user: 'CN=client' } });
    expect(await get('/optional', foreign)).toMatchObject({ status: 401 });
  });

  it.each<[string, KeyAndCertificate | undefined, number]>([
    ['that certificate', own, 200],
    ['no certificate', undefined, 401],
    ['another certificate', sibling, 401],
    ['a certificate of an unknown authority', foreign, 401],
  ])('T57 judges a certificate-bound token sent with %s', async (_case, client, status) => {
    const answer = await get('/token', client, { Authorization: 'Bearer bound' });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.challenge).toMatch(/^Bearer error="invalid_token"/);
  });

  it('T57 takes a token that is bound to nothing without a certificate', async () => {
    expect(await get('/token', {}, { Authorization: 'Bearer plain' })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['refuses a foreign certificate', foreign, 401],
    ['accepts a good certificate', own, 200],
    ['asks for a certificate', {}, 401],
  ])('%s in a resumed session too', async (_case, client, status) => {
    const first = connect({ ...trusting(client), port });
    first.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();
    const second = connect({ ...trusting(client), port, session });
    second.end('GET /certificate HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(true);
    const answer = await text(second);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.skipIf(!canRenegotiate).each<[string, KeyAndCertificate, KeyAndCertificate, string[]]>([
    ['a foreign certificate after a good one', sibling, foreign, ['200 OK', '401 Unauthorized']],
    [
      'a good certificate after a foreign one',
      foreign,
      own,
      ['401 Unauthorized', '401 Unauthorized'],
    ],
    ['a self-signed certificate after a good one', own, selfSigned, ['200 OK', '401 Unauthorized']],
    ['another good certificate', own, sibling, ['200 OK', '200 OK']],
  ])(
    'is not fooled by a client that renegotiates with %s',
    async (_case, first, second, answers) => {
      const folder = await mkdtemp(join(tmpdir(), 'renegotiate-'));
      const files = [join(folder, 'first.pem'), join(folder, 'second.pem')];
      for (const [at, each] of [first, second].entries()) {
        await writeFile(files[at]!, each.key + each.cert);
      }
      const script = 'test/support/renegotiate.py';
      const { stdout } = await promisify(execFile)('python3', [script, String(port), ...files]);
      await rm(folder, { recursive: true });
      expect(stdout.trim().split('\n')).toEqual(answers.map((each) => `HTTP/1.1 ${each}`));
    },
  );
});

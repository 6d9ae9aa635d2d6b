import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthModule,
  clientCertificate,
  CurrentUser,
  type HTTPAuthorizationCredentials,
  HTTPBearer,
  MutualTLS,
  Security,
  type ValidationContext,
} from '../../lib/index.js';
import {
  certificateThumbprint,
  requireCertificateBinding,
} from '../../lib/tokens/certificate-binding.js';
import { CertificateAuthority, type KeyAndCertificate } from './certificate-authority.js';

const own = CertificateAuthority.selfSigned('client');
const sameName = CertificateAuthority.selfSigned('client');
const foreign = new CertificateAuthority('Unknown CA').issue('client');
const thumbprints = [own, foreign].map(({ cert }) => certificateThumbprint(cert));

/** The token names which of the certificates it is bound to. */
class BoundToken extends HTTPBearer<string> {
  override validate(
    { credentials }: HTTPAuthorizationCredentials,
    { request: received }: ValidationContext,
  ) {
    const cnf = { 'x5t#S256': thumbprints[Number(credentials)] };
    requireCertificateBinding({ cnf }, clientCertificate(received, { selfSigned: true }));
    return { user: credentials };
  }
}

class ClientCertificate extends MutualTLS {}

@Controller()
class TestController {
  @Get('token') @Security(BoundToken) token(@CurrentUser() user: string) {
    return { user };
  }
  @Get('certificate') @Security(ClientCertificate) certificate() {
    return {};
  }
}

@Module({
  imports: [AuthModule.forRoot({ schemes: [BoundToken, ClientCertificate] })],
  controllers: [TestController],
})
class TestModule {}

const authority = new CertificateAuthority('Test CA');
const { key, cert } = authority.issue('localhost');
const https = { key, cert, ca: authority.cert, requestCert: true, rejectUnauthorized: false };

describe.each([
  { name: 'Express', create: () => new ExpressAdapter(), options: { httpsOptions: https } },
  { name: 'Fastify', create: () => new FastifyAdapter({ https }), options: {} },
])('a token that is bound to a self-signed certificate on $name', ({ create, options }) => {
  let app: INestApplication;
  let port: number;
  beforeAll(async () => {
    app = await NestFactory.create(TestModule, create(), { logger: false, ...options });
    await app.listen(0, '127.0.0.1');
    ({ port } = app.getHttpServer().address() as AddressInfo);
  });
  afterAll(() => app.close());

  async function get(path: string, client: Partial<KeyAndCertificate>, token = '0') {
    const agent = new Agent();
    const tls = { host: '127.0.0.1', servername: 'localhost', ca: authority.cert, ...client };
    const headers = { authorization: `Bearer ${token}` };
    const sent = request({ ...tls, port, path, headers, agent }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { message } = JSON.parse(await text(response)) as { message?: string };
    agent.destroy();
    return `${response.statusCode} ${message ?? ''}`.trim();
  }

  const elsewhere = '401 The access token is bound to another certificate';
  it.each<[string, Partial<KeyAndCertificate>, string, string]>([
    ['accepts it with that certificate', own, '0', '200'],
    ['refuses it with another of the same name', sameName, '0', elsewhere],
    ['refuses it without a certificate', {}, '0', elsewhere],
    [
      'refuses a certificate of an unknown authority',
      foreign,
      '1',
      '401 The client certificate is not trusted',
    ],
  ])('%s', async (_, client, token, answer) => {
    expect(await get('/token', client, token)).toBe(answer);
  });

  it('is no certificate that says who somebody is', async () => {
    expect(await get('/certificate', own)).toBe('401 The client certificate is not trusted');
  });
});

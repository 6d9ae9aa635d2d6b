import {
  type CanActivate,
  Controller,
  Get,
  type INestApplicationContext,
  Injectable,
  Module,
  Sse,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import {
  APIKeyHeader,
  AuthModule,
  ConfigurationError,
  HTTPDigest,
  OAuth2PasswordBearer,
  Public,
  Security,
} from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import {
  type OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
} from 'nestjs-security/token-endpoint';
import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';

const token = new OAuth2PasswordBearer({
  schemeName: 'Token',
  tokenUrl: 'token',
  scopes: { read: 'Read.' },
  validate: () => null,
});
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate: () => null });
const digest = new HTTPDigest({ schemeName: 'Digest', realm: 'notes', findUser: () => null });

@Injectable()
class Throttler implements CanActivate {
  canActivate() {
    return true;
  }
}

@Controller()
class Notes {
  @TokenEndpoint('token') @Public() token(@PasswordForm() form: OAuth2PasswordRequestForm) {
    return form;
  }
  @Get('notes') @Security(token, ['read']) list() {
    return [];
  }
  @Get('digest') @Security(digest) digest() {
    return [];
  }
  @Sse('events') events() {
    return NEVER;
  }
  @MessagePattern('note') note() {
    return 'a note';
  }
}

const resource = 'https://notes.example/api/';

/** An application that uses all that HTTP is needed for. */
function moduleOf(schemes: readonly APIKeyHeader[] = []): new () => object {
  @Module({
    imports: [
      AuthModule.forRoot({
        schemes: [token, key, digest],
        contexts: [microservices()],
        security: key,
        always: key,
        guardsBefore: [Throttler],
        scopeMatcher: (granted, required) => granted === required,
        protectedResource: { resource, ...(schemes.length > 0 && { schemes }) },
        allowDiscouragedFlows: true,
      }),
    ],
    controllers: [Notes],
    providers: [{ provide: APP_GUARD, useClass: Throttler }],
  })
  class AppModule {}
  return AppModule;
}

const options = { logger: false as const, abortOnError: false };
const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } };

const starts: [string, (type: new () => object) => Promise<INestApplicationContext>][] = [
  ['an application context', (type) => NestFactory.createApplicationContext(type, options)],
  [
    'a microservice',
    async (type) => {
      const app = await NestFactory.createMicroservice(type, { ...tcp, ...options });
      await app.listen();
      return app;
    },
  ],
  [
    'a testing module',
    async (type) => (await Test.createTestingModule({ imports: [type] }).compile()).init(),
  ],
];

describe.each(starts)('%s without HTTP', (_what, start) => {
  it('boots, and closes', async () => {
    const app = await start(moduleOf());
    expect(AuthModule.audit(app as never).map(({ kind }) => kind)).toContain('rpc');
    await app.close();
  });

  it('is told of a protected resource that cannot be described', async () => {
    const unregistered = new APIKeyHeader({ schemeName: 'Other', name: 'X-Other' });
    await expect(start(moduleOf([unregistered]))).rejects.toThrow(ConfigurationError);
  });
});

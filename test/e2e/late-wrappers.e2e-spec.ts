import {
  Controller,
  Get,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { AuthModule, CurrentUser, Public, Security } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { token, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, answerTo, notAuthenticated } from '../support/answer.js';

type Method = (...args: unknown[]) => unknown;

/** As tracing and caching modules do: on the class, once the application is made, with its metadata. */
function wrap(discovery: DiscoveryService): void {
  for (const { metatype } of discovery.getControllers()) {
    const prototype = metatype!.prototype as Record<string, Method>;
    for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
      prototype[name] = wrapped(prototype[name]!);
    }
  }
}

function wrapped(method: Method): Method {
  const wrapper: Method = function (this: unknown, ...args) {
    return method.apply(this, args);
  };
  for (const key of Reflect.getOwnMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapper);
  }
  return wrapper;
}

class OnInit implements OnModuleInit {
  constructor(private readonly discovery: DiscoveryService) {}
  onModuleInit() {
    wrap(this.discovery);
  }
}

class OnBootstrap implements OnApplicationBootstrap {
  constructor(private readonly discovery: DiscoveryService) {}
  onApplicationBootstrap() {
    wrap(this.discovery);
  }
}

function application(Tracing: new (discovery: DiscoveryService) => unknown) {
  abstract class Base {
    @Get('me')
    me(@CurrentUser() user: string) {
      return { user };
    }
    @Get('open')
    @Public()
    open() {
      return 'open';
    }
  }
  @Controller('one')
  @Security(token)
  class One extends Base {}
  @Controller('two')
  @Security(token, ['me'])
  class Two extends Base {}
  const useFactory = (discovery: DiscoveryService) => new Tracing(discovery);
  @Module({
    imports: [AuthModule.forRoot({ schemes: [token] }), DiscoveryModule],
    controllers: [One, Two],
    providers: [{ provide: Tracing, useFactory, inject: [DiscoveryService] }],
  })
  class AppModule {}
  return AppModule;
}

describe.each(adapters)('Handlers that $name calls, wrapped on their class', (adapter) => {
  describe.each([OnInit, OnBootstrap])('by %o', (Tracing) => {
    let running: RunningApp;
    let document: OpenAPIObject;
    beforeAll(async () => {
      running = await createApp(adapter, { imports: [application(Tracing)] });
      document = createDocument(running.app, new DocumentBuilder().build());
    });
    afterAll(() => running.app.close());

    it.each([
      ['/one/me', [{ [token.schemeName]: [] }]],
      ['/two/me', [{ [token.schemeName]: ['me'] }]],
      ['/one/open', []],
    ])('should be documented as before: %s', (path, security) => {
      expect(document.paths[path]!.get!.security).toStrictEqual(security);
    });

    it('should be decided as before', async () => {
      const me = (path: string, headers: [string, string][] = []) =>
        answerTo(running.url, { path, headers });
      expect(await me('/one/me')).toEqual(notAuthenticated('Bearer'));
      expect(await me('/one/me', [withToken('john')])).toEqual(accepted({ user: 'john' }));
      expect((await me('/one/open')).status).toBe(200);
    });
  });
});

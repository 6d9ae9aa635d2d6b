import { Controller, Get, Injectable, type OnModuleInit, Scope } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { AuthModule, CurrentUser, Public, Security } from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { key, token, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  notAuthenticated,
  serverError,
} from '../support/answer.js';
import { traceHandlers, type Tracing } from '../support/traced-handlers.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;
type Routes = Record<string, Handler>;

let called: string[] = [];
beforeEach(() => void (called = []));

/** What a logging or caching wrapper makes of a method, without its metadata. */
const logged = (handler: Handler, name: string): Handler =>
  function (...args) {
    called.push(name);
    return handler.apply(this, args);
  };

@Controller('plain')
class Plain {
  @Get('me') @Security(token) me(@CurrentUser() user: string) {
    return { user };
  }
  @Get('open') @Public() open() {
    return 'open';
  }
  @Get('key') @Security(key) key(@CurrentUser() user: string) {
    return { user };
  }
}

@Controller('class')
@Security(token)
class UnderClass {
  @Get('me') me(@CurrentUser() user: string) {
    return { user };
  }
  @Get('open') @Public() open() {
    return 'open';
  }
  @Get('key') @Security(key) key(@CurrentUser() user: string) {
    return { user };
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class Scoped extends Plain {}

/** Wraps its own methods for each request. */
@Controller({ path: 'wrapping', scope: Scope.REQUEST })
class Wrapping extends Plain {
  constructor() {
    super();
    const routes = this as unknown as Routes;
    for (const name of ['me', 'open', 'key']) routes[name] = logged(routes[name]!, name);
  }
}

/** Wraps the methods of every controller's instance once the application starts. */
@Injectable()
class Instances implements OnModuleInit {
  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getControllers()) this.wrap(instance as Routes);
  }

  private wrap(routes: Routes): void {
    for (const name of ['me', 'open', 'key']) routes[name] = logged(routes[name]!, name);
  }
}

/** Wraps what controllers inherit from, once the application starts. */
@Injectable()
class Prototypes implements OnModuleInit {
  private readonly undo: (() => void)[] = [];

  onModuleInit(): void {
    for (const { prototype } of [Plain, UnderClass]) {
      for (const name of ['me', 'open', 'key']) {
        const property = Object.getOwnPropertyDescriptor(prototype, name)!;
        const value = logged(property.value as Handler, name);
        for (const metadata of Reflect.getMetadataKeys(property.value as Handler)) {
          Reflect.defineMetadata(
            metadata,
            Reflect.getMetadata(metadata, property.value as Handler),
            value,
          );
        }
        Object.defineProperty(prototype, name, { ...property, value });
        this.undo.push(() => Object.defineProperty(prototype, name, property));
      }
    }
  }

  onModuleDestroy(): void {
    this.undo.forEach((restore) => restore());
  }
}

const controllers = [Plain, UnderClass, Scoped, Wrapping];
const paths = ['plain', 'class', 'scoped', 'wrapping'];
type Row = [path: string, headers: [string, string][], answer: Answer];
const rows = paths.flatMap((path): Row[] => [
  [`/${path}/me`, [], notAuthenticated('Bearer')],
  [`/${path}/me`, [withKey('jane')], notAuthenticated('Bearer')],
  [`/${path}/me`, [withToken('john')], accepted({ user: 'john' })],
  [`/${path}/key`, [withToken('john')], notAuthenticated('APIKey')],
  [`/${path}/key`, [withKey('jane')], accepted({ user: 'jane' })],
  [`/${path}/open`, [], accepted('open')],
]);

const wrapped: Record<string, { providers: (typeof Instances | typeof Prototypes)[] }> = {
  'by nobody': { providers: [] },
  'on their instances': { providers: [Instances] },
  'on their prototypes': { providers: [Prototypes] },
};

describe.each(adapters)('handlers that are wrapped on $name', (adapter) => {
  describe.each(Object.entries(wrapped))('%s', (_how, { providers }) => {
    describe.each(['not traced', 'traced'])('and %s', (tracing) => {
      let running: RunningApp;
      let tracer: Tracing | undefined;

      beforeAll(async () => {
        if (tracing === 'traced') tracer = traceHandlers();
        running = await createApp(adapter, {
          imports: [DiscoveryModule, AuthModule.forRoot({ schemes: [token, key] })],
          controllers,
          providers,
        });
      });
      afterAll(async () => {
        await running.app.close();
        tracer?.stop();
      });

      it.each(rows)(
        'are under their own declaration: %s with %j',
        async (path, headers, answer) => {
          // A wrapper that is made for a request and is wrapped again for it has no name left to know it by.
          const lost = tracing === 'traced' && path.startsWith('/wrapping');
          expect(await answerTo(running.url, { path, headers })).toStrictEqual(
            lost ? serverError : answer,
          );
          const ran = tracer?.ran.splice(0) ?? [];
          expect(ran.length > 0).toBe(tracing === 'traced' && !lost && answer.status === 200);
        },
      );
    });
  });
});

describe('a handler that takes another one along', () => {
  @Controller('taken')
  class Taken {
    @Get('open') @Public() open() {
      return 'open';
    }
    @Get('me') @Security(token) me() {
      return 'me';
    }
  }

  it('is not decided by what it copied, whoever wraps it again', async () => {
    @Injectable()
    class Swapping implements OnModuleInit {
      constructor(private readonly taken: Taken) {}
      onModuleInit(): void {
        const routes = this.taken as unknown as Routes;
        const swapped = logged(routes['open']!, 'open');
        for (const metadata of Reflect.getMetadataKeys(Taken.prototype.open)) {
          const value: unknown = Reflect.getMetadata(metadata, Taken.prototype.open);
          Reflect.defineMetadata(metadata, value, swapped);
        }
        routes['me'] = swapped;
      }
    }
    const { app, url } = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [token] })],
      controllers: [Taken],
      providers: [Swapping, { provide: Taken, useFactory: () => new Taken() }],
    });
    expect(await answerTo(url, { path: '/taken/me' })).toStrictEqual(notAuthenticated('Bearer'));
    await app.close();
  });
});

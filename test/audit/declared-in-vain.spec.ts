import { Controller, Get, type Type } from '@nestjs/common';
import {
  APIKeyHeader,
  AuthModule,
  Authorize,
  Public,
  rule,
  Scopes,
  Security,
} from 'nestjs-security';
import { describe, expect, it } from 'vitest';
import { bootLines } from './recorded-boot.js';

const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-Key',
  validate: () => ({ user: 'ada', scopes: ['read'] }),
});

/** Makes a handler of a method, as packages do that take a contract of routes; the method itself is none. */
const route =
  (path: string): MethodDecorator =>
  (target, property, { value }) => {
    const method = value as unknown as (...args: unknown[]) => unknown;
    const made = function (this: unknown, ...args: unknown[]) {
      return method.apply(this, args);
    };
    const name = `${String(property)}_${path}`;
    Object.defineProperty(target, name, { value: made, configurable: true, writable: true });
    for (const metadata of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(metadata, Reflect.getMetadata(metadata, method), made);
    }
    Get(path)(target, name, Object.getOwnPropertyDescriptor(target, name)!);
  };

const listening: MethodDecorator = (_target, _property, { value }) =>
  Reflect.defineMetadata('EVENT_LISTENER_METADATA', [{ event: 'a' }], value as object);

/** As packages mark the methods that they call themselves, most of them with guards. */
const subscribed: MethodDecorator = (_target, _property, { value }) =>
  Reflect.defineMetadata(Symbol('package:subscribed'), { queue: 'q' }, value as object);

const scoped = Scopes('read') as MethodDecorator;

function controllerOf(path: string, ...decorators: MethodDecorator[]): Type {
  @Controller(path)
  @Security(key)
  class Notes {
    @Get('plain') plain() {
      return 'a note';
    }
    h() {
      return 'a note';
    }
  }
  const property = Object.getOwnPropertyDescriptor(Notes.prototype, 'h')!;
  for (const decorate of decorators) decorate(Notes.prototype, 'h', property);
  return Notes;
}

const boot = async (...controllers: Type[]) => {
  const lines = await bootLines({
    imports: [AuthModule.forRoot({ schemes: [key] })],
    controllers,
  });
  return lines.filter((line) => line.includes('in vain'));
};

describe('a method of a controller that is no handler', () => {
  it.each<[string, MethodDecorator[]]>([
    ['@Scopes', [route('a'), scoped]],
    ['@Authorize', [route('a'), Authorize(rule('Nobody.', () => false))]],
    ['@Security', [route('a'), Security(key, ['read'])]],
    ['@Public', [route('a'), Public()]],
    ['@Scopes, and makes no handler', [scoped]],
    ['@Security, and may be called by a package', [subscribed, Security(key)]],
  ])('is named where it has %s above what makes its handlers', async (_what, decorators) => {
    expect(await boot(controllerOf('notes', ...decorators))).toStrictEqual([
      'warn: Declared in vain, because these methods of controllers are no handlers, and none has what they declare: Notes.h. Write it below the decorator that makes the handlers, or on the method that is one. If a package calls these methods, find out whether it runs guards',
    ]);
  });

  it.each<[string, () => Type[]]>([
    ['a handler', () => [controllerOf('a', Get('h'), scoped)]],
    ['what handlers are made of', () => [controllerOf('a', scoped, route('a'))]],
    ['without a declaration', () => [controllerOf('a', route('a'))]],
    ['public, and may be called by a package', () => [controllerOf('a', subscribed, Public())]],
    ['a listener, which has a warning of its own', () => [controllerOf('a', listening, scoped)]],
    [
      'overridden by a handler of a class that extends it',
      () => {
        const Base = controllerOf('base', scoped);
        @Controller('sub')
        class Sub extends (Base as Type<{ h(): unknown }>) {
          @Get('h') override h() {
            return super.h();
          }
        }
        return [Base, Sub];
      },
    ],
  ])('is not named where it is %s', async (_what, controllers) => {
    expect(await boot(...controllers())).toStrictEqual([]);
  });
});

/** As packages mark methods that they call by themselves. */
const socket: MethodDecorator = (_target, _property, { value }) =>
  Reflect.defineMetadata('package/socket', true, value as object);

describe('a controller without a handler', () => {
  class Chat {
    start() {}
  }
  const controller = (type: Type, ...decorators: ClassDecorator[]) => {
    class Feed extends type {}
    for (const decorate of [...decorators, Controller('feed')]) decorate(Feed);
    return Feed;
  };
  const listeners = () => {
    class Listening {
      on() {}
    }
    const on = Object.getOwnPropertyDescriptor(Listening.prototype, 'on')!;
    listening(Listening.prototype, 'on', on);
    return [controller(Listening, Security(key))];
  };
  socket(Chat.prototype, 'start', Object.getOwnPropertyDescriptor(Chat.prototype, 'start')!);

  it.each<[string, ClassDecorator]>([
    ['@Security', Security(key)],
    ['@Security with scopes', Security(key, ['read'])],
    ['@Authorize', Authorize(rule('Nobody.', () => false))],
  ])('is named where its class has %s', async (_what, decorate) => {
    expect(await boot(controller(Chat, decorate))).toStrictEqual([
      'warn: Declared in vain, because Nest calls no method of these controllers: Feed. If a package calls them without guards, nothing protects them: check credentials by what it offers for that',
    ]);
  });

  it.each<[string, () => Type[]]>([
    ['is public', () => [controller(Chat, Public())]],
    ['declares nothing', () => [controller(Chat)]],
    ['has listeners alone, which have a warning of their own', listeners],
    ['has no method', () => [controller(class {}, Security(key))]],
    [
      'is extended by one that has handlers',
      () => {
        const Base = controller(Chat, Security(key));
        @Controller('sub')
        class Sub extends Base {
          @Get() get() {}
        }
        return [Base, Sub];
      },
    ],
  ])('is not named where it %s', async (_what, controllers) => {
    expect(await boot(...controllers())).toStrictEqual([]);
  });
});

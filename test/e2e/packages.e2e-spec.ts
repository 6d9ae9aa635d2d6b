import { Injectable, Logger, SetMetadata, type Type } from '@nestjs/common';
import { ExternalContextCreator, ModuleRef, NestFactory } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  APIKeyHeader,
  AuthModule,
  type AuthModuleExtras,
  type AuthModuleOptions,
  type ContextReader,
  Public,
  Security,
} from 'nestjs-security';
import { afterEach, describe, expect, it, vi } from 'vitest';

const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-Key',
  validate: () => ({ user: 'jane' }),
});

/** As packages mark the methods that they call: `Symbol`s and objects, as @golevelup/nestjs-rabbitmq does. */
const SUBSCRIBED = Symbol('package:subscribed');
const Subscribe = () => SetMetadata(SUBSCRIBED as never, { queue: 'q' });

type Handler = (...args: unknown[]) => unknown;

/** As a package makes the function that it calls: of a method, or of what it bound to the instance. */
const calling = {
  'the method': (_instance: object, method: Handler) => method,
  'a bound method with its metadata': (instance: object, method: Handler) => {
    const bound = method.bind(instance) as Handler;
    for (const name of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(name, Reflect.getMetadata(name, method), bound);
    }
    return bound;
  },
  'a bound method': (instance: object, method: Handler) => method.bind(instance) as Handler,
};

afterEach(() => vi.restoreAllMocks());

/** Boots an application whose one provider's `on` a package calls, in a context of its own; gives that call. */
async function booted(
  provider: Type,
  options: AuthModuleOptions & Partial<AuthModuleExtras> = {},
  make: (instance: object, method: Handler) => Handler = calling['the method'],
  type: Type = provider,
): Promise<() => Promise<unknown>> {
  const app = await NestFactory.createApplicationContext(
    {
      module: class {},
      imports: [AuthModule.forRoot({ schemes: [key], ...options })],
      providers: [provider],
    },
    { logger: false, abortOnError: false },
  );
  const ofPackage = () => app.get(ModuleRef).create<object>(type);
  const instance = type === provider ? app.get<object>(provider) : await ofPackage();
  const method = (type.prototype as Record<string, Handler>)['on']!;
  const called = app
    .get(ExternalContextCreator)
    .create(
      instance as never,
      make(instance, method),
      'on',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'queue',
    ) as unknown as Handler;
  await app.close();
  return async () => called('message');
}

@Injectable()
class Plain {
  @Subscribe() on() {
    return 'ran';
  }
  helper() {}
}

/** The package calls its second method. */
@Injectable()
class Second {
  helper() {}
  @Subscribe() on() {}
}

@Injectable()
class SecondOpened {
  helper() {}
  @Subscribe() @Public() on() {}
}

@Injectable()
class Opened {
  @Subscribe() @Public() on() {
    return 'ran';
  }
  @Subscribe() @Security(key) closed() {}
}

@Injectable()
@Public()
class OpenClass {
  @Subscribe() on() {
    return 'ran';
  }
  helper() {}
}

@Injectable()
class Closed {
  @Subscribe() @Security(key) on() {}
  @Subscribe() @Public() open() {}
}

@Injectable()
@Security(key)
class ClosedClass {
  @Subscribe() on() {}
  helper() {}
}

/** Nest calls one of its methods, and a package the other. */
@WebSocketGateway()
class Shared {
  @SubscribeMessage('open') @Public() open() {}
  @Subscribe() @Security(key) on() {}
}

@WebSocketGateway()
class OpenGateway {
  @SubscribeMessage('on') @Subscribe() on() {
    return 'ran';
  }
}

@Security(key)
class Foreign extends OpenGateway {}

const [copied, bound] = ['a bound method with its metadata', 'a bound method'] as const;
const TOLD = ['the method', copied] as const;
const ANY = [...TOLD, bound] as const;

const UNSEEN =
  'ConfigurationError: Plain.on declares no requirement, and is called in a way that boot could not see: add @Public(), or @Security(...) and a reader of such calls to contexts in AuthModule.forRoot()';

/** Reads the calls, but does not tell boot what is called. */
const queue: ContextReader = {
  type: 'queue',
  read: () => ({ request: { headers: { 'x-key': 'a' } }, key: {}, shared: {} }),
};

describe('what a package calls', () => {
  it.each(
    [
      ...ANY.flatMap((how) => [
        [Plain, {}, how],
        [Plain, { undeclared: 'allow' }, how],
        [OpenClass, { security: key }, how],
        [OpenClass, { undeclared: 'deny' }, how],
      ]),
      ...TOLD.map((how) => [Opened, { security: key }, how]),
    ].map((row) => row as [Type, AuthModuleOptions, keyof typeof calling]),
  )('runs: %o under %o by %s', async (provider, options, how) => {
    const call = await booted(provider, options, calling[how]);
    expect(await call()).toBe('ran');
    // Once found it stays so.
    expect(await call()).toBe('ran');
  });

  it.each(
    [
      ...ANY.flatMap((how) => [
        [Plain, { security: key }, how],
        [Plain, { undeclared: 'deny' }, how],
        [ClosedClass, {}, how],
      ]),
      ...TOLD.flatMap((how) => [
        [Closed, {}, how],
        [Shared, {}, how],
      ]),
    ].map((row) => row as [Type, AuthModuleOptions, keyof typeof calling]),
  )('is refused: %o under %o by %s', async (provider, options, how) => {
    vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const call = await booted(provider, options, calling[how]);
    await expect(call()).rejects.toThrow('Forbidden');
    await expect(call()).rejects.toThrow('Forbidden');
  });

  it.each<[Type, AuthModuleOptions]>([
    [Opened, {}],
    [Closed, {}],
    [Shared, {}],
    [SecondOpened, { undeclared: 'throw' }],
  ])('is refused where it may be either of two: %o under %o', async (provider, options) => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const call = await booted(provider, options, calling[bound]);
    await expect(call()).rejects.toThrow('Internal Server Error');
    expect(String(logged.mock.calls[0]![0])).toBe(
      `ConfigurationError: ${provider.name} has a handler that is none of its methods (bound on), which require different things: its security cannot be known: give each a class of its own, or all the same requirement`,
    );
  });

  it('is refused where the application has an open base of its class alone', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const call = await booted(OpenGateway, {}, calling['the method'], Foreign);
    await expect(call()).rejects.toThrow('Internal Server Error');
    expect(String(logged.mock.calls[0]![0])).toBe(
      'ConfigurationError: Foreign is no controller or provider of the application, so that nobody could tell who may call on(): list it in a module',
    );
  });

  it('is named where none of its class declares anything and each must', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const call = await booted(Second, { undeclared: 'throw' }, calling[bound]);
    logged.mockClear();
    await expect(call()).rejects.toThrow('Internal Server Error');
    await expect(call()).rejects.toThrow('Internal Server Error');
    const lines = logged.mock.calls.map(([line]) => String(line));
    const message = UNSEEN.replace('Plain', 'Second');
    expect(lines).toStrictEqual([message, message]);
  });

  it.each<[string, Type, AuthModuleOptions & Partial<AuthModuleExtras>, string]>([
    [
      'declares nothing',
      Plain,
      { undeclared: 'deny' },
      'Plain.on declares no requirement, so that nobody may call it: add @Public(), or @Security(...) and a reader of queue calls to contexts in AuthModule.forRoot()',
    ],
    [
      'requires credentials',
      Closed,
      { undeclared: 'throw' },
      'Closed.on requires credentials, which nobody can read in this queue call: add @Public() if anybody may call it, or a reader of queue calls to contexts in AuthModule.forRoot()',
    ],
    [
      'is public beside what is always required',
      OpenClass,
      { always: key },
      'OpenClass.on requires credentials, which nobody can read in this queue call: add a reader of queue calls to contexts in AuthModule.forRoot()',
    ],
    ['declares nothing where each must', Plain, { undeclared: 'throw' }, UNSEEN],
    ['has only always', Plain, { undeclared: 'throw', always: key, contexts: [queue] }, UNSEEN],
    ['is read', Plain, { undeclared: 'throw', contexts: [queue] }, UNSEEN],
  ])('the log says how to mend it: what %s', async (_case, provider, options, message) => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    for (const how of TOLD) {
      const call = await booted(provider, options, calling[how]);
      logged.mockClear();
      await expect(call()).rejects.toThrow(message === UNSEEN ? 'Internal' : 'Forbidden');
      await expect(call()).rejects.toThrow(message === UNSEEN ? 'Internal' : 'Forbidden');
      const lines = logged.mock.calls.map(([line]) => String(line));
      expect(lines).toStrictEqual([message, message]);
    }
  });
});

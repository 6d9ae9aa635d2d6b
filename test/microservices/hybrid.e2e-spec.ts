import type { AddressInfo, Server } from 'node:net';
import { Controller, Get, type INestApplication, Module, Scope } from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { AuthModule, type AuthModuleOptions, CurrentUser, Public, Security } from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { afterEach, describe, expect, it } from 'vitest';
import { nestMajor } from '../support/nest-major.js';
import { Messenger } from './messenger.js';
import { key, notesModule, ScopedKey } from './notes.module.js';

const tcp: MicroserviceOptions = {
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: 0 },
};

const payload = (data: unknown) => (data as { headers?: Record<string, unknown> } | null)?.headers;
const ran: string[] = [];

@Controller()
class ByDefault {
  @MessagePattern('default')
  run() {
    return ran.push('default');
  }
}

@Controller()
class Declared {
  @MessagePattern('declared')
  @Security(key)
  run() {
    return 'declared';
  }

  @MessagePattern('scoped')
  @Security(ScopedKey)
  scoped() {
    return 'scoped';
  }
}

@Controller()
class Again {
  @MessagePattern('declared')
  @Public()
  again() {
    return ran.push('again');
  }
}

@Controller()
class OverNats {
  @MessagePattern('default', Transport.NATS)
  @Public()
  run() {
    return ran.push('over NATS');
  }
}

@Controller()
@Security(key)
class OverTcp {
  @MessagePattern('default', Transport.TCP)
  run() {
    return ran.push('over TCP');
  }
}

/** Made in a constructor, or for a message: Nest finds no guard on such functions. */
@Controller()
class Bound {
  constructor() {
    this.run = this.run.bind(this);
  }

  @MessagePattern('bound')
  @Security(key)
  run(@CurrentUser() user: unknown) {
    ran.push('bound');
    return user;
  }
}

@Controller()
class Proxied extends Bound {
  constructor() {
    super();
    delete (this as Partial<Bound>).run;
    return new Proxy(this, {
      get: (target, name) =>
        name === 'run' ? () => target.run(undefined) : (Reflect.get(target, name) as unknown),
    });
  }
}

@Controller({ scope: Scope.REQUEST })
class Anew extends Bound {}

@Controller()
@Security(key)
class BoundUnderItsClass extends Bound {}

const NO_BOOT = 'ByDefault.run requires something that neither it';

describe('a hybrid application', () => {
  let app: INestApplication;
  let client: ReturnType<typeof ClientProxyFactory.create> | undefined;
  afterEach(async () => {
    await client?.close();
    await app.close();
    ran.length = 0;
  });

  async function create(controllers: (new () => unknown)[]) {
    const AppModule = notesModule([microservices({ payload })], { security: key }, { controllers });
    app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    return app;
  }

  /** Answers of the microservice that was connected last. */
  function ask(pattern: string, headers: Record<string, string> = {}): Promise<unknown> {
    const { port } = app.getMicroservices().at(-1)!.unwrap<Server>().address() as AddressInfo;
    client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    return new Messenger(client, (data, sent) => ({ ...data, headers: sent })).ask(
      pattern,
      headers,
    );
  }

  it('guards messages by its default where the microservice inherits its configuration', async () => {
    await create([ByDefault]);
    app.connectMicroservice(tcp, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.init();
    expect(await ask('default')).toMatchObject({ statusCode: 401, error: 'not_authenticated' });
    expect(ran).toStrictEqual([]);
    expect(await ask('default', { 'x-api-key': 'k' })).toBe(1);
  });

  it('does not boot where another handler, which requires something else, takes the place of one', async () => {
    await create([Declared, Again]);
    app.connectMicroservice(tcp, { inheritAppConfig: true });
    await expect(app.init()).rejects.toThrow(
      'Declared.run and Again.again both answer RPC declared, of which Nest calls one alone, but they require different things: remove one of them, or declare the same on both',
    );
  });

  it.each<[string, unknown, unknown]>([
    ['in another order', { cmd: { b: 1, a: 2 }, v: 1 }, { v: 1, cmd: { a: 2, b: 1 } }],
    ['as text', { v: 1, cmd: 'a' }, '{"cmd":"a","v":1}'],
    ['in a list', ['p', 'q'], 'q'],
    ['in another list', 'q', ['r', 'q']],
    ['as a number', 7, '7'],
  ])('does not boot where another handler has its pattern %s', async (_case, pattern, other) => {
    @Controller()
    class Guarded {
      @MessagePattern(pattern as string) @Security(key) run() {}
    }
    @Controller()
    class Open {
      @MessagePattern(other as string) @Public() run() {}
    }
    await create([Guarded, Open]);
    app.connectMicroservice(tcp, { inheritAppConfig: true });
    await expect(app.init()).rejects.toThrow('Guarded.run and Open.run both answer RPC');
  });

  it.each<[string, (new () => unknown)[]]>([
    ['is of another transport', [OverTcp, OverNats]],
    ['requires the same', [OverTcp, ByDefault]],
  ])('boots where another handler of a pattern %s', async (_case, controllers) => {
    await create(controllers);
    app.connectMicroservice(tcp, { inheritAppConfig: true });
    await expect(app.init()).resolves.toBe(app);
  });

  it('does not boot where one of two microservices does not inherit it', async () => {
    await create([ByDefault]);
    app.connectMicroservice(tcp, { inheritAppConfig: true });
    app.connectMicroservice(tcp);
    await expect(app.init()).rejects.toThrow(NO_BOOT);
  });

  it.each<[string, boolean]>([
    ['is initialised', false],
    ['starts its microservices', true],
  ])('does not boot by its default alone: it %s', async (_case, starts) => {
    await create([ByDefault]);
    app.connectMicroservice(tcp);
    await expect(starts ? app.startAllMicroservices() : app.init()).rejects.toThrow(NO_BOOT);
  });

  const deferred = { inheritAppConfig: true, deferInitialization: true };

  it.runIf(nestMajor > 11)('names a deferred initialisation where it boots too late', async () => {
    await create([ByDefault]);
    app.connectMicroservice(tcp, deferred);
    const boots = app.startAllMicroservices();
    await expect(boots).rejects.toThrow(NO_BOOT);
    await expect(boots).rejects.toThrow(
      'connect the microservice with inheritAppConfig: true and without deferInitialization before the application is initialised',
    );
  });

  it.runIf(nestMajor === 11)('guards messages of a deferred microservice', async () => {
    await create([ByDefault]);
    app.connectMicroservice(tcp, deferred);
    await app.startAllMicroservices();
    await app.init();
    expect(await ask('default')).toMatchObject({ statusCode: 401, error: 'not_authenticated' });
    expect(await ask('default', { 'x-api-key': 'k' })).toBe(1);
  });

  it('says why a microservice cannot listen, as Nest alone does', async () => {
    await create([Declared]);
    app.connectMicroservice({ ...tcp, options: { host: '127.0.0.1', port: 70_000 } });
    await expect(app.startAllMicroservices()).rejects.toThrow(/port.+70000/i);
  });

  it('does not listen for messages that are connected later and that no guard would run for', async () => {
    await create([ByDefault]);
    app.connectMicroservice(tcp, { inheritAppConfig: true });
    await app.init();
    app.connectMicroservice(tcp);
    await expect(app.startAllMicroservices()).rejects.toThrow(NO_BOOT);
  });

  it('does not listen for messages of a module that was loaded after boot, which no guard would run for', async () => {
    await create([]);
    await app.init();
    @Controller('unserved')
    class Unserved {
      @Get() get() {}
    }
    @Module({ controllers: [ByDefault, Unserved] })
    class LazyModule {}
    await app.get(LazyModuleLoader).load(() => LazyModule);
    const rows = () => AuthModule.audit(app).map(({ path }) => path);
    expect(rows()).toStrictEqual([]);
    app.connectMicroservice(tcp);
    await expect(app.startAllMicroservices()).rejects.toThrow(NO_BOOT);
    expect(rows()).toStrictEqual(['default']);
  });

  it.each([
    ['its instance has another in its place', Bound, true],
    ['its instance has another in its place', Proxied, true],
    ['an instance that is made for a message may have another', Anew, false],
  ])('does not boot where the guard is on a method, but %s', async (reason, controller, helps) => {
    await create([controller]);
    app.connectMicroservice(tcp);
    const message: unknown = await app.init().catch((error: Error) => error.message);
    expect(message).toContain(
      `${controller.name}.run has its guard on a method of the class, but ${reason}`,
    );
    expect(String(message).includes('inheritAppConfig')).toBe(helps);
  });

  it.each([
    ['whose class has the guard', BoundUnderItsClass, false],
    ['of a microservice that inherits it', Bound, true],
  ])('guards a function of an instance %s', async (_case, controller, inheritAppConfig) => {
    await create([controller]);
    app.connectMicroservice(tcp, { inheritAppConfig });
    await app.startAllMicroservices();
    expect(await ask('bound')).toMatchObject({ statusCode: 401 });
    expect(ran).toStrictEqual([]);
    expect(await ask('bound', { 'x-api-key': 'k' })).toBe('service k');
  });

  it.each([true, false])(
    'guards messages that declare something themselves, inheritAppConfig: %s',
    async (inheritAppConfig) => {
      await create([Declared]);
      app.connectMicroservice(tcp, { inheritAppConfig });
      await app.startAllMicroservices();
      await app.init();
      expect(await ask('declared')).toMatchObject({ status: 'error', statusCode: 401 });
      expect(await ask('declared', { 'x-api-key': 'k' })).toBe('declared');
    },
  );

  it('refuses and accepts messages before it listens as it does afterwards', async () => {
    await create([Declared]);
    app.connectMicroservice(tcp);
    await app.startAllMicroservices();
    expect(await ask('declared')).toStrictEqual({
      status: 'error',
      statusCode: 401,
      message: 'Not authenticated',
      error: 'not_authenticated',
      challenges: ['APIKey'],
    });
    expect(await ask('declared', { 'x-api-key': 'k' })).toBe('declared');
    expect(await ask('scoped', { 'x-scoped-key': 'k' })).toBe('scoped');
    expect(await ask('scoped', { 'x-scoped-key': 'bad' })).toMatchObject({ statusCode: 401 });
  });
});

describe.each<[string, AuthModuleOptions]>([
  ['security', { security: key }],
  ['undeclared: deny', { undeclared: 'deny' }],
])('a microservice of its own, under %s', (_case, options) => {
  it('boots, and guards what declares nothing', async () => {
    const AppModule = notesModule([microservices({ payload })], options, {
      controllers: [ByDefault],
    });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
      ...tcp,
      logger: false,
      abortOnError: false,
    });
    await app.listen();
    const { port } = app.unwrap<Server>().address() as AddressInfo;
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    const messenger = new Messenger(client, (data, sent) => ({ ...data, headers: sent }));
    const refused =
      options.security === undefined
        ? { statusCode: 403, message: 'This handler declares no security' }
        : { statusCode: 401 };
    expect(await messenger.ask('default', {})).toMatchObject({ status: 'error', ...refused });
    expect(ran).toStrictEqual([]);
    await client.close();
    await app.close();
  });
});

it('microservices() should throw if payload is no function', () => {
  expect(() => microservices({ payload: 'headers' as never })).toThrow(
    'microservices(): payload must be a function',
  );
});

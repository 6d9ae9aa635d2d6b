import { type INestApplicationContext, Logger, type LoggerService } from '@nestjs/common';
import { NestApplication, NestApplicationContext, NestFactory } from '@nestjs/core';

type Factory = (...args: unknown[]) => Promise<unknown>;
type Init = () => Promise<INestApplicationContext>;

/** How the applications that a file makes are treated. */
export interface Interception {
  readonly preview: boolean;
  readonly verbose: boolean;
  /** Called when an application is being made. */
  creating(): void;
  /** Called when an application is initialised: its routes are registered and its hooks have run. */
  initialized(app: INestApplicationContext): void;
  /** Called when an initialised application would listen; tells whether it is the one to audit. */
  listens(app: INestApplicationContext): boolean;
  failed(error: unknown): void;
  /** Called with each error that the application logs, where the log is not shown. */
  logged(error: unknown): void;
}

/** Makes the applications of this process only initialise where they would listen, and throw where they would abort. */
export function interceptApplications(interception: Interception): void {
  for (const method of ['create', 'createMicroservice', 'createApplicationContext'] as const) {
    interceptFactory(method, interception);
  }
  for (const { prototype } of [NestApplicationContext, NestApplication]) {
    interceptInit(prototype, interception);
  }
  NestApplication.prototype.listen = listenOf(interception);
  NestApplication.prototype.startAllMicroservices = async function () {
    return this;
  };
  if (interception.verbose) return;
  NestApplicationContext.prototype.useLogger = () => undefined;
  Logger.overrideLogger(quietLogger(interception));
}

/** Shows nothing: of a process that ends by itself, the last error tells why. */
function quietLogger({ logged }: Interception): LoggerService {
  const nothing = () => undefined;
  return { log: nothing, warn: nothing, error: logged, fatal: logged };
}

type Listen = (this: INestApplicationContext & { getHttpServer?(): unknown }) => Promise<unknown>;

function listenOf({ listens }: Interception): Listen {
  return async function listen() {
    await this.init();
    // The code that follows expects a listening server, so it never continues, unless this is not the application to
    // audit.
    return listens(this) ? new Promise(() => {}) : this.getHttpServer?.();
  };
}

function interceptFactory(
  method: 'create' | 'createMicroservice' | 'createApplicationContext',
  interception: Interception,
): void {
  const { preview, verbose, creating, failed } = interception;
  const logger = quietLogger(interception);
  const create = NestFactory[method].bind(NestFactory) as Factory;
  const withOptions: Factory = async (module, adapterOrOptions, options) => {
    const adapter = isAdapter(adapterOrOptions) ? [adapterOrOptions] : [];
    const given = (adapter.length > 0 ? options : adapterOrOptions) as object | undefined;
    const own = { abortOnError: false, preview, ...(!verbose && { logger }) };
    creating();
    try {
      const app = await create(module, ...adapter, { ...given, ...own });
      // The prototype is taken from the instance, as the package of microservices may not be installed.
      if (method === 'createMicroservice') prototypeOf(app).listen = listenOf(interception);
      return app;
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  NestFactory[method] = withOptions as never;
}

function prototypeOf(app: unknown): { listen: Listen } {
  return Object.getPrototypeOf(app) as { listen: Listen };
}

/** Whether an argument is an HTTP adapter, told as Nest does. */
function isAdapter(value: unknown): boolean {
  return Boolean((value as { patch?: unknown } | undefined)?.patch);
}

function interceptInit(prototype: { init: Init }, { initialized, failed }: Interception): void {
  const { init } = prototype;
  prototype.init = async function (this: INestApplicationContext) {
    try {
      const app = await init.call(this as never);
      initialized(this);
      return app;
    } catch (error) {
      failed(error);
      throw error;
    }
  };
}

import { type INestApplicationContext, Logger } from '@nestjs/common';
import { NestApplication, NestApplicationContext, NestFactory } from '@nestjs/core';

type Factory = (...args: unknown[]) => Promise<unknown>;
type Init = () => Promise<INestApplicationContext>;

/** What is done to the applications that a file makes. */
export interface Interception {
  readonly preview: boolean;
  readonly verbose: boolean;
  /** One is being made. */
  creating(): void;
  /** One is up: its routes are registered and its hooks have run. */
  initialized(app: INestApplicationContext): void;
  /** One that is up would listen now: whether it is the one. */
  listens(app: INestApplicationContext): boolean;
  failed(error: unknown): void;
}

/** Has the applications of this process initialise where they would listen, and fail where they would abort. */
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
  Logger.overrideLogger(false);
}

type Listen = (this: INestApplicationContext & { getHttpServer?(): unknown }) => Promise<unknown>;

function listenOf({ listens }: Interception): Listen {
  return async function listen() {
    await this.init();
    // What would follow only makes sense where something listens, unless it is another application.
    return listens(this) ? new Promise(() => {}) : this.getHttpServer?.();
  };
}

function interceptFactory(
  method: 'create' | 'createMicroservice' | 'createApplicationContext',
  interception: Interception,
): void {
  const { preview, verbose, creating, failed } = interception;
  const create = NestFactory[method].bind(NestFactory) as Factory;
  const withOptions: Factory = async (module, adapterOrOptions, options) => {
    const adapter = isAdapter(adapterOrOptions) ? [adapterOrOptions] : [];
    const given = (adapter.length > 0 ? options : adapterOrOptions) as object | undefined;
    const own = { abortOnError: false, preview, ...(!verbose && { logger: false }) };
    creating();
    try {
      const app = await create(module, ...adapter, { ...given, ...own });
      // The package of microservices is not always there to be asked for its class.
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

/** As Nest tells them apart. */
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

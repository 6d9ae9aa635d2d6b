import { type CanActivate, type INestApplication, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, type NestContainer, NestFactory } from '@nestjs/core';
import { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** An application that answers nobody. */
export async function bootSilently(module: Type): Promise<INestApplication> {
  const app = await NestFactory.create(module, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  return app.init();
}

/** A handler with its controller and the guards that Nest runs before it, global ones included. */
export interface GuardedHandler {
  readonly guards: CanActivate[];
  readonly controller: object;
  readonly handler: (...args: unknown[]) => unknown;
}

export function guardedHandler(
  app: INestApplication,
  controllerClass: Type,
  name: string,
): GuardedHandler {
  const modules = app.get(ModulesContainer);
  const container = { getModules: () => modules } as unknown as NestContainer;
  const [moduleKey] = [...modules].find(([, { controllers }]) => controllers.has(controllerClass))!;
  const controller = app.get<Record<string, GuardedHandler['handler']>>(controllerClass, {
    strict: false,
  });
  const handler = controller[name]!;
  const guards = new GuardsContextCreator(container, app.get(ApplicationConfig)).create(
    controller,
    handler,
    moduleKey,
  );
  return { guards, controller, handler };
}

import { RequestMethod, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import {
  METHOD_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import type { ApplicationConfig, NestContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import type { RouteHandler } from '../requirements/route-handlers.js';

/** Where Nest serves a handler. */
export interface RoutePath {
  readonly method: string;
  readonly path: string;
  readonly version?: string;
}

type Module =
  ReturnType<NestContainer['getModules']> extends Map<string, infer Value> ? Value : never;

/** Every path of every handler, in the modules that have its controller, as Nest's own router builds them. */
export class RoutePaths {
  private readonly factory: RoutePathFactory;
  private readonly config: ApplicationConfig;
  private readonly modules = new Map<unknown, Set<Module['metatype']>>();

  constructor(private readonly container: NestContainer) {
    this.config = container.applicationConfig!;
    this.factory = new RoutePathFactory(this.config);
    for (const { controllers, metatype: module } of container.getModules().values()) {
      for (const { metatype } of controllers.values()) {
        this.modules.set(metatype, (this.modules.get(metatype) ?? new Set()).add(module));
      }
    }
  }

  of({ controller, handler }: RouteHandler): RoutePath[] {
    const requestMethod: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
    const metadata = this.pathMetadata(controller, handler);
    const { methodVersion, controllerVersion } = metadata;
    const version =
      metadata.versioningOptions === undefined ||
      metadata.versioningOptions.type === VersioningType.URI
        ? undefined
        : versionText(methodVersion ?? controllerVersion);
    return [...(this.modules.get(controller) ?? [])].flatMap((module) =>
      this.factory
        .create({ ...metadata, modulePath: this.modulePath(module) }, requestMethod)
        .map((path) => ({
          method: RequestMethod[requestMethod],
          path,
          ...(version !== undefined && { version }),
        })),
    );
  }

  private pathMetadata(controller: Function, handler: Function) {
    const versioningOptions = this.config.getVersioning();
    return {
      methodPath: Reflect.getMetadata(PATH_METADATA, handler),
      ctrlPath: Reflect.getMetadata(PATH_METADATA, controller),
      globalPrefix: this.config.getGlobalPrefix(),
      methodVersion: Reflect.getMetadata(VERSION_METADATA, handler),
      controllerVersion:
        versioningOptions &&
        (Reflect.getMetadata(VERSION_METADATA, controller) ?? versioningOptions.defaultVersion),
      ...(versioningOptions && { versioningOptions }),
    };
  }

  private modulePath(module: Function): string {
    const { applicationId } = this.container.getModules();
    return (
      Reflect.getMetadata(MODULE_PATH + applicationId, module) ??
      Reflect.getMetadata(MODULE_PATH, module)
    );
  }
}

function versionText(version: unknown): string | undefined {
  if (version === undefined) return undefined;
  return [version]
    .flat()
    .map((one) => (one === VERSION_NEUTRAL ? 'neutral' : String(one)))
    .join(', ');
}

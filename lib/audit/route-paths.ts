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

/** Every path of every handler, in the modules that have its controller, as Nest's own router builds them. */
export class RoutePaths {
  private readonly factory: RoutePathFactory;
  private readonly config: ApplicationConfig;

  constructor(private readonly container: NestContainer) {
    this.config = container.applicationConfig!;
    this.factory = new RoutePathFactory(this.config);
  }

  of({ controller, handler }: RouteHandler): RoutePath[] {
    const modules = [...this.container.getModules().values()].filter(({ controllers }) =>
      [...controllers.values()].some(({ metatype }) => metatype === controller),
    );
    const requestMethod: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
    const versioningOptions = this.config.getVersioning();
    const methodVersion = Reflect.getMetadata(VERSION_METADATA, handler);
    const controllerVersion =
      versioningOptions &&
      (Reflect.getMetadata(VERSION_METADATA, controller) ?? versioningOptions.defaultVersion);
    const metadata = {
      methodPath: Reflect.getMetadata(PATH_METADATA, handler),
      ctrlPath: Reflect.getMetadata(PATH_METADATA, controller),
      globalPrefix: this.config.getGlobalPrefix(),
      methodVersion,
      controllerVersion,
      ...(versioningOptions && { versioningOptions }),
    };
    const version =
      versioningOptions === undefined || versioningOptions.type === VersioningType.URI
        ? undefined
        : versionText(methodVersion ?? controllerVersion);
    return modules.flatMap(({ metatype }) =>
      this.factory
        .create({ ...metadata, modulePath: this.modulePath(metatype) }, requestMethod)
        .map((path) => ({
          method: RequestMethod[requestMethod],
          path,
          ...(version !== undefined && { version }),
        })),
    );
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

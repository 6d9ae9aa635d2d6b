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

type Metadata = Parameters<RoutePathFactory['create']>[0];

/** What the routes of one controller class have in common. */
interface ControllerPaths {
  readonly metadata: Metadata;
  readonly modulePaths: readonly string[];
}

/** Every path of every handler, in the modules that have its controller, as Nest's own router builds them. */
export class RoutePaths {
  private readonly factory: RoutePathFactory;
  private readonly config: ApplicationConfig;
  private readonly controllers = new Map<Function, ControllerPaths>();

  constructor(private readonly container: NestContainer) {
    this.config = container.applicationConfig!;
    this.factory = new RoutePathFactory(this.config);
    for (const [controller, modules] of this.modules()) {
      this.controllers.set(controller, {
        metadata: this.metadataOf(controller),
        modulePaths: [...modules].map((module) => this.modulePath(module)),
      });
    }
  }

  of({ controller, handler }: RouteHandler): RoutePath[] {
    const requestMethod: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
    const { metadata: ofController, modulePaths } = this.controllers.get(controller)!;
    const metadata: Metadata = {
      ...ofController,
      methodPath: Reflect.getMetadata(PATH_METADATA, handler),
      methodVersion: Reflect.getMetadata(VERSION_METADATA, handler),
    };
    const version = versionBesidePath(metadata);
    return modulePaths
      .flatMap((modulePath) => this.factory.create({ ...metadata, modulePath }, requestMethod))
      .map((path) => ({
        method: RequestMethod[requestMethod],
        path,
        ...(version !== undefined && { version }),
      }));
  }

  /** The modules of each controller class, which may be several. */
  private modules(): ReadonlyMap<Function, ReadonlySet<Function>> {
    const modules = new Map<Function, Set<Function>>();
    for (const { controllers, metatype: module } of this.container.getModules().values()) {
      for (const { metatype } of controllers.values()) {
        if (typeof metatype !== 'function') continue;
        modules.set(metatype, (modules.get(metatype) ?? new Set()).add(module));
      }
    }
    return modules;
  }

  private metadataOf(controller: Function): Metadata {
    const versioning = this.config.getVersioning();
    return {
      ctrlPath: Reflect.getMetadata(PATH_METADATA, controller),
      globalPrefix: this.config.getGlobalPrefix(),
      ...(versioning && {
        versioningOptions: versioning,
        controllerVersion:
          Reflect.getMetadata(VERSION_METADATA, controller) ?? versioning.defaultVersion,
      }),
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

/** In words, where it is versioned other than by its path. */
function versionBesidePath(metadata: Metadata): string | undefined {
  const { versioningOptions, methodVersion, controllerVersion } = metadata;
  const version = methodVersion ?? controllerVersion;
  if (versioningOptions === undefined || versioningOptions.type === VersioningType.URI) return;
  if (version === undefined) return;
  return [version]
    .flat()
    .map((one) => (one === VERSION_NEUTRAL ? 'neutral' : String(one)))
    .join(', ');
}

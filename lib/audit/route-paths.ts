import { RequestMethod, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import {
  HOST_METADATA,
  METHOD_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import type { ApplicationConfig, NestContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import { functionMetadata } from '../policies/function-metadata.js';
import type { RouteHandler } from '../policies/route-handlers.js';

/** Where Nest serves a handler. */
export interface RoutePath {
  readonly method: string;
  readonly path: string;
  readonly version?: string;
  readonly host?: string;
}

type Metadata = Parameters<RoutePathFactory['create']>[0];
type Version = Metadata['methodVersion'];

/** Finds every path of every handler, in each module that has its controller, with Nest's own path factory. */
export class RoutePaths {
  private readonly factory: RoutePathFactory;
  private readonly config: ApplicationConfig;
  /** What the routes of a controller class have in common, module by module. */
  private readonly controllers = new Map<Function, readonly Metadata[]>();

  constructor(private readonly container: NestContainer) {
    this.config = container.applicationConfig!;
    this.factory = new RoutePathFactory(this.config);
    for (const [controller, modules] of this.modules()) {
      const ofModules = [...modules].map((module) => this.metadataOf(controller, module));
      this.controllers.set(controller, ofModules);
    }
  }

  of({ controller, handler }: RouteHandler): RoutePath[] {
    const requestMethod: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
    const methodPath: string = Reflect.getMetadata(PATH_METADATA, handler);
    const host = hostInWords(controller);
    const methodVersion: Version = Reflect.getMetadata(VERSION_METADATA, handler);
    return this.controllers.get(controller)!.flatMap((shared) => {
      const { ctrlPath, modulePath, globalPrefix, controllerVersion, versioningOptions } = shared;
      const version = versionBesidePath(methodVersion ?? controllerVersion, versioningOptions);
      const metadata = {
        methodPath,
        methodVersion,
        ctrlPath,
        modulePath,
        globalPrefix,
        controllerVersion,
        versioningOptions,
      } as Metadata;
      return this.factory.create(metadata, requestMethod).map((path) => ({
        method: RequestMethod[requestMethod],
        path,
        ...(version !== undefined && { version }),
        ...(host !== undefined && { host }),
      }));
    });
  }

  /** Whether some routes may share a method and a path: this is cheaper to tell than the paths, and mostly none do. */
  mayRepeat(routes: readonly RouteHandler[]): boolean {
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    // Without a prefix or with a version in it, a path may equal another one that is written differently.
    if (exclude.length > 0 || this.config.getVersioning()?.type === VersioningType.URI) return true;
    const known = new Set<string>();
    const prefixes = new Map<Function, readonly string[]>();
    return routes.some(({ controller, handler }) => {
      const ofController = prefixes.get(controller) ?? this.prefixesOf(controller);
      prefixes.set(controller, ofController);
      const method = functionMetadata(METHOD_METADATA, handler) as RequestMethod;
      const methodPath = functionMetadata(PATH_METADATA, handler) as string | string[];
      const isKnown = (path: string) => {
        const name = `${lettersOf(String(path))} ${method}`;
        return ofController.some((prefix) => known.size === known.add(`${prefix}${name}`).size);
      };
      return typeof methodPath === 'string' ? isKnown(methodPath) : methodPath.some(isKnown);
    });
  }

  private prefixesOf(controller: Function): string[] {
    return this.controllers
      .get(controller)!
      .flatMap(({ modulePath = '', ctrlPath }) =>
        [ctrlPath].flat().map((prefix) => `${lettersOf(modulePath)}${lettersOf(String(prefix))}`),
      );
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

  private metadataOf(controller: Function, module: Function): Metadata {
    const versioning = this.config.getVersioning();
    return {
      ctrlPath: Reflect.getMetadata(PATH_METADATA, controller),
      modulePath: this.modulePath(module),
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

/** A text that is equal for paths that may serve the same requests: without slashes and names in patterns. */
function lettersOf(path: string): string {
  return path.replaceAll(/\/|(?<=[:*])\w+/g, '');
}

/** Nest serves a controller with a host to requests for that host only. */
function hostInWords(controller: Function): string | undefined {
  const host: unknown = Reflect.getMetadata(HOST_METADATA, controller);
  return host === undefined ? undefined : [host].flat().map(String).join(', ');
}

/** The version in words, where it is not part of the path. */
function versionBesidePath(version: Version, options: Metadata['versioningOptions']) {
  if (version === undefined || options === undefined) return undefined;
  if (options.type === VersioningType.URI) return undefined;
  return [version]
    .flat()
    .map((one) => (one === VERSION_NEUTRAL ? 'neutral' : String(one)))
    .join(', ');
}

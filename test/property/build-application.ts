import {
  All,
  Controller,
  Delete,
  type DynamicModule,
  Get,
  type INestApplication,
  Patch,
  Post,
  Put,
  Req,
  type Type,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { type Requirement } from '../../lib/requirements/requirement.js';
import { allOf, anonymous, anyOf, optional, withScopes } from '../../lib/requirements/algebra.js';
import { adapters } from '../support/adapters.js';
import type {
  ApplicationSpec,
  ClassSpec,
  DeclarationSpec,
  Expression,
  MethodSpec,
  NamedRoute,
  Versions,
} from './application-spec.js';
import { SCHEMES } from './oracle.js';
import { schemes } from './random-schemes.js';

/** The application, listening. */
export async function boot(spec: ApplicationSpec): Promise<INestApplication> {
  const adapter = adapters[spec.adapter]!;
  const app = await NestFactory.create<INestApplication>(moduleOf(spec), adapter.create(), {
    logger: false,
    abortOnError: false,
  });
  if (spec.prefix !== undefined) app.setGlobalPrefix(spec.prefix);
  if (spec.versioned) app.enableVersioning({ type: VersioningType.URI });
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

function moduleOf(spec: ApplicationSpec): DynamicModule {
  const registered = Object.keys(SCHEMES).map((name) => schemes[name as keyof typeof SCHEMES]);
  return {
    module: class RandomModule {},
    imports: [
      AuthModule.forRoot({
        schemes: registered,
        ...(spec.undeclared !== undefined && { undeclared: spec.undeclared }),
        ...(spec.always !== undefined && { always: requirementOf(spec.always) }),
        ...(spec.security !== undefined && { security: requirementOf(spec.security) }),
      }),
    ],
    controllers: controllersOf(spec),
  };
}

function controllersOf({ classes }: ApplicationSpec): Type[] {
  const built: Type[] = [];
  classes.forEach((spec, index) => {
    const Base = spec.parent === undefined ? class {} : built[spec.parent]!;
    const Class = class extends Base {};
    Object.defineProperty(Class, 'name', { value: spec.name });
    spec.methods.forEach((method) => addMethod(Class, method));
    decoratorsOf(spec.declaration).forEach((decorate) => decorate(Class));
    if (spec.controller !== undefined) Controller(optionsOf(spec.controller, index))(Class);
    built.push(Class);
  });
  return built.filter((_, index) => classes[index]!.controller !== undefined);
}

function optionsOf(
  { severalPaths, versions }: NonNullable<ClassSpec['controller']>,
  index: number,
) {
  const path = severalPaths ? [`c${index}`, `also-c${index}`] : `c${index}`;
  return versions === undefined ? { path } : { path, version: versionsOf(versions) };
}

const VERBS = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete, ALL: All };

function addMethod(Class: Type, { name, declaration, route }: MethodSpec): void {
  const prototype = Class.prototype as object;
  const methods = {
    [name]({ user }: { user?: unknown }): object {
      return { user: user ?? null };
    },
  };
  Object.defineProperty(prototype, name, { value: methods[name], configurable: true });
  Req()(prototype, name, 0);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  decoratorsOf(declaration).forEach((decorate) => decorate(prototype, name, descriptor));
  if (route === undefined) return;
  const path = route.severalPaths ? [name, `also-${name}`] : name;
  VERBS[route.verb](path)(prototype, name, descriptor);
  if (route.versions !== undefined) {
    Version(versionsOf(route.versions))(prototype, name, descriptor);
  }
}

type Decorator = (target: object, name?: string, descriptor?: PropertyDescriptor) => void;

/** Lowest first, as they run. */
function decoratorsOf({ requirement, securityScopes, scopes }: DeclarationSpec): Decorator[] {
  const decorators: (ClassDecorator & MethodDecorator)[] = [];
  if (scopes.length > 0) decorators.push(Scopes(...scopes));
  if (requirement === 'anonymous' && securityScopes.length === 0) decorators.push(Public());
  else if (requirement !== undefined) {
    decorators.push(Security(requirementOf(requirement), securityScopes as never[]));
  }
  return decorators as Decorator[];
}

function requirementOf(expression: Expression): Requirement {
  if (expression === 'anonymous') return anonymous;
  if ('scheme' in expression) return schemes[expression.scheme];
  if ('optional' in expression) return optional(requirementOf(expression.optional));
  if ('withScopes' in expression) {
    return withScopes(requirementOf(expression.withScopes), expression.scopes);
  }
  if ('anyOf' in expression) return anyOf(...expression.anyOf.map(requirementOf));
  return allOf(...expression.allOf.map(requirementOf));
}

function versionsOf(versions: readonly string[]) {
  return versions.map((version) => (version === 'neutral' ? VERSION_NEUTRAL : version));
}

/** Where a route is served. */
export function pathsOf(
  spec: ApplicationSpec,
  { controller, method, route }: NamedRoute,
): string[] {
  const own = spec.classes[controller]!.controller!;
  const versions: Versions = spec.versioned ? (route.versions ?? own.versions) : undefined;
  const segments = [
    [spec.prefix ?? ''],
    versions?.map((version) => (version === 'neutral' ? '' : `v${version}`)) ?? [''],
    own.severalPaths ? [`c${controller}`, `also-c${controller}`] : [`c${controller}`],
    route.severalPaths ? [method.name, `also-${method.name}`] : [method.name],
  ];
  return segments.reduce<string[]>(
    (paths, choices) =>
      paths.flatMap((path) =>
        choices.map((choice) => (choice === '' ? path : `${path}/${choice}`)),
      ),
    [''],
  );
}

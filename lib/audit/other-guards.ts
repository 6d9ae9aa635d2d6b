import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import type { ApplicationConfig, ModuleRef } from '@nestjs/core';
import { ContextChecks } from '../contexts/context-checks.js';
import { functionMetadata } from '../policies/function-metadata.js';
import { ENFORCES } from '../policies/policy.js';
import {
  classesOf,
  functionsOf,
  type HostMethod,
  type RouteHandler,
} from '../policies/route-handlers.js';

/** The names of the guards that Nest runs for a handler, without this package's. */
export interface OtherGuards {
  readonly global: readonly string[];
  readonly own: readonly string[];
}

/** Finds the guards that Nest runs for each handler of an application. */
export function otherGuards(
  config: ApplicationConfig,
  moduleRef: ModuleRef,
): (route: RouteHandler) => OtherGuards {
  const everywhere = namesOf(config.getGlobalGuards());
  const perCall = namesOf(allGuards(config));
  const checks = moduleRef.get(ContextChecks, { strict: false });
  return (route) => {
    const run = checks.guardsThatRun(route);
    return {
      global: run === 'all' ? (isStatic(route) ? everywhere : perCall) : [],
      own: run === 'none' ? [] : guardsOn(route),
    };
  };
}

/** Whether one instance handles all calls: Nest runs no global guards for it that are made per call. */
function isStatic({ host }: RouteHandler): boolean {
  return host.isDependencyTreeStatic();
}

/** The names of the guards that `@UseGuards()` puts on a handler and its class, without this package's. */
function guardsOn(route: HostMethod): string[] {
  const carriers = [...classesOf(route.host), ...functionsOf(route)];
  return namesOf(
    carriers.flatMap((carrier) => (functionMetadata(GUARDS_METADATA, carrier) ?? []) as unknown[]),
  );
}

function allGuards(config: ApplicationConfig): unknown[] {
  const ofRequests = config.getGlobalRequestGuards().map(({ metatype }) => metatype);
  return [...config.getGlobalGuards(), ...ofRequests];
}

/**
 * Warns of guards that count calls but run only after those that refuse them: somebody who guesses credentials is then
 * not slowed down.
 *
 * @param before The guards that run before this package's; guards whose classes extend these do, too.
 */
export function uncountedRefusals(
  config: ApplicationConfig,
  before: readonly Function[] = [],
): string[] {
  const isBefore = (type: Function) =>
    before.some((named) => type === named || type.prototype instanceof named);
  const late = typesOf(allGuards(config)).filter((type) => isThrottler(type) && !isBefore(type));
  return late.map(
    ({ name }) =>
      `${name} runs after SecurityGuard, so that it counts no call that is refused: name it in guardsBefore of AuthModule.forRoot()`,
  );
}

/** The guard of @nestjs/throttler, or what extends it. */
function isThrottler(type: Function | null): boolean {
  if (type === null || type === Function.prototype) return false;
  return type.name === 'ThrottlerGuard' || isThrottler(Object.getPrototypeOf(type) as Function);
}

/** Guards in words, to follow the name of something that nothing else protects. */
export function exceptFor(guards: readonly string[] = []): string {
  return guards.length === 0 ? '' : ` (except for ${guards.join(' and ')})`;
}

function namesOf(guards: readonly unknown[]): string[] {
  const others = typesOf(guards).filter((type) => !(ENFORCES in type));
  return [...new Set(others.map(({ name }) => name))];
}

function typesOf(guards: readonly unknown[]): Function[] {
  return guards.flatMap((guard) =>
    typeof guard === 'function' ? guard : ((guard as object | null)?.constructor ?? []),
  );
}

import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import type { ApplicationConfig } from '@nestjs/core';
import { functionMetadata } from '../policies/function-metadata.js';
import { ENFORCES } from '../policies/policy.js';
import { classesOf, functionsOf, type HostMethod } from '../policies/route-handlers.js';

/** The guards of `@UseGuards()` on a handler and its class but this package's; whom they let in is not known. */
export function guardsOn(route: HostMethod): string[] {
  const carriers = [...classesOf(route.host), ...functionsOf(route)];
  return namesOf(
    carriers.flatMap((carrier) => (functionMetadata(GUARDS_METADATA, carrier) ?? []) as unknown[]),
  );
}

/** The guards of the whole application but this package's. */
export function globalGuards(config: ApplicationConfig): string[] {
  const ofRequests = config.getGlobalRequestGuards().map(({ metatype }) => metatype);
  return namesOf([...config.getGlobalGuards(), ...ofRequests]);
}

/** Guards in words, behind what is open but for them. */
export function butFor(guards: readonly string[] = []): string {
  return guards.length === 0 ? '' : ` (but for ${guards.join(' and ')})`;
}

function namesOf(guards: readonly unknown[]): string[] {
  const types = guards.map((guard) =>
    typeof guard === 'function' ? guard : (guard as object | null)?.constructor,
  );
  const others = types.filter((type) => type !== undefined && !(ENFORCES in type));
  return [...new Set(others.map((type) => type!.name))];
}

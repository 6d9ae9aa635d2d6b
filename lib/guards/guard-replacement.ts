import type { CanActivate } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { SecurityGuard } from './security.guard.js';

/**
 * What a test put in place of `SecurityGuard`, if anything.
 *
 * The guard is applied in two ways: as a global provider, and as an injectable of each controller with a security
 * decorator. `overrideProvider` replaces the one and `overrideGuard` the other; whoever writes either means both.
 *
 * @param provided The guard as `AuthModule` provides it.
 */
export function replacementOfGuard(
  provided: CanActivate,
  modules: ModulesContainer,
): CanActivate | undefined {
  if (provided.constructor !== SecurityGuard) return provided;
  const replaced = injectablesOf(modules).find(({ metatype }) => metatype !== SecurityGuard);
  return replaced?.instance as CanActivate | undefined;
}

/** Puts the replacement wherever the guard is applied. */
export function replaceGuards(
  replacement: CanActivate,
  globalGuards: CanActivate[],
  modules: ModulesContainer,
): void {
  for (const wrapper of injectablesOf(modules)) {
    if (wrapper.metatype === SecurityGuard) {
      wrapper.mergeWith({ provide: SecurityGuard, useValue: replacement });
    }
  }
  globalGuards.forEach((guard, index) => {
    if (guard.constructor === SecurityGuard) globalGuards[index] = replacement;
  });
}

function injectablesOf(modules: ModulesContainer) {
  return [...modules.values()].flatMap(({ injectables }) => injectables.get(SecurityGuard) ?? []);
}

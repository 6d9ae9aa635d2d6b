import type { DiscoveryService } from '@nestjs/core';

/** A provider, as Nest holds it. */
export type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Whether all requests and all injecting providers share one instance. */
export function isSingleton(wrapper: ProviderWrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}

/** Whether two modules' providers have the same class and dependencies, so that it does not matter which is used. */
export function isMadeAlike(a: ProviderWrapper, b: ProviderWrapper): boolean {
  if (a.metatype !== b.metatype) return false;
  // A value has no dependencies: it must be the same one.
  if (typeof a.metatype !== 'function') return a.instance === b.instance;
  const [own, others] = [a, b].map((wrapper) => [
    ...(wrapper.getCtorMetadata() ?? []),
    ...(wrapper.getPropertiesMetadata() ?? []).map(({ wrapper: property }) => property),
  ]) as [ProviderWrapper[], ProviderWrapper[]];
  return own.length === others.length && own.every((made, index) => made === others[index]);
}

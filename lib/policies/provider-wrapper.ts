import type { DiscoveryService } from '@nestjs/core';

/** A provider, as Nest holds it. */
export type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Whether there is one of it for all requests and for whatever injects it. */
export function isSingleton(wrapper: ProviderWrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}

/** Whether two modules make a provider of the same things, so that it does not matter whose it is. */
export function isMadeAlike(a: ProviderWrapper, b: ProviderWrapper): boolean {
  if (a.metatype !== b.metatype) return false;
  // A value is made of nothing.
  if (typeof a.metatype !== 'function') return a.instance === b.instance;
  const [own, others] = [a, b].map((wrapper) => [
    ...(wrapper.getCtorMetadata() ?? []),
    ...(wrapper.getPropertiesMetadata() ?? []).map(({ wrapper: property }) => property),
  ]) as [ProviderWrapper[], ProviderWrapper[]];
  return own.length === others.length && own.every((made, index) => made === others[index]);
}

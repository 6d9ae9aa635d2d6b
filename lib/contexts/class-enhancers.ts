/**
 * Adds an interceptor or a filter to those of a class, unless it has it already; call it before Nest registers the
 * handlers.
 *
 * @param key Nest's metadata key for the kind of enhancer.
 */
export function addEnhancer(
  controller: Function,
  key: string,
  enhancer: object,
  place: 'first' | 'last',
): void {
  // Nest reads this class, which a decorator may have wrapped in another.
  const type = (controller.prototype as object | undefined)?.constructor ?? controller;
  const own: readonly unknown[] = Reflect.getMetadata(key, type) ?? [];
  if (own.includes(enhancer)) return;
  const all = place === 'first' ? [enhancer, ...own] : [...own, enhancer];
  Reflect.defineMetadata(key, all, type);
}

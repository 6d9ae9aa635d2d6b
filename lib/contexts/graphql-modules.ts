import { ModulesContainer } from '@nestjs/core';
import { isClassHost, typeOf } from '../policies/route-handlers.js';
import type { ContextApplication } from './security-call.js';

/** The token of the options of `@nestjs/graphql`, which need not be installed. */
export const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** The options of every `GraphQLModule` of an application, whatever their drivers. */
export function graphqlModules({ get }: ContextApplication): readonly object[] {
  const modules = get(ModulesContainer)!;
  return [...modules.values()]
    .map(({ providers }) => providers.get(GRAPHQL_OPTIONS)?.instance as unknown)
    .filter((options) => typeof options === 'object' && options !== null);
}

/** The class of the driver of the `GraphQLModule` that has these options. */
export function driverOf(options: object, { get }: ContextApplication): Function | undefined {
  const modules = [...get(ModulesContainer)!.values()];
  const own = modules.find(({ providers }) => providers.get(GRAPHQL_OPTIONS)?.instance === options);
  // The token is a class of `@nestjs/graphql`, which need not be installed.
  const isDriver = ([token]: readonly [unknown, unknown]) =>
    typeof token === 'function' && token.name === 'AbstractGraphQLDriver';
  const driver = [...(own?.providers ?? [])].find(isDriver)?.[1];
  return driver === undefined ? undefined : typeOf(driver);
}

/**
 * Whether a `GraphQLModule` includes the handlers of a class: of all modules, or of those that it names and, as Nest sees
 * it, of all that these import.
 */
export function includedBy(
  { include }: { readonly include?: readonly unknown[] | null },
  { get }: ContextApplication,
): (type: Function) => boolean {
  if (!include || include.length === 0) return () => true;
  const modules = [...(get(ModulesContainer) as ModulesContainer).values()];
  const included = new Set(modules.filter(({ metatype }) => include.includes(metatype)));
  // Modules that are added here are looked at as well.
  for (const { imports } of included) imports.forEach((module) => included.add(module));
  const hosts = [...included].flatMap(({ providers }) => [...providers.values()]);
  const types = new Set(hosts.filter(isClassHost).map(typeOf));
  return (type) => types.has(type);
}

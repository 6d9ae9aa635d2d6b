import {
  PARAMTYPES_METADATA,
  PROPERTY_DEPS_METADATA,
  SELF_DECLARED_DEPS_METADATA,
} from '@nestjs/common/constants.js';
import type { InjectionToken } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { ProviderWrapper } from '../policies/provider-wrapper.js';
import { CurrentAuthentication } from './current-authentication.js';

type Made = Pick<ProviderWrapper, 'durable' | 'host' | 'inject' | 'metatype' | 'name'>;

type Module = NonNullable<Made['host']>;

/**
 * Refuses durable providers that inject `CurrentAuthentication`, directly or through others: they outlive the request
 * that they were made for, and would take every later caller for its sender.
 *
 * @throws ConfigurationError naming the provider and the fix.
 */
export function assertNothingDurableAsks(modules: ModulesContainer): void {
  const made: Made[] = [...modules.values()].flatMap(({ providers, controllers, injectables }) => [
    ...providers.values(),
    ...controllers.values(),
    ...injectables.values(),
  ]);
  const asking = made.find((each) => each.durable === true && asks(each, new Set()));
  if (asking === undefined) return;
  throw new ConfigurationError(
    `${String(asking.name)} is durable and injects CurrentAuthentication, itself or by what it injects: made once for many requests, it would take the caller of the first one for that of all. Make it without durable: true, or pass the user to its methods`,
  );
}

function asks(each: Made, seen: Set<Made>): boolean {
  if (seen.has(each)) return false;
  seen.add(each);
  return injectedInto(each).some(
    (token) =>
      token === CurrentAuthentication ||
      providersOf(token as InjectionToken, each.host!).some((other) => asks(other, seen)),
  );
}

/** What Nest may inject by a token: the module's own provider or, where it has none, those that are exported to it. */
function providersOf(token: InjectionToken, module: Module): readonly Made[] {
  const own = module.providers.get(token);
  return own === undefined ? exportedBy([...module.imports], token, new Set()) : [own];
}

function exportedBy(
  modules: readonly Module[],
  token: InjectionToken,
  seen: Set<Module>,
): readonly Made[] {
  return modules.flatMap((module) => {
    if (seen.has(module)) return [];
    seen.add(module);
    const { exports, imports, providers } = module;
    const passedOn = [...imports].filter(({ metatype }) => exports.has(metatype));
    const own = exports.has(token) ? providers.get(token) : undefined;
    return own ?? exportedBy(passedOn, token, seen);
  });
}

/** The declared tokens: Nest 11 resolves nothing of request-scoped providers before the first request. */
function injectedInto({ inject, metatype }: Made): unknown[] {
  if (Array.isArray(inject)) return inject.map(tokenOf);
  if (typeof metatype !== 'function') return [];
  const read = (key: string) => (Reflect.getMetadata(key, metatype) ?? []) as readonly unknown[];
  const params = [...read(PARAMTYPES_METADATA)];
  for (const { index, param } of read(SELF_DECLARED_DEPS_METADATA) as Declared[]) {
    params[index] = param;
  }
  const properties = read(PROPERTY_DEPS_METADATA) as readonly { readonly type: unknown }[];
  return [...params, ...properties.map(({ type }) => type)].map(tokenOf);
}

/** The metadata that `@Inject()` leaves for a parameter. */
interface Declared {
  readonly index: number;
  readonly param: unknown;
}

/** The token itself, or that of an optional dependency or a `forwardRef()`. */
function tokenOf(injected: unknown): unknown {
  if (typeof injected !== 'object' || injected === null) return injected;
  const { forwardRef, token } = injected as { forwardRef?: () => unknown; token?: unknown };
  return forwardRef === undefined ? token : forwardRef();
}

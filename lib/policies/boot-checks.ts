import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService } from '@nestjs/core';
import type { AuthModuleOptions } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { hintOfCopies, isOfAnotherCopy } from '../requirements/copies.js';
import { parametersOf } from '../requirements/parameters.js';
import { forgottenValidate, isValidateLost, nearValidate } from '../schemes/forgotten-validate.js';
import { ALWAYS_OPTION } from './always.js';
import { isBelowRoot, isField } from './handler-kinds.js';
import { functionMetadata } from './function-metadata.js';
import type { RegisteredScheme } from './scheme-registry.js';
import { demandsSame, ENFORCES, type Policy } from './policy.js';
import {
  classesOf,
  functionsOf,
  type HostMethod,
  prototypeOf,
  type RouteHandler,
} from './route-handlers.js';

/**
 * Refuses a handler without a policy where the application demands one for each, or where the handler carries the
 * guard.
 *
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertGuarded(
  route: RouteHandler,
  { undeclared, always }: AuthModuleOptions,
): void {
  const name = `${route.controller.name}.${route.name}`;
  if (isField(route)) return;
  if (undeclared === 'throw') {
    throw new ConfigurationError(
      `${name} declares no requirement: add @Security(...) or @Public()`,
    );
  }
  if (always !== undefined) return;
  const carriers = [...classesOf(route.host), ...functionsOf(route)];
  if (carriers.some(carriesGuard)) {
    throw new ConfigurationError(
      `${name} carries SecurityGuard but declares nothing that it could enforce: add @Security(...) or @Public(), or set security in AuthModule.forRoot()`,
    );
  }
}

/**
 * Refuses a call of a method that boot did not take for a handler, where the application demands a policy for each.
 *
 * @throws ConfigurationError naming the method and the fix.
 */
export function assertDeclared(
  { controller, name, handler }: HostMethod,
  policy: Policy | null,
  { undeclared }: AuthModuleOptions,
): void {
  const isDeclared = policy !== null && policy.source !== ALWAYS_OPTION;
  if (undeclared !== 'throw' || isDeclared || isBelowRoot(handler, controller)) return;
  const place = `${controller.name}.${name}`;
  throw new ConfigurationError(
    `${place} declares no requirement, and is called in a way that boot could not see: add @Public(), or @Security(...) and a reader of such calls to contexts in AuthModule.forRoot()`,
  );
}

/**
 * Refuses a method that is a field and is called otherwise too, where that would require more: a guard is told of the
 * function alone.
 *
 * @param asField What it requires as a field.
 * @param asEntryPoint What it requires where no guarded handler leads to it.
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertCalledAlike(
  { controller, name, kind }: RouteHandler,
  asField: Policy | null,
  asEntryPoint: Policy | null,
): void {
  if (demandsSame(asField, asEntryPoint)) return;
  throw new ConfigurationError(
    `${controller.name}.${name} answers ${kind} calls and is a field of GraphQL, for which its class and AuthModule.forRoot() do not count: give each a method of its own, or put on ${name}() all that it requires`,
  );
}

/** Whether a class or a method carries the guard itself. */
export function carriesGuard(target: Function): boolean {
  const guards = (functionMetadata(GUARDS_METADATA, target) ?? []) as readonly unknown[];
  return guards.some((guard) => typeof guard === 'function' && ENFORCES in guard);
}

/**
 * Refuses parameters that a handler's policy can never deliver.
 *
 * @param own The handler's policy without the `always` option, whose results are delivered only where a parameter names
 * their scheme.
 * @throws ConfigurationError to follow the handler's name.
 */
export function assertParametersFit(
  { name, host }: HostMethod,
  own: Policy | null,
  whole: Policy | null,
): void {
  for (const { decorator, scheme } of parametersOf(prototypeOf(host), name)) {
    const policy = scheme === undefined ? own : whole;
    if (policy === null) {
      throw new ConfigurationError(
        `uses @${decorator}() but nothing is required of its callers: add @Security(...), @Security(optional(...)) to let in anonymous callers too, or @Public(), with which nobody is known`,
      );
    }
    const isHeld = ({ references }: RegisteredScheme) => references.has(scheme!);
    if (scheme !== undefined && !policy.schemes.some(isHeld)) {
      const called = 'schemeName' in scheme ? scheme.schemeName : scheme.name;
      throw new ConfigurationError(
        `uses @${decorator}(${called}), but its requirement does not hold that scheme: name one that it holds`,
      );
    }
  }
}

/**
 * Refuses schemes whose `validate` is set to `undefined`, as by an import that is not loaded yet, and scheme classes
 * that have a method of a similar name instead. Where an application wants everything protected, also refuses scheme
 * classes that have neither; elsewhere the boot report warns of those.
 *
 * @throws ConfigurationError naming each class and the fix.
 */
export function assertValidated(
  entries: readonly RegisteredScheme[],
  { security, undeclared }: AuthModuleOptions,
): void {
  const lost = entries.find(({ scheme }) => isValidateLost(scheme));
  if (lost !== undefined) {
    throw new ConfigurationError(
      `${lost.scheme.schemeName}: its validate is undefined, so that whatever is sent would be accepted: if two files import each other, move it into a file of its own`,
    );
  }
  const isStrict = security !== undefined || undeclared === 'throw';
  const forgotten = entries
    .filter(({ scheme }) => isStrict || nearValidate(scheme) !== undefined)
    .flatMap(({ scheme }) => forgottenValidate(scheme) ?? []);
  if (forgotten.length > 0) throw new ConfigurationError(forgotten.join('\n'));
}

/**
 * Refuses a second `AuthModule.forRoot()`, another copy's included: each would decide for the whole application.
 *
 * @param marker A provider that only `forRoot` makes.
 */
export function assertSingleModule(discovery: DiscoveryService, marker: Function): void {
  const made = discovery
    .getProviders()
    .filter(({ token }) => token === marker || isOfAnotherCopy(token));
  if (made.length < 2) return;
  const hint = made.some(({ token }) => token !== marker) ? hintOfCopies() : '';
  throw new ConfigurationError(
    `AuthModule.forRoot() is imported ${made.length} times, by the application and perhaps by a library: import it once, in the root module, and AuthModule.forFeature() elsewhere${hint}`,
  );
}

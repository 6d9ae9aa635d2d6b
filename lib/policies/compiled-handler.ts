import { ConfigurationError } from '../errors/configuration.error.js';
import { differentRule } from './compiled-rule.js';
import { demandsSame, type Policy } from './policy.js';
import type { HostMethod, RouteHandler } from './route-handlers.js';

/** A method that a function may be, and its policy; `null` where nothing is declared. */
export interface Candidate {
  readonly route: HostMethod;
  readonly policy: Policy | null;
}

/** A handler and its policy. */
export interface CompiledHandler extends Candidate {
  readonly route: RouteHandler;
}

/** Whether the policies of all demand the same, so that it does not matter which of them is called. */
export function areAlike(all: readonly Candidate[]): boolean {
  return all.every(({ policy }) => demandsSame(policy, all[0]!.policy));
}

/**
 * Refuses two handlers that are one function under different policies.
 *
 * @throws ConfigurationError naming both, and the fix.
 */
export function assertAlike(a: CompiledHandler, b: CompiledHandler): void {
  if (demandsSame(a.policy, b.policy)) return;
  const isOneMethod = a.route.controller === b.route.controller && a.route.name === b.route.name;
  const rule = isOneMethod ? differentRule(a.policy?.rules, b.policy?.rules) : undefined;
  if (rule !== undefined) {
    throw new ConfigurationError(
      `${nameOf(a)} is in the modules ${moduleOf(a)} and ${moduleOf(b)}, where the rule ${rule} has different dependencies, so that a request cannot tell which of them it is under: provide the rule once, in a module that both import`,
    );
  }
  throw new ConfigurationError(
    `${nameOf(a)} and ${nameOf(b)} are one function under two declarations, so that a request cannot tell which of them it is under: give each a method of its own`,
  );
}

/** The name of a handler in messages. */
export function nameOf({ route: { controller, name } }: CompiledHandler): string {
  return `${controller.name}.${name}`;
}

function moduleOf({ route: { host } }: CompiledHandler): string | undefined {
  return host.host?.name;
}

import { Injectable } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isRuleReference, type RuleReference } from '../rules/rule-expression.js';
import { AskedRule, Rule } from '../rules/rule.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { isMadeAlike, isSingleton, type ProviderWrapper } from './provider-wrapper.js';
import type { Host } from './route-handlers.js';
import { ScopedProvider } from './scoped-provider.js';

type Module = NonNullable<Host['host']>;

/** A rule that the application provides, or an instance that it names. */
export interface RegisteredRule {
  /** The rule itself or, where a provider is made per request, one made at boot to describe it. */
  readonly rule: Rule<never, never>;
  /** Its name in logs and events. */
  readonly name: string;
  /** Makes the rule of a request, where its provider is not a singleton. */
  readonly resolve?: (request: SecurityRequest) => Promise<Rule<never, never>>;
  /** Where it comes from; none for an instance. */
  readonly provider?: ProviderWrapper;
}

/** The rules among the application's providers. */
@Injectable()
export class RuleRegistry {
  private readonly instances = new Map<RuleReference, RegisteredRule>();
  private readonly providers = new Map<ProviderWrapper, RegisteredRule>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** Makes the describing instances of rules that are made per request. */
  async prepare(): Promise<void> {
    for (const wrapper of this.discovery.getProviders()) {
      if (!isRuleProvider(wrapper) || isSingleton(wrapper) || this.providers.has(wrapper)) continue;
      const moduleRef = wrapper.host!.getProviderByKey<ModuleRef>(ModuleRef).instance;
      const provider = new ScopedProvider(moduleRef, wrapper, asRule, true);
      this.providers.set(wrapper, {
        rule: await provider.describe(),
        name: String(wrapper.name),
        resolve: (request) => provider.of(request),
        provider: wrapper,
      });
    }
  }

  /**
   * The rule that a controller names: from its own module, or else the nearest module that it imports, or else any
   * module.
   *
   * @throws ConfigurationError when no module provides it, or it cannot be told which one is meant.
   */
  get(reference: RuleReference, module: Module | undefined): RegisteredRule {
    if (typeof reference !== 'function') return this.instance(reference);
    const candidates = this.discovery
      .getProviders()
      .filter(({ token, metatype }) => token === reference || metatype === reference);
    for (const level of levelsOf(module)) {
      const near = candidates.filter(({ host }) => host !== undefined && level.has(host));
      if (near.length > 0) return this.only(near);
    }
    if (candidates.length > 0) return this.only(candidates);
    throw new ConfigurationError(
      `names the rule ${reference.name}, which no module provides: add it to the providers of ${module?.metatype.name ?? 'its module'}`,
    );
  }

  private instance(rule: Rule<never, never>): RegisteredRule {
    const known = this.instances.get(rule) ?? { rule, name: nameOf(rule) };
    this.instances.set(rule, known);
    return known;
  }

  private only([first, ...others]: readonly ProviderWrapper[]): RegisteredRule {
    if (others.every((other) => isMadeAlike(other, first!))) return this.provided(first!);
    throw new ConfigurationError(
      `names the rule ${String(first!.name)}, which several modules provide with different dependencies: provide it in the module of the controller`,
    );
  }

  private provided(wrapper: ProviderWrapper): RegisteredRule {
    const known = this.providers.get(wrapper);
    if (known !== undefined) return known;
    const name = String(wrapper.name);
    if (!isSingleton(wrapper)) {
      throw new ConfigurationError(
        `names the rule ${name}, which is made per request and is known only after app.init(): call it first`,
      );
    }
    const rule = asRule(wrapper.instance, name);
    const registered: RegisteredRule = { rule, name, provider: wrapper };
    this.providers.set(wrapper, registered);
    return registered;
  }
}

function asRule(made: unknown, name: string): Rule<never, never> {
  if (made instanceof Rule) return made;
  throw new ConfigurationError(
    `names the rule ${name}, whose provider is no Rule: have its class extend Rule, or provide rule(...)`,
  );
}

/** Whether two rules decide alike: they are the same, or made of the same class and dependencies. */
export function asksSameRule(a: RegisteredRule, b: RegisteredRule): boolean {
  if (a === b) return true;
  return (
    a.provider !== undefined && b.provider !== undefined && isMadeAlike(a.provider, b.provider)
  );
}

function isRuleProvider({ token, metatype }: ProviderWrapper): boolean {
  return [token, metatype].some((type) => typeof type === 'function' && isRuleReference(type));
}

/** A rule of `rule()` is called by its words. Others are called by their class, which bundlers may rename. */
function nameOf(rule: Rule<never, never>): string {
  return rule instanceof AskedRule ? JSON.stringify(rule.description) : rule.constructor.name;
}

/** A module, then the modules that it imports, then those that they import, and so on. */
function* levelsOf(module: Module | undefined): Iterable<ReadonlySet<Module>> {
  const seen = new Set<Module>();
  let level = new Set(module === undefined ? [] : [module]);
  while (level.size > 0) {
    yield level;
    level.forEach((one) => seen.add(one));
    level = new Set(
      [...level].flatMap(({ imports }) => [...imports]).filter((one) => !seen.has(one)),
    );
  }
}

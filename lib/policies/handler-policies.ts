import type { AuthModuleOptions } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { PlacedDeclaration } from '../requirements/declaration.js';
import {
  classDeclarations,
  type DeclaredMethod,
  methodDeclarations,
} from '../requirements/declared-method.js';
import {
  isRequirement,
  isSchemeReference,
  NOT_A_REQUIREMENT,
  type Requirement,
} from '../requirements/requirement.js';
import { Always } from './always.js';
import { assertParametersFit } from './boot-checks.js';
import { isBelowRoot, type Recognise, type Recognisers } from './handler-kinds.js';
import { compilePolicy, demandsSame, type Policy, type PolicyOptions, scopesOf } from './policy.js';
import { withPlace } from './problems.js';
import { type Host, type HostMethod, prototypeOf } from './route-handlers.js';
import type { RuleRegistry } from './rule-registry.js';
import type { RegisteredScheme, SchemeRegistry } from './scheme-registry.js';

/** Makes the policy of a handler from all that is declared for it. */
export class HandlerPolicies {
  /** By class: the policy of its handlers that declare nothing themselves, which are most. */
  private readonly shared = new Map<Host, Policy | null>();
  /** By class: what it declares, which applies to each of its methods that declare something themselves. */
  private readonly ofClasses = new Map<Host, readonly PlacedDeclaration[]>();
  /** By scheme and scopes: policies that many handlers declare alike, each for itself. */
  private readonly alike = new Map<RegisteredScheme, Map<string, Policy>>();
  /**
   * The options for handlers that are reached only through a guarded one, to which the application's default does not
   * apply.
   */
  private readonly optionsOfFields: PolicyOptions;
  private always: Always | undefined;

  constructor(
    private readonly options: AuthModuleOptions,
    private readonly registry: SchemeRegistry,
    private readonly rules: RuleRegistry,
    private readonly recognisers: Recognisers,
  ) {
    const { security: _default, ...others } = options;
    this.optionsOfFields = { ...others, undeclared: 'allow', standsAlone: true };
  }

  /**
   * Finds the schemes, and what is required of every handler.
   *
   * @throws ConfigurationError when that is declared wrongly.
   */
  prepare(): void {
    this.registry.all();
    this.always ??= Always.of(this.options, (reference) => this.registry.get(reference));
  }

  /**
   * The policy of something that is served without being a handler.
   *
   * @throws ConfigurationError when it is declared wrongly.
   */
  ofRequirement(requirement: Requirement, scopes: readonly string[], place: string): Policy {
    if (!isRequirement(requirement)) {
      throw new ConfigurationError(`${place}: its security ${NOT_A_REQUIREMENT}`);
    }
    return withPlace(place, () =>
      compilePolicy(
        [{ requirement, scopes, place }],
        this.options,
        (reference) => this.registry.get(reference),
        (reference) => this.rules.get(reference, undefined),
      )!,
    );
  }

  /**
   * What a handler requires; `null` where neither it nor the application declares anything.
   *
   * @param standsAlone Whether only what the method declares itself counts. Default: whether it is reached only through
   * a guarded handler.
   * @throws ConfigurationError naming the controller and the handler.
   */
  of(
    handler: HostMethod,
    standsAlone = isBelowRoot(handler.handler, handler.controller),
  ): Policy | null {
    const { controller, name, host } = handler;
    const method = {
      type: controller,
      prototype: prototypeOf(host),
      name,
      standsAlone,
      isHandler: this.isHandler,
    };
    return withPlace(`${controller.name}.${name}`, () => {
      const declarations = methodDeclarations(method);
      const own =
        standsAlone || declarations.length > 0
          ? this.compilePolicy(declarations, method, host)
          : this.sharedPolicy(method, host);
      const isBeside = this.always !== undefined && !standsAlone;
      const policy = isBeside ? this.always!.beside(own) : own;
      assertParametersFit(handler, own, policy);
      return policy;
    });
  }

  private readonly isHandler = (method: Function, type: Function, name: string): boolean =>
    Object.values(this.recognisers)
      .flat()
      .some((recognise: Recognise) => recognise(method, type, name) !== undefined);

  private sharedPolicy(method: DeclaredMethod, host: Host): Policy | null {
    const shared = this.shared.get(host);
    if (shared !== undefined) return shared;
    const policy = this.compilePolicy([], method, host);
    this.shared.set(host, policy);
    return policy;
  }

  /**
   * A decorated function may stand under two names. What the other method declares is then required here as well, but
   * never makes this one public, as either may be the copy.
   */
  private compilePolicy(
    ofMethod: readonly PlacedDeclaration[],
    method: DeclaredMethod,
    host: Host,
  ): Policy | null {
    const all = method.standsAlone
      ? ofMethod
      : [...ofMethod, ...this.classDeclarations(method, host)];
    const declarations = this.withoutOpening(all, method, host);
    const isAllItsOwn = declarations.every(({ copied }) => copied !== true);
    if (isAllItsOwn) return this.policyFor(declarations, method, host);
    const own = declarations.filter(({ copied }) => copied !== true);
    const policy = this.policyFor(own, method, host);
    const whole = this.policyFor(declarations, method, host);
    if (policy === null) return whole === null || whole.anonymous ? null : whole;
    if (demandsSame(policy, whole)) return policy;
    const places = declarations.filter(({ copied }) => copied).map(({ place }) => place);
    throw new ConfigurationError(
      `is one function with ${places.join(', ')}, which requires something else: declare on both what each requires, or give each a method of its own`,
    );
  }

  private classDeclarations(method: DeclaredMethod, host: Host): readonly PlacedDeclaration[] {
    const known = this.ofClasses.get(host) ?? classDeclarations(method);
    this.ofClasses.set(host, known);
    return known;
  }

  /** Drops declarations that a mixin's class lends by its `constructor`, where they would make the handler public. */
  private withoutOpening(
    declarations: readonly PlacedDeclaration[],
    method: DeclaredMethod,
    host: Host,
  ): readonly PlacedDeclaration[] {
    if (declarations.every(({ lent }) => lent !== true)) return declarations;
    const own = declarations.filter(({ lent }) => lent !== true);
    return this.policyFor(declarations, method, host)?.anonymous ? own : declarations;
  }

  /**
   * Most handlers ask one scheme for the same scopes as others do: they share one policy, which differs only by its
   * source.
   */
  private policyFor(
    declarations: readonly PlacedDeclaration[],
    method: DeclaredMethod,
    host: Host,
  ): Policy | null {
    const nearest = declarations.find(({ requirement }) => requirement !== undefined);
    const isPlain =
      isSchemeReference(nearest?.requirement) &&
      method.standsAlone !== true &&
      declarations.every(({ rules }) => rules === undefined);
    if (!isPlain) return this.compiledFor(declarations, method, host);
    const alike = this.alikeOf(this.registry.get(nearest.requirement));
    const asked = JSON.stringify(scopesOf(declarations));
    const known = alike.get(asked) ?? this.compiledFor(declarations, method, host)!;
    alike.set(asked, known);
    return known.source === nearest.place ? known : { ...known, source: nearest.place };
  }

  private alikeOf(scheme: RegisteredScheme): Map<string, Policy> {
    const known = this.alike.get(scheme) ?? new Map<string, Policy>();
    this.alike.set(scheme, known);
    return known;
  }

  private compiledFor(
    declarations: readonly PlacedDeclaration[],
    { standsAlone = false }: DeclaredMethod,
    { host }: Host,
  ): Policy | null {
    return compilePolicy(
      declarations,
      standsAlone ? this.optionsOfFields : this.options,
      (reference) => this.registry.get(reference),
      (reference) => this.rules.get(reference, host),
    );
  }
}

import {
  type CanActivate,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  UseGuards,
} from '@nestjs/common';
import {
  type ApplicationConfig,
  DiscoveryService,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { atBoot } from '../policies/at-boot.js';
import { applicationConfigOf } from '../policies/nest-container.js';
import { hintOfCopies } from '../requirements/copies.js';
import { replacementOfGuard, replaceGuards } from './guard-replacement.js';
import { SecurityGuard } from './security.guard.js';

type GuardClass = NonNullable<AuthModuleOptions['guardsBefore']>[number];

/**
 * Puts `SecurityGuard` before the application's other global guards, wherever those are registered.
 *
 * Nest keeps them in a list: guards of AppModule enter it first, and `useGlobalGuards` appends to it. Nest reads the
 * list whenever it looks up the guards of a handler: for HTTP when it registers the routes, for messages as early as
 * `connectMicroservice`, for request-scoped controllers at every request. So the list is sorted whenever it is read.
 */
@Injectable()
// Makes the guard known to `overrideGuard` where no controller carries it.
@UseGuards(SecurityGuard)
export class GuardOrder implements OnApplicationBootstrap {
  private readonly config: ApplicationConfig;
  private readonly before: readonly GuardClass[];
  private readonly ranks = new WeakMap<CanActivate, number>();
  private isReplaced = false;

  constructor(
    @Inject(AUTH_OPTIONS) { guardsBefore = [] }: AuthModuleOptions,
    // What a test may have put in place of the guard.
    @Inject(SecurityGuard) private guard: CanActivate,
    private readonly discovery: DiscoveryService,
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
  ) {
    this.before = guardsBefore;
    this.config = applicationConfigOf(moduleRef);
    const read = this.config.getGlobalGuards;
    this.config.getGlobalGuards = () => this.inOrder(read.call(this.config));
  }

  /**
   * Checks that the order can be kept.
   *
   * @throws ConfigurationError where the order cannot be had.
   */
  onApplicationBootstrap(): void {
    atBoot(this.moduleRef, () => this.assertOrder());
  }

  private assertOrder(): void {
    const guards = this.config.getGlobalGuards();
    for (const type of this.before) {
      if (guards.some((guard) => this.isOf(type, guard))) continue;
      const scoped = this.config.getGlobalRequestGuards().some(({ metatype }) => metatype === type);
      throw new ConfigurationError(
        `AuthModule.forRoot(): guardsBefore names ${type.name}, which ${scoped ? 'is made per request, so that Nest runs it after all other global guards: make it a singleton' : 'is no global guard: register it as APP_GUARD or by useGlobalGuards()'}${hintOfCopies()}`,
      );
    }
    if (guards.includes(this.guard)) return;
    throw new ConfigurationError(
      'SecurityGuard is not among the global guards of the application: let AuthModule.forRoot() register it as APP_GUARD',
    );
  }

  private inOrder(guards: CanActivate[]): CanActivate[] {
    this.shareReplacement(guards);
    return guards.sort((a, b) => this.rankOf(a) - this.rankOf(b));
  }

  private shareReplacement(guards: CanActivate[]): void {
    if (this.isReplaced) return;
    this.isReplaced = true;
    const replacement = replacementOfGuard(this.guard, this.modules);
    if (replacement === undefined) return;
    replaceGuards(replacement, guards, this.modules);
    this.guard = replacement;
  }

  private rankOf(guard: CanActivate): number {
    const known = this.ranks.get(guard);
    if (known !== undefined) return known;
    const named = this.before.findIndex((type) => this.isOf(type, guard));
    const rank = named !== -1 ? named : this.before.length + (guard === this.guard ? 0 : 1);
    this.ranks.set(guard, rank);
    return rank;
  }

  /** Whether a guard is an instance of a class, or what a test put in place of that class. */
  private isOf(type: GuardClass, guard: CanActivate): boolean {
    return (
      guard instanceof type ||
      this.discovery
        .getProviders()
        .some(({ token, instance }) => token === type && instance === guard)
    );
  }
}

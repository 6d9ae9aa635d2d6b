import type ts from 'typescript';
import { AccessReader } from './access.js';
import { type Handlers, readHandlers } from './application.js';
import type { RolesGuard, SchemePlan } from './facts.js';
import { HandlerChecks } from './handler-checks.js';
import { importCycle } from './import-cycles.js';
import { inheritanceObstacles } from './inheritance.js';
import { Marks, ruleFileOf } from './marks.js';
import { type GlobalGuard, globalGuards } from './modules.js';
import { Present } from './present.js';
import type { Project } from './project.js';
import { Guards } from './guards.js';
import { providedScheme } from './provided-scheme.js';
import { rootModule } from './root-module.js';
import { Units } from './units.js';

/**
 * Decides which guards are replaced: those without which every handler requires the same as before.
 *
 * It begins with all recognised guards, and gives up those that would change a handler until none does.
 */
export class Plan {
  readonly root: ts.ClassDeclaration;
  readonly guards: Guards;
  readonly handlers: Handlers;
  readonly globals: readonly GlobalGuard[];
  readonly marks: Marks;
  readonly units: Units;
  readonly access: AccessReader;
  readonly present: Present;
  private readonly checks: HandlerChecks;

  /** @throws MigrationError when the application cannot be analysed. */
  constructor(readonly project: Project) {
    this.root = rootModule(project);
    this.guards = new Guards(project);
    this.handlers = readHandlers(project, this.guards);
    this.globals = globalGuards(project, this.guards);
    this.marks = new Marks(project, this.handlers);
    this.units = new Units(this.globals);
    this.access = new AccessReader(this.globals, this.handlers.routes, this.marks, this.units);
    this.present = new Present(project, this.root);
    this.checks = new HandlerChecks(this.access, this.units, this.present);
    this.leaveWhatIsOdd();
    let left: number;
    do {
      left = this.units.leftCount;
      for (const handler of this.handlers.routes) this.checks.check(handler);
    } while (this.units.leftCount > left);
  }

  /** The global guards that stay and that ran before the first replaced one. */
  guardsBefore(): readonly GlobalGuard[] {
    const { globals, units } = this;
    const first = globals.findIndex(
      ({ guard, node }) => guard.kind === 'authenticates' && units.isReplaced(guard, node),
    );
    const before = first === -1 ? globals : globals.slice(0, first);
    return before.filter(({ guard, node }) => !units.isReplaced(guard, node));
  }

  private leaveWhatIsOdd(): void {
    for (const [key, guards] of this.access.guardsByMark) {
      const obstacle = this.marks.obstacleToMark(key, guards);
      if (obstacle !== undefined) this.units.leave(key, obstacle);
    }
    for (const guard of this.access.rolesGuards) {
      const obstacle =
        this.marks.obstacleToRoles(guard) ?? this.stayingRoles(guard) ?? this.ruleClash(guard);
      if (obstacle !== undefined) this.units.leave(guard.declaration, obstacle);
    }
    this.leaveGlobals();
    this.leaveInherited();
    this.leaveUnprovided();
    this.leaveCycles();
  }

  /** Why a global guard of roles stays: before callers are known, it decides without them. */
  private stayingRoles(guard: RolesGuard): string | undefined {
    const at = this.globals.findIndex(({ guard: other }) => other === guard);
    if (at !== -1 && this.isRequiredForAll(this.globals[at]!))
      return 'security of AuthModule is there already: write its @Roles as @Authorize(...) with a rule by hand, then remove it';
    const isAfter = this.globals
      .slice(0, at)
      .some(({ guard: { kind } }) => kind === 'authenticates');
    return at === -1 || isAfter
      ? undefined
      : 'it is global, and runs before the guard that knows who calls';
  }

  /** Whether `SecurityGuard` knows who calls before a global guard runs. */
  private isRequiredForAll({ type }: GlobalGuard): boolean {
    const { options } = this.present;
    const [security, before] = ['security', 'guardsBefore'].map((name) =>
      options?.properties.find((property) => property.name?.getText() === name)?.getText(),
    );
    return security !== undefined && before?.includes(type.text) !== true;
  }

  private ruleClash(guard: RolesGuard): string | undefined {
    if (this.access.rolesGuards.size > 1) return 'it is one of several guards of roles';
    const file = ruleFileOf(this.marks, guard);
    if (!this.project.ts.sys.fileExists(file)) return undefined;
    return `${this.project.nameOf(file)} is there already`;
  }

  private leaveGlobals(): void {
    const { project, units, handlers } = this;
    const asking = this.globals.filter(({ guard }) => guard.kind === 'authenticates');
    const [other] = handlers.others;
    for (const { guard, node } of this.globals) {
      if (guard.kind === 'unknown') continue;
      const unit = units.of(guard, node);
      if (other) {
        units.leave(
          unit,
          `${project.placeOf(other)} is no HTTP handler, and what holds for the whole application counts there too`,
        );
      }
      if (guard.kind === 'authenticates' && asking.length > 1)
        units.leave(unit, this.severalGlobals(asking));
    }
    const obstacle = this.present.obstacle ?? this.unnamedGuard() ?? this.scopedGuard();
    if (obstacle !== undefined) this.leaveAll(obstacle);
  }

  /** Why global guards stay. An application that is started in two ways may name one guard in both. */
  private severalGlobals(asking: readonly GlobalGuard[]): string {
    const { project } = this;
    const names = new Set(asking.map(({ type }) => project.classOf(type) ?? type));
    if (names.size > 1) return 'it is one of several global guards that must all let a request in';
    const places = asking.map(({ node }) => project.placeOf(node)).join(', ');
    return `it is used in several places (${places}): provide it once, as { provide: APP_GUARD, useClass: ${asking[0]!.type.text} } in the root module`;
  }

  private unnamedGuard(): string | undefined {
    const { options } = this.present;
    const isNamed = options === undefined || /\bguardsBefore\b/.test(options.getText());
    return this.globals.length === 0 || isNamed
      ? undefined
      : 'AuthModule is there already: name the global guards that run first in its guardsBefore';
  }

  /**
   * Why a request-scoped global guard is an obstacle: Nest runs it after all other global guards, whatever
   * `guardsBefore` names.
   */
  private scopedGuard(): string | undefined {
    const { project } = this;
    for (const { type, guard } of this.globals) {
      const declaration = project.classOf(type);
      const isScoped = declaration && /@Injectable\([^)]*scope/s.test(declaration.getText());
      if (isScoped) return `the global guard ${guard.name} is made per request`;
    }
    return undefined;
  }

  private leaveAll(reason: string): void {
    for (const handler of this.handlers.routes) this.checks.leaveChain(handler, reason);
  }

  private leaveInherited(): void {
    const obstacles = inheritanceObstacles(this.project, this.handlers.routes);
    for (const handler of this.handlers.routes) {
      const obstacle = obstacles.get(handler.type.node);
      if (obstacle !== undefined) this.checks.leaveChain(handler, obstacle);
    }
    const unseen = [...obstacles].find(
      ([node]) => !this.handlers.routes.some(({ type }) => type.node === node),
    );
    if (unseen === undefined) return;
    for (const { guard, node } of this.globals) {
      if (guard.kind === 'unknown') continue;
      this.units.leave(
        this.units.of(guard, node),
        `${this.project.placeOf(unseen[0])}: ${unseen[1]}`,
      );
    }
  }

  private leaveUnprovided(): void {
    for (const handler of this.handlers.routes) {
      for (const { guard, node } of this.access.chainOf(handler)) {
        if (guard.kind !== 'authenticates') continue;
        const missing = guard.schemes.find(
          (scheme) => scheme.isListed !== true && providedScheme(this, scheme) === undefined,
        );
        if (missing)
          this.units.leave(
            this.units.of(guard, node),
            `no module was found to provide ${missing.className} in`,
          );
      }
    }
  }

  /** Leaves guards of which a scheme would close a cycle of imports. */
  private leaveCycles(): void {
    for (const handler of this.handlers.routes) {
      for (const { guard, node, isGlobal } of this.access.chainOf(handler)) {
        if (guard.kind !== 'authenticates') continue;
        const user = (isGlobal ? this.root : node).getSourceFile();
        for (const scheme of guard.schemes) {
          const obstacle = this.cycleOf(scheme, user);
          if (obstacle !== undefined) this.units.leave(this.units.of(guard, node), obstacle);
        }
      }
    }
  }

  private cycleOf(scheme: SchemePlan, user: ts.SourceFile): string | undefined {
    const module = scheme.isListed ? undefined : providedScheme(this, scheme)?.list.getSourceFile();
    // A module imports what it provides before the scheme, unless it declares that itself.
    const isLate = module === scheme.provider.getSourceFile();
    const late = isLate ? importCycle(this.project, scheme, module) : undefined;
    return late ?? importCycle(this.project, scheme, user);
  }
}

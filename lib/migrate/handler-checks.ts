import type { AccessReader, ChainedGuard } from './access.js';
import type { Handler } from './application.js';
import type { Present } from './present.js';
import { replacedAt, type Units } from './units.js';

/** Compares what handlers require before and after, and leaves the units that would change that. */
export class HandlerChecks {
  constructor(
    private readonly access: AccessReader,
    private readonly units: Units,
    private readonly present: Present,
  ) {}

  /** Leaves all guards of a handler of the given kinds as they are. */
  leaveChain(
    handler: Handler,
    reason: string,
    kinds: readonly string[] = ['authenticates', 'roles'],
  ): void {
    for (const { guard, node } of this.access.chainOf(handler)) {
      if (guard.kind !== 'unknown' && kinds.includes(guard.kind)) {
        this.units.leave(this.units.of(guard, node), reason);
      }
    }
  }

  /** Leaves the units that would change what a handler requires. */
  check(handler: Handler): void {
    if (this.present.isDeclared(handler)) {
      this.leaveChain(
        handler,
        `${handler.name} is under @Security or @Public already, and guards add up`,
      );
    }
    this.checkOrder(handler);
    this.checkLevels(handler);
    const before = this.access.before(handler);
    const after = this.access.after(handler);
    if (!isSameSet(before.authentications, after.authentications)) {
      const asked = [...before.authentications].join(' and ') || 'nothing';
      this.leaveChain(
        handler,
        `${handler.name} asks for ${asked} by guards that add up or give way, which one @Security would not`,
        ['authenticates'],
      );
    }
    if (!isSameList(before.roles, after.roles)) {
      this.leaveRoles(
        `the roles of ${handler.name} and of its class, or its @Public, would count otherwise as rules`,
      );
    } else if (after.roles.length > 0 && !after.isDeclared) {
      this.leaveRoles(`${handler.name} names roles, and nothing that is replaced says who calls`);
    }
  }

  private leaveRoles(reason: string): void {
    for (const { declaration } of this.access.rolesGuards) this.units.leave(declaration, reason);
  }

  /**
   * Leaves authenticating guards that run after another guard of a class or method: `SecurityGuard` would run before
   * that one.
   */
  private checkOrder(handler: Handler): void {
    let earlier: ChainedGuard | undefined;
    for (const chained of this.access.chainOf(handler)) {
      const { guard, node, isGlobal } = chained;
      if (isGlobal) continue;
      if (guard.kind !== 'authenticates') earlier ??= chained;
      else if (earlier !== undefined) {
        this.units.leave(this.units.of(guard, node), `${earlier.guard.name} runs before it`);
        if (earlier.guard.kind === 'roles')
          this.leaveRoles(`it runs before ${guard.name} on ${handler.name}`);
      }
    }
  }

  /** Leaves guards where a class or method would get two requirements, with which the application would not boot. */
  private checkLevels({ type, method, name }: Handler): void {
    for (const level of [type, method]) {
      const declared = this.access.declaredAt(level) ?? [];
      const isBoth = declared.length > 0 && this.access.isMadePublic(level);
      const replaced = replacedAt(this.units, level, 'authenticates');
      const written = new Set(replaced.map(({ decorator }) => decorator)).size;
      if (declared.length < 2 && written < 2 && !isBoth) continue;
      for (const { guard } of level.guards) {
        if (guard.kind !== 'authenticates') continue;
        const reason = isBoth
          ? 'is marked public'
          : `has ${level.guards.map((one) => one.guard.name).join(' and ')}`;
        this.units.leave(this.units.of(guard, level.node), `${name} ${reason} besides`);
      }
    }
  }
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

import type ts from 'typescript';
import type { AppliedGuard, Level } from './application.js';
import type { AuthenticatingGuard, Guard, RolesGuard } from './facts.js';
import type { GlobalGuard } from './modules.js';

/**
 * A group of guards that is migrated as a whole or not at all: one guard on one controller or method; all uses of a
 * guard that is global or that a mark switches off, with the mark; all uses of a guard of roles, with the roles.
 */
export type Unit = ts.Node;

/** Which unit each guard belongs to, and which of them stay as they are. */
export class Units {
  private readonly stays = new Map<Unit, string>();
  private readonly globals = new Map<ts.ClassDeclaration, Unit>();

  constructor(globals: readonly GlobalGuard[]) {
    for (const { guard, node } of globals) {
      if (guard.kind === 'authenticates' && guard.declaration && guard.mark === undefined) {
        this.globals.set(guard.declaration, node);
      }
    }
  }

  /** The unit of a guard where it is applied. */
  of(guard: AuthenticatingGuard | RolesGuard, node: ts.Node): Unit {
    if (guard.kind === 'roles') return guard.declaration;
    const isGlobal = guard.declaration && this.globals.get(guard.declaration);
    return guard.mark?.key ?? isGlobal ?? node;
  }

  /** Leaves a unit as it is; the first reason is the one that is reported. */
  leave(unit: Unit, reason: string): void {
    if (!this.stays.has(unit)) this.stays.set(unit, reason);
  }

  isLeft(unit: Unit): boolean {
    return this.stays.has(unit);
  }

  get leftCount(): number {
    return this.stays.size;
  }

  /** Why a guard stays where it is applied; `undefined` where it is replaced. */
  reasonOf(guard: Guard, node: ts.Node): string | undefined {
    return guard.kind === 'unknown' ? guard.reason : this.stays.get(this.of(guard, node));
  }

  isReplaced(guard: Guard, node: ts.Node): guard is AuthenticatingGuard | RolesGuard {
    return this.reasonOf(guard, node) === undefined;
  }
}

/** The guards of a level that are replaced, of one kind. */
export function replacedAt<Kind extends 'authenticates' | 'roles'>(
  units: Units,
  { guards, node }: Level,
  kind: Kind,
): (AppliedGuard & { readonly guard: Extract<Guard, { kind: Kind }> })[] {
  return guards.filter(
    (applied): applied is AppliedGuard & { readonly guard: Extract<Guard, { kind: Kind }> } =>
      applied.guard.kind === kind && units.isReplaced(applied.guard, node),
  );
}

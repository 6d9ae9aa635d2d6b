import type ts from 'typescript';
import type { Handler, Level } from './application.js';
import type { AuthenticatingGuard, Guard, RolesGuard } from './facts.js';
import type { Marks } from './marks.js';
import type { GlobalGuard } from './modules.js';
import { replacedAt, type Units } from './units.js';

/** What a handler requires of a request. */
export interface Access {
  /** Names of schemes; a guard with alternatives counts as one name, such as `A | B`. All are required. */
  readonly authentications: ReadonlySet<string>;
  /** Lists of roles: one role of each list is required. */
  readonly roles: readonly string[];
}

/** A guard of a handler, wherever it is applied. */
export interface ChainedGuard {
  readonly guard: Guard;
  /** The node that applies it: a provider, a statement, a class or a method. */
  readonly node: ts.Node;
  readonly isGlobal: boolean;
}

/** Tells what handlers require before the migration and after it. */
export class AccessReader {
  /** The guards that a mark for public routes switches off, by the mark's key. */
  readonly guardsByMark = new Map<ts.Declaration, AuthenticatingGuard[]>();
  /** Every guard of roles. Its decorators are replaced everywhere, whether or not the guard is applied there. */
  readonly rolesGuards = new Set<RolesGuard>();

  constructor(
    private readonly globals: readonly GlobalGuard[],
    routes: readonly Handler[],
    private readonly marks: Marks,
    private readonly units: Units,
  ) {
    const applied = routes.flatMap(({ type, method }) => [...type.guards, ...method.guards]);
    for (const { guard } of [...globals, ...applied]) this.see(guard);
  }

  /** The guards of a handler in the order in which they run. */
  chainOf({ type, method }: Handler): readonly ChainedGuard[] {
    return [
      ...this.globals.map(({ guard, node }) => ({ guard, node, isGlobal: true })),
      ...[type, method].flatMap(({ guards, node }) =>
        guards.map(({ guard }) => ({ guard, node, isGlobal: false })),
      ),
    ];
  }

  before(handler: Handler): Access {
    const guards = this.chainOf(handler).map(({ guard }) => guard);
    const asked = guards.filter((guard) => guard.kind === 'authenticates');
    const roles = new Set(guards.filter((guard) => guard.kind === 'roles'));
    return {
      authentications: new Set(
        asked.filter((guard) => !this.isOpen(guard, handler)).map(requirementOf),
      ),
      roles: [...roles].flatMap((guard) => this.rolesBefore(guard, handler)),
    };
  }

  after(handler: Handler): Access & { readonly isDeclared: boolean } {
    const { units } = this;
    const declared =
      this.declaredAt(handler.method) ?? this.declaredAt(handler.type) ?? this.declaredForAll();
    const left = this.chainOf(handler)
      .filter(({ guard, node }) => guard.kind === 'authenticates' && !units.isReplaced(guard, node))
      .map(({ guard }) => guard as AuthenticatingGuard)
      .filter((guard) => !this.isOpen(guard, handler));
    const chain = this.chainOf(handler);
    const roles = new Set(
      chain.map(({ guard }) => guard).filter((guard) => guard.kind === 'roles'),
    );
    return {
      authentications: new Set([...(declared ?? []), ...left.map(requirementOf)]),
      roles: this.rolesAfter(handler, roles, declared),
      isDeclared: declared !== undefined && declared.length > 0,
    };
  }

  /** The requirements that the migration would declare on a class or a method; empty where it would be public. */
  declaredAt(level: Level): readonly string[] | undefined {
    const replaced = replacedAt(this.units, level, 'authenticates').map(({ guard }) =>
      requirementOf(guard),
    );
    if (replaced.length > 0) return [...new Set(replaced)];
    return this.isMadePublic(level) ? [] : undefined;
  }

  /** Whether a class or a method would get this package's `@Public`. */
  isMadePublic(level: Level): boolean {
    return this.marksReplaced().some((key) => this.marks.on(key, level).length > 0);
  }

  /** The marks that are replaced by `@Public` of this package. */
  marksReplaced(): readonly ts.Declaration[] {
    return [...this.guardsByMark.keys()].filter((key) => !this.units.isLeft(key));
  }

  private see(guard: Guard): void {
    if (guard.kind === 'roles') this.rolesGuards.add(guard);
    if (guard.kind !== 'authenticates' || guard.mark === undefined) return;
    const { key } = guard.mark;
    this.guardsByMark.set(key, [...(this.guardsByMark.get(key) ?? []), guard]);
  }

  private declaredForAll(): readonly string[] | undefined {
    const replaced = this.globals.filter(({ guard, node }) => this.units.isReplaced(guard, node));
    const asked = replaced
      .map(({ guard }) => guard)
      .filter((guard) => guard.kind === 'authenticates');
    return asked.length === 0 ? undefined : asked.map(requirementOf);
  }

  private isOpen({ mark }: AuthenticatingGuard, { type, method }: Handler): boolean {
    if (mark === undefined) return false;
    return this.marks.isMarked(mark, method) || (mark.onClasses && this.marks.isMarked(mark, type));
  }

  private rolesBefore(guard: RolesGuard, { type, method }: Handler): string[] {
    const own = this.marks.rolesAt(guard, method);
    const found = own ?? (guard.onClasses ? this.marks.rolesAt(guard, type) : undefined);
    return found === undefined ? [] : [found];
  }

  private rolesAfter(
    handler: Handler,
    guards: ReadonlySet<RolesGuard>,
    declared: readonly string[] | undefined,
  ): readonly string[] {
    const replaced = [...this.rolesGuards].filter((guard) => !this.units.isLeft(guard.declaration));
    const kept = [...guards].filter((guard) => this.units.isLeft(guard.declaration));
    const isPublic = declared?.length === 0;
    return [
      ...kept.flatMap((guard) => this.rolesBefore(guard, handler)),
      ...(isPublic ? [] : replaced).flatMap((guard) =>
        [handler.type, handler.method].flatMap((level) => this.marks.rolesAt(guard, level) ?? []),
      ),
    ];
  }
}

/** Such as `JwtToken`, or `JwtToken | ApiKey` for either. */
export function requirementOf({ schemes }: AuthenticatingGuard): string {
  return schemes.map(({ className }) => className).join(' | ');
}

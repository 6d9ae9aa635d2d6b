import type ts from 'typescript';

/** A class that will take the place of guards: what is written, and where it is provided. */
export interface SchemePlan {
  readonly className: string;
  readonly kind: 'bearer' | 'basic' | 'apiKey';
  /** The file that declares it. */
  readonly file: string;
  /** Its source; `undefined` where it was there before. */
  readonly source: ((options: SchemeOptions) => string) | undefined;
  /** What it stands beside in a module's providers. */
  readonly provider: ts.ClassDeclaration;
}

/** What the application's document says of a scheme. */
export interface SchemeOptions {
  readonly schemeName?: string;
  /** The source text of a string. */
  readonly description?: string;
}

/** Metadata by which a guard lets every request in. */
export interface PublicMark {
  readonly key: ts.Declaration;
  /** Whether it counts on the class, too. */
  readonly onClasses: boolean;
}

/** A guard that finds out who calls. */
export interface AuthenticatingGuard {
  readonly kind: 'authenticates';
  readonly name: string;
  /** The alternatives. */
  readonly schemes: readonly SchemePlan[];
  readonly mark?: PublicMark;
  readonly declaration?: ts.ClassDeclaration;
}

/** A guard that asks for one of the roles that a decorator names. */
export interface RolesGuard {
  readonly kind: 'roles';
  readonly name: string;
  readonly declaration: ts.ClassDeclaration;
  /** What the metadata is kept under: the key, or the decorator itself. */
  readonly key: ts.Declaration;
  /** Whether a handler's roles replace its class's; otherwise only the handler's count. */
  readonly onClasses: boolean;
  /** The property of the user: several roles, or one. */
  readonly property: string;
  readonly many: boolean;
}

/** A guard that stays, and why. */
export interface UnknownGuard {
  readonly kind: 'unknown';
  readonly name: string;
  readonly reason: string;
}

export type Guard = AuthenticatingGuard | RolesGuard | UnknownGuard;

export function unknown(name: string, reason: string): UnknownGuard {
  return { kind: 'unknown', name, reason };
}

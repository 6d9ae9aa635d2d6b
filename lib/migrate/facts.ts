import type ts from 'typescript';

/** A scheme class that replaces guards: its source, and where it is provided. */
export interface SchemePlan {
  readonly className: string;
  readonly kind: 'bearer' | 'basic' | 'apiKey';
  /** The file that declares it. */
  readonly file: string;
  /** Its source; `undefined` where it was there before. */
  readonly source: ((options: SchemeOptions) => string) | undefined;
  /** Whether a module lists it already. Default: `false`. */
  readonly isListed?: boolean;
  /** The class that it is listed beside in a module's providers. */
  readonly provider: ts.ClassDeclaration;
}

/** The options of a scheme that come from the application's document. */
export interface SchemeOptions {
  readonly schemeName?: string;
  /** The source text of a string. */
  readonly description?: string;
}

/** Metadata by which a guard lets every request in. */
export interface PublicMark {
  readonly key: ts.Declaration;
  /** Whether the guard also reads it on the class. */
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
  /** The declaration of the metadata's key, or of the decorator where that is the key. */
  readonly key: ts.Declaration;
  /** Whether a handler's roles replace its class's; otherwise only the handler's count. */
  readonly onClasses: boolean;
  /** The property of the user that holds the roles or, unless `many`, the role. */
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

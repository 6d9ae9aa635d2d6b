/** A random application as plain data, so that a failing one prints itself. */
export interface ApplicationSpec {
  /** A class may extend an earlier one; those with a path are controllers. */
  readonly classes: readonly ClassSpec[];
  /** The application's default requirement. */
  readonly security: Expression | undefined;
  /** What is required of every route beside its own. */
  readonly always: Expression | undefined;
  readonly undeclared: 'allow' | 'deny' | 'throw' | undefined;
  readonly prefix: string | undefined;
  readonly versioned: boolean;
  readonly openapi: '3.0.0' | '3.1.0';
  /** Whether the document has a `security` of its own. */
  readonly documentDefault: boolean;
  readonly adapter: number;
  /** Requests to every route, beside those made from its alternatives. */
  readonly requests: readonly SentSpec[];
}

export interface ClassSpec {
  readonly name: string;
  readonly parent: number | undefined;
  readonly declaration: DeclarationSpec;
  readonly methods: readonly MethodSpec[];
  readonly controller: ControllerSpec | undefined;
}

export interface ControllerSpec {
  readonly severalPaths: boolean;
  readonly versions: Versions;
}

export interface MethodSpec {
  readonly name: string;
  readonly declaration: DeclarationSpec;
  /** Without it, a method that overrides a handler is no route. */
  readonly route: RouteSpec | undefined;
}

export interface RouteSpec {
  readonly verb: Verb;
  readonly severalPaths: boolean;
  readonly versions: Versions;
}

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'ALL';

/** `neutral` stands for `VERSION_NEUTRAL`; none at all inherits the controller's. */
export type Versions = readonly string[] | undefined;

export interface DeclarationSpec {
  readonly requirement: Expression | undefined;
  /** The second argument of `@Security`. */
  readonly securityScopes: readonly string[];
  /** The arguments of `@Scopes`. */
  readonly scopes: readonly string[];
}

export type Expression =
  | 'anonymous'
  | { readonly scheme: SchemeName }
  | { readonly optional: Expression }
  | { readonly withScopes: Expression; readonly scopes: readonly string[] }
  | { readonly anyOf: readonly Expression[] }
  | { readonly allOf: readonly Expression[] };

export const SCHEME_NAMES = [
  'HeaderKey',
  'QueryKey',
  'CookieKey',
  'Login',
  'Token',
  'Code',
  'Oidc',
  'Soft',
  'Plain',
  'Stray',
] as const;

export type SchemeName = (typeof SCHEME_NAMES)[number];

/** What a request carries. */
export interface SentSpec {
  /** The schemes whose places in the request are filled. */
  readonly carried: readonly SchemeName[];
  /** The schemes that accept what is there, and what they grant. */
  readonly grants: Readonly<Partial<Record<SchemeName, readonly string[]>>>;
}

export interface NamedRoute {
  readonly controller: number;
  readonly className: string;
  readonly method: MethodSpec;
  readonly route: RouteSpec;
}

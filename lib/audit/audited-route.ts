/**
 * Who may call a route: anybody, anybody with a login taken into account, only those with credentials, or
 * nobody has said.
 *
 * @publicApi
 */
export type RouteAccess = 'public' | 'optional' | 'protected' | 'undeclared';

/**
 * A route and the policy it is under.
 *
 * @publicApi
 */
export interface AuditedRoute {
  /** The HTTP method, or `ALL`. */
  readonly method: string;
  /** The path as Nest registers it: global prefix, module path and URI version included. */
  readonly path: string;
  /** The version of a route that is versioned other than by its path. */
  readonly version?: string;
  readonly controller: string;
  readonly handler: string;
  readonly access: RouteAccess;
  /** The requirement in words, such as `UserToken and ServiceKey, or anonymous`. */
  readonly requirement: string;
  readonly scopes: readonly string[];
  /** What must allow a call beside, in the rules' own words and in the order that they are asked; absent where nothing must. */
  readonly rules?: readonly string[];
  /** Where the requirement is declared; `undefined` when it is not. */
  readonly source: string | undefined;
  /** A `security` that the route documents itself and that its policy contradicts. */
  readonly contradiction?: string;
}

/**
 * Who may call a handler.
 *
 * `public`: anybody. `optional`: anybody, with a login taken into account. `protected`: only callers with credentials.
 * `inherited`: whoever may query the object that it is a field of. `undeclared`: nobody has said.
 *
 * @publicApi
 */
export type RouteAccess = 'public' | 'optional' | 'protected' | 'inherited' | 'undeclared';

/**
 * A handler and the policy it is under.
 *
 * @publicApi
 */
export interface AuditedRoute {
  /** The context in which it is called: `http`, `graphql`, `ws`, `rpc`, `mcp`, or another reader's. */
  readonly kind: string;
  /** The HTTP method, or `ALL`; elsewhere such as `QUERY`, `FIELD`, `MESSAGE` or `RPC`. */
  readonly method: string;
  /**
   * The path as Nest registers it: global prefix, module path and URI version included; elsewhere such as
   * `Item.secret`, `/chat "me"` or a pattern.
   */
  readonly path: string;
  /** The version of a route that is versioned other than by its path. */
  readonly version?: string;
  /**
   * The host that its controller serves, if it names one, such as `api.example.com`; a regular expression as its text.
   */
  readonly host?: string;
  readonly controller: string;
  readonly handler: string;
  readonly access: RouteAccess;
  /** What the handler itself declares, where only the `always` requirement of `AuthModule` keeps callers out. */
  readonly declared?: 'public' | 'optional' | 'undeclared';
  /** The requirement in words, such as `UserToken and ServiceKey, or anonymous`. */
  readonly requirement: string;
  readonly scopes: readonly string[];
  /**
   * The names of other guards on a route that declares nothing: whom they let in is not known. `ConnectionGuard` on a
   * `CONNECT` of a gateway that was not set up: it may be protected.
   */
  readonly guards?: readonly string[];
  /**
   * The rules that must allow a call as well, in their own words and in the order they are asked; absent where there
   * are none.
   */
  readonly rules?: readonly string[];
  /** Where the requirement is declared; `undefined` where there is none. */
  readonly source: string | undefined;
  /** A `security` that the route documents itself and that its policy contradicts. */
  readonly contradiction?: string;
}

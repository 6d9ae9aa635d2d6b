/**
 * Who may call a handler: anybody, anybody with a login taken into account, only those with credentials, whoever
 * may ask for what it is a field of, or nobody has said.
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
  /** The host of a route whose controller is for one, such as `api.example.com`; a pattern as it is printed. */
  readonly host?: string;
  readonly controller: string;
  readonly handler: string;
  readonly access: RouteAccess;
  /** What the handler itself declares, where nobody is let in but by what `AuthModule` requires of it `always`. */
  readonly declared?: 'public' | 'optional' | 'undeclared';
  /** The requirement in words, such as `UserToken and ServiceKey, or anonymous`. */
  readonly requirement: string;
  readonly scopes: readonly string[];
  /** Other guards of a route that declares nothing, by their names: whom they let in is not known. */
  readonly guards?: readonly string[];
  /** The rules that must allow a call besides, in their own words and in the order they are asked; absent where none must. */
  readonly rules?: readonly string[];
  /** Where the requirement is declared; `undefined` when it is not. */
  readonly source: string | undefined;
  /** A `security` that the route documents itself and that its policy contradicts. */
  readonly contradiction?: string;
}

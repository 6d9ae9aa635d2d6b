import type { Authentication, MaybePromise } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import type {
  AllOf,
  AnyOf,
  Anonymous,
  Requirement,
  SchemeReference,
  WithScopes,
} from './requirement.js';

/**
 * The scheme that a reference names: an instance's own type, or that of a class's instances.
 *
 * @publicApi
 */
export type SchemeOf<Reference> = Reference extends abstract new (...args: never[]) => infer Scheme
  ? Scheme
  : Reference;

/**
 * The scopes a requirement can be asked for: those every alternative can grant.
 *
 * @publicApi
 */
export type ScopesOf<R> = R extends Anonymous
  ? never
  : R extends AnyOf<infer Members>
    ? Members extends readonly [infer First, ...infer Rest extends readonly Requirement[]]
      ? Rest extends readonly []
        ? ScopesOf<First>
        : ScopesOf<First> & ScopesOf<AnyOf<Rest>>
      : string
    : R extends AllOf<infer Members>
      ? Members extends readonly [infer First, ...infer Rest extends readonly Requirement[]]
        ? ScopesOf<First> | ScopesOf<AllOf<Rest>>
        : Members extends readonly []
          ? never
          : string
      : R extends WithScopes<infer Member>
        ? Requirement extends Member
          ? string
          : ScopesOf<Member>
        : SchemeOf<R> extends SecurityScheme<infer _Credentials, infer _User, infer Scope>
          ? Scope
          : never;

/**
 * The user that a scheme's `validate` returns.
 *
 * @publicApi
 */
export type UserOf<Reference extends SchemeReference> =
  SchemeOf<Reference> extends { validate?(...args: never[]): infer Result }
    ? NonNullable<Result> extends MaybePromise<infer Settled>
      ? Settled extends Authentication<infer User>
        ? User
        : never
      : never
    : never;

/**
 * The credentials that a scheme extracts.
 *
 * @publicApi
 */
export type CredentialsOf<Reference extends SchemeReference> =
  SchemeOf<Reference> extends { extract(...args: never[]): infer Result }
    ? NonNullable<Result>
    : never;

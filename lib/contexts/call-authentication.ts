import { types } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';

/** What one scheme accepted. */
export interface AcceptedCredentials {
  readonly entry: RegisteredScheme;
  readonly user: unknown;
  readonly credentials: unknown;
  /** As `validate` answered them. */
  readonly scopes: unknown;
}

/** Who a call comes from, as its handler's policy found it. */
export class CallAuthentication {
  /** Without what is required of every handler: who called this one. */
  readonly own: readonly AcceptedCredentials[];

  constructor(
    readonly policy: Policy,
    /** The alternative that succeeded, scheme by scheme; empty when the call is anonymous. */
    readonly accepted: readonly AcceptedCredentials[],
    /** How many of the accepted, the first ones, the handler itself asked for. Default: all. */
    own?: number,
  ) {
    this.own = own === undefined ? accepted : accepted.slice(0, own);
  }
}

const KEPT = Symbol('nestjs-security:authentication');

interface Kept {
  readonly authentication: CallAuthentication;
  /** All guards of a call are asked with one context; none where it is yet to be let in. */
  readonly context: ExecutionContext | undefined;
}

interface Keeping {
  [KEPT]?: Kept;
  user?: unknown;
}

/**
 * Keeps who a call comes from with the call, and its user where Nest applications look for it.
 *
 * A user whom a session put there stays where nobody authenticated.
 *
 * @param context What it is let in with; `undefined` while rules are yet to allow it.
 */
export function keepAuthentication(
  key: object,
  context: ExecutionContext | undefined,
  authentication: CallAuthentication,
): void {
  (key as Keeping)[KEPT] = { authentication, context };
  const [first] = authentication.own;
  if (first !== undefined) (key as Keeping).user = first.user;
}

/** Whether a guard has let this very call in already. */
export function isDecided(key: object, context: ExecutionContext): boolean {
  return (key as Keeping)[KEPT]?.context === context;
}

/** Who a call comes from, if a guard found out. */
export function authenticationOf(key: object): CallAuthentication | undefined {
  return (key as Keeping)[KEPT]?.authentication;
}

/** Drops what was found out for another handler that the same request was given to before. */
export function forgetAuthentication(key: object): void {
  if ((key as Keeping)[KEPT] !== undefined) delete (key as Keeping)[KEPT];
}

/** The scopes in an answer of `validate`: whatever is no list or set grants nothing, and no method of theirs is asked. */
export function scopeList(scopes: unknown): string[] {
  const list: unknown[] = Array.isArray(scopes)
    ? Array.prototype.slice.call(scopes)
    : types.isSet(scopes)
      ? [...Set.prototype.values.call(scopes)]
      : [];
  return list.filter((scope) => typeof scope === 'string');
}

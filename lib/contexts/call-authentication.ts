import { types } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { SecurityCall } from './security-call.js';

/** What one scheme accepted. */
export interface AcceptedCredentials {
  readonly entry: RegisteredScheme;
  readonly user: unknown;
  readonly credentials: unknown;
  /** As `validate` answered them. */
  readonly scopes: unknown;
  /** Seconds since the epoch. */
  readonly expiresAt: number | undefined;
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

  /** When the first of the credentials expires, in seconds since the epoch, if that is known. */
  get expiresAt(): number | undefined {
    let earliest: number | undefined;
    for (const { expiresAt } of this.accepted) {
      if (expiresAt !== undefined && expiresAt < (earliest ?? Infinity)) earliest = expiresAt;
    }
    return earliest;
  }
}

const AUTHENTICATION = Symbol('nestjs-security:authentication');
const CONTEXT = Symbol('nestjs-security:context');

/** What carries a decision: properties cost a fraction of a weak map. */
interface Keeping {
  [AUTHENTICATION]?: CallAuthentication | undefined;
  /** All guards of a call are asked with one context; none where it is yet to be let in. */
  [CONTEXT]?: ExecutionContext | undefined;
  user?: unknown;
}

/** By what Nest injects as `REQUEST`, which several calls may share. */
const INJECTED = new WeakMap<object, Set<CallAuthentication>>();

/**
 * Keeps who a call comes from with the call and, where the call is a request of its own, its user where Nest
 * applications look for it.
 *
 * A user whom a session put there stays where nobody authenticated.
 *
 * @param context What it is let in with; `undefined` while rules are yet to allow it.
 */
export function keepAuthentication(
  { key, request, injected }: SecurityCall,
  context: ExecutionContext | undefined,
  authentication: CallAuthentication,
): void {
  (key as Keeping)[AUTHENTICATION] = authentication;
  (key as Keeping)[CONTEXT] = context;
  if (key === request && authentication.own.length > 0) {
    (key as Keeping).user = authentication.own[0]!.user;
  }
  if (injected !== undefined) inject(injected, authentication);
}

function inject(injected: object, authentication: CallAuthentication): void {
  const kept = INJECTED.get(injected);
  if (kept === undefined) INJECTED.set(injected, new Set([authentication]));
  else kept.add(authentication);
}

/** Whether a guard has let this very call in already. */
export function isDecided(key: object, context: ExecutionContext): boolean {
  return (key as Keeping)[CONTEXT] === context;
}

/** Who a call comes from, if a guard found out. */
export function authenticationOf(key: object): CallAuthentication | undefined {
  return (key as Keeping)[AUTHENTICATION];
}

/** Who the calls come from in which Nest injects something as `REQUEST`. */
export function authenticationsIn(injected: object): readonly CallAuthentication[] {
  const own = authenticationOf(injected);
  return own === undefined ? [...(INJECTED.get(injected) ?? [])] : [own];
}

/** Drops what was found out for another handler that the same request was given to before. */
export function forgetAuthentication(key: object): void {
  if ((key as Keeping)[AUTHENTICATION] === undefined) return;
  (key as Keeping)[AUTHENTICATION] = undefined;
  (key as Keeping)[CONTEXT] = undefined;
}

/** The scopes in an answer of `validate`: whatever is no list or set grants nothing, and no method of theirs is asked. */
export function scopeList(scopes: unknown): string[] {
  const list: unknown[] = Array.isArray(scopes)
    ? Array.from({ length: scopes.length }, (_, index): unknown => scopes[index])
    : types.isSet(scopes)
      ? [...Set.prototype.values.call(scopes)]
      : [];
  return list.filter((scope) => typeof scope === 'string');
}

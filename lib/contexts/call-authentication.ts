import { types } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { MessageState } from './message-state.js';
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
  /** What its call is let in with, as all guards of a call are asked with one context; none where it is yet to be. */
  context: ExecutionContext | undefined;

  constructor(
    readonly policy: Policy,
    // A list of the one that most alternatives have would be a sixth of what a decision allocates.
    private readonly alternative: AcceptedCredentials | readonly AcceptedCredentials[],
    /** How many of the accepted, the first ones, the handler itself asked for. Default: all. */
    private readonly asked?: number,
  ) {}

  /** The alternative that succeeded, scheme by scheme; empty when the call is anonymous. */
  get accepted(): readonly AcceptedCredentials[] {
    const { alternative } = this;
    return isList(alternative) ? alternative : [alternative];
  }

  /** Without what is required of every handler: who called this one. */
  get own(): readonly AcceptedCredentials[] {
    return this.accepted.slice(0, this.asked);
  }

  /** The first of its own: who counts as the user. */
  get caller(): AcceptedCredentials | undefined {
    const { alternative, asked } = this;
    if (asked === 0) return undefined;
    return isList(alternative) ? alternative[0] : alternative;
  }

  /** The same for another call: what several share is let in with each of them. */
  again(): CallAuthentication {
    return new CallAuthentication(this.policy, this.alternative, this.asked);
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

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

const AUTHENTICATION = Symbol('nestjs-security:authentication');

/** What carries a decision: a property costs a fraction of a weak map. */
interface Keeping {
  [AUTHENTICATION]?: CallAuthentication | undefined;
  user?: unknown;
}

/**
 * The latest decision under each policy, by the object that Nest injects as `REQUEST`. Several calls may share that
 * object, as all messages of a socket do, so that keeping every one would never end.
 */
const INJECTED = new WeakMap<object, Map<Policy, CallAuthentication>>();

/**
 * Keeps who a call comes from with the call and, where the call is a request of its own, its user where Nest
 * applications look for it.
 *
 * A user whom a session put there stays where nobody authenticated.
 *
 * @param context What it is let in with; `undefined` while rules are yet to allow it.
 */
export function keepAuthentication(
  { key, shared, request, injected }: SecurityCall,
  context: ExecutionContext | undefined,
  decided: CallAuthentication,
): void {
  const authentication = shared === key ? decided : decided.again();
  authentication.context = context;
  (key as Keeping)[AUTHENTICATION] = authentication;
  const { caller } = authentication;
  if (key === request && caller !== undefined) (key as Keeping).user = caller.user;
  if (injected !== undefined) inject(injected, authentication);
}

function inject(injected: object, authentication: CallAuthentication): void {
  const known = injectedIn(injected);
  const authentications = known ?? new Map<Policy, CallAuthentication>();
  dropExpired(authentications);
  authentications.set(authentication.policy, authentication);
  if (known !== undefined) return;
  const state = MessageState.of(injected);
  if (state === undefined) INJECTED.set(injected, authentications);
  else state.authentications = authentications;
}

function injectedIn(injected: object): Map<Policy, CallAuthentication> | undefined {
  return MessageState.of(injected)?.authentications ?? INJECTED.get(injected);
}

/** Whether a guard has let this very call in already. */
export function isDecided(key: object, context: ExecutionContext): boolean {
  return (key as Keeping)[AUTHENTICATION]?.context === context;
}

/** Who a call comes from, if a guard found out. */
export function authenticationOf(key: object): CallAuthentication | undefined {
  return (key as Keeping)[AUTHENTICATION];
}

/**
 * Takes back who a call came from, from what Nest injects as `REQUEST`.
 *
 * @param areBad Whether its credentials are good no longer, whichever handler they were good for before.
 */
export function withdrawAuthentication(
  { injected }: SecurityCall,
  policy: Policy,
  areBad: boolean,
): void {
  const authentications = injected === undefined ? undefined : injectedIn(injected);
  if (authentications === undefined) return;
  authentications.delete(policy);
  if (!areBad) return;
  for (const [other, { accepted }] of authentications) {
    if (accepted.some(({ entry }) => policy.schemes.includes(entry))) authentications.delete(other);
  }
}

/** Who the calls come from in which Nest injects something as `REQUEST`. */
export function authenticationsIn(injected: object): readonly CallAuthentication[] {
  const own = authenticationOf(injected);
  if (own !== undefined) return [own];
  const found = [injected, ...messageIn(injected)].flatMap((each) => injectedIn(each) ?? []);
  return found.flatMap((authentications) => [...authentications.values()]);
}

/** Of a message Nest injects an object of its own, which holds the arguments. */
function messageIn(injected: object): object[] {
  const { getContext, getData } = injected as Partial<Record<string, unknown>>;
  if (typeof getContext !== 'function' || typeof getData !== 'function') return [];
  const args = [getContext.call(injected), getData.call(injected)] as unknown[];
  return args.filter((each) => typeof each === 'object' && each !== null) as object[];
}

/** Drops what was found out for another handler that the same request was given to before, and whatever has expired. */
export function forgetAuthentication({ key, injected }: SecurityCall): void {
  const authentications = injected === undefined ? undefined : injectedIn(injected);
  if (authentications !== undefined) dropExpired(authentications);
  if ((key as Keeping)[AUTHENTICATION] === undefined) return;
  (key as Keeping)[AUTHENTICATION] = undefined;
}

/** A connection has no end of messages, and those before may have been accepted by what is good no longer. */
function dropExpired(authentications: Map<Policy, CallAuthentication>): void {
  const now = Date.now() / 1000;
  for (const [policy, { expiresAt }] of authentications) {
    if (expiresAt !== undefined && expiresAt <= now) authentications.delete(policy);
  }
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

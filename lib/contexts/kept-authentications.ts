import type { ExecutionContext } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { CallAuthentication } from './call-authentication.js';
import { MessageState } from './message-state.js';
import type { SecurityCall } from './security-call.js';

const AUTHENTICATION = Symbol('nestjs-security:authentication');

/** The object that carries a decision, as a property: a weak map would cost several times as much. */
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
 * Stores with a call who it comes from. Where the call is an HTTP request, the user is `request.user` too, where Nest
 * applications look for it.
 *
 * An anonymous call leaves `request.user` as it is, such as the user of a session.
 *
 * @param context The context that the call is let in with; `undefined` while rules have yet to allow it.
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

/** `keepAuthentication` for an HTTP request, which shares nothing with other calls. */
export function keepWithRequest(
  request: object,
  context: ExecutionContext,
  authentication: CallAuthentication,
  user: unknown,
): void {
  authentication.context = context;
  (request as Keeping)[AUTHENTICATION] = authentication;
  (request as Keeping).user = user;
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

/** Whether a guard has already let in this very call. */
export function isDecided(key: object, context: ExecutionContext): boolean {
  return (key as Keeping)[AUTHENTICATION]?.context === context;
}

/** Who a call comes from; `undefined` where no guard has decided. */
export function authenticationOf(key: object): CallAuthentication | undefined {
  return (key as Keeping)[AUTHENTICATION];
}

/**
 * Removes a refused call's earlier authentication from the object that Nest injects as `REQUEST`.
 *
 * @param areBad Whether the credentials themselves are no longer good: then what they were accepted for under other
 * policies is removed too.
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

/** Who the calls come from that share an object which Nest injects as `REQUEST`. */
export function authenticationsIn(injected: object): readonly CallAuthentication[] {
  const own = authenticationOf(injected);
  if (own !== undefined) return [own];
  const found = [injected, ...messageIn(injected)].flatMap((each) => injectedIn(each) ?? []);
  return found.flatMap((authentications) => [...authentications.values()]);
}

/** For a message, Nest injects an object of its own that holds the arguments. */
function messageIn(injected: object): object[] {
  const { getContext, getData } = injected as Partial<Record<string, unknown>>;
  if (typeof getContext !== 'function' || typeof getData !== 'function') return [];
  const args = [getContext.call(injected), getData.call(injected)] as unknown[];
  return args.filter((each) => typeof each === 'object' && each !== null) as object[];
}

/** Drops what was decided when the same request was given to another handler before, and whatever has expired. */
export function forgetAuthentication({ key, injected }: SecurityCall): void {
  const authentications = injected === undefined ? undefined : injectedIn(injected);
  if (authentications !== undefined) dropExpired(authentications);
  if ((key as Keeping)[AUTHENTICATION] === undefined) return;
  (key as Keeping)[AUTHENTICATION] = undefined;
}

/** A connection may live long: earlier messages may have been accepted by credentials that have expired since. */
function dropExpired(authentications: Map<Policy, CallAuthentication>): void {
  const now = Date.now() / 1000;
  for (const [policy, { expiresAt }] of authentications) {
    if (expiresAt !== undefined && expiresAt <= now) authentications.delete(policy);
  }
}

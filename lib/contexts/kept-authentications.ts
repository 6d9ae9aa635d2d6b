import type { ExecutionContext } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { CallAuthentication } from './call-authentication.js';
import { CarriedState } from './carried-state.js';
import type { SecurityCall } from './security-call.js';

const AUTHENTICATION = Symbol('nestjs-security:authentication');

/** The object that carries a decision, as a property: a weak map would cost several times as much. */
interface Keeping {
  [AUTHENTICATION]?: CallAuthentication | undefined;
  user?: unknown;
}

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
  const state = CarriedState.for(injected);
  const { authentications } = state;
  // The messages of a socket are most often under one policy.
  const isOnly = authentications.every(({ policy }) => policy === authentication.policy);
  state.authentications = isOnly ? [authentication] : replaced(authentications, authentication);
}

function replaced(
  authentications: readonly CallAuthentication[],
  latest: CallAuthentication,
): readonly CallAuthentication[] {
  const kept = authentications.filter(isGood);
  const earlier = kept.findIndex(({ policy }) => policy === latest.policy);
  return earlier === -1 ? [...kept, latest] : kept.with(earlier, latest);
}

/** A connection may live long: earlier messages may have been accepted by credentials that have expired since. */
function isGood({ expiresAt }: CallAuthentication): boolean {
  return expiresAt === undefined || expiresAt * 1000 > Date.now();
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
  const state = injected && CarriedState.of(injected);
  if (state === undefined) return;
  state.authentications = state.authentications.filter(
    (other) => other.policy !== policy && !(areBad && asksOneOf(policy.schemes, other)),
  );
}

function asksOneOf(
  schemes: readonly RegisteredScheme[],
  { accepted }: CallAuthentication,
): boolean {
  return accepted.some(({ entry }) => schemes.includes(entry));
}

/** Who the calls come from that share an object which Nest injects as `REQUEST`. */
export function authenticationsIn(injected: object): readonly CallAuthentication[] {
  const own = authenticationOf(injected);
  if (own !== undefined) return [own];
  return [injected, ...messageIn(injected)].flatMap(
    (each) => CarriedState.of(each)?.authentications ?? [],
  );
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
  const state = injected && CarriedState.of(injected);
  if (state !== undefined) state.authentications = state.authentications.filter(isGood);
  if ((key as Keeping)[AUTHENTICATION] === undefined) return;
  (key as Keeping)[AUTHENTICATION] = undefined;
}

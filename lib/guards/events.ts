import { channel } from 'node:diagnostics_channel';
import { HttpException } from '@nestjs/common';
import { type AcceptedCredentials, scopeList } from '../contexts/accepted-credentials.js';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import type { GuardedCall } from '../contexts/guarded-call.js';
import { reasonOf } from '../errors/reason.js';
import { SecurityException } from '../errors/security.exception.js';
import { declaredName } from '../policies/handler-index.js';
import { sentWith, withoutSecrets } from '../schemes/redaction.js';
import { plainUser } from './plain-user.js';
import { SentSecrets } from './secrets.js';

/**
 * What both kinds of event say of a call: never a credential.
 *
 * @publicApi
 */
export interface SecurityEvent {
  /** The kind of call, as audits name it, such as `http`. */
  readonly kind: string;
  readonly controller: string;
  readonly handler: string;
  /** Where the requirement is declared, such as `UsersController`. */
  readonly source: string;
  /**
   * A copy of the user that `validate` returned, where it is known, as plain data: no accessors, functions, private or
   * inherited members. It is left out where the user is or holds anything that was sent with the call in a header,
   * cookie or query, in any encoding, or holds bytes.
   */
  readonly user?: unknown;
}

/**
 * Published on the channel `nestjs-security:accepted` of `node:diagnostics_channel`: a handler may run.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { AcceptedEvent } from 'nestjs-security';
 *
 * subscribe('nestjs-security:accepted', (message) => {
 *   const { controller, handler, schemes } = message as AcceptedEvent;
 *   console.log(`${controller}.${handler} by ${schemes.join(' and ') || 'nobody'}`);
 * });
 * ```
 *
 * @publicApi
 */
export interface AcceptedEvent extends SecurityEvent {
  /** The schemes that took part; none where the call is anonymous. */
  readonly schemes: readonly string[];
  /** What the credentials grant. */
  readonly scopes: readonly string[];
}

/**
 * Published on the channel `nestjs-security:refused` of `node:diagnostics_channel`: a handler may not run.
 *
 * Subscribers are called before the answer is sent, within the call's own asynchronous context.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { RefusedEvent } from 'nestjs-security';
 *
 * subscribe('nestjs-security:refused', (message) => {
 *   const { controller, handler, status, code, scheme, rule, cause } = message as RefusedEvent;
 *   console.warn(`${controller}.${handler} ${status} ${code ?? ''}`, scheme ?? rule, cause);
 * });
 * ```
 *
 * @publicApi
 */
export interface RefusedEvent extends SecurityEvent {
  /** The schemes of the requirement. */
  readonly schemes: readonly string[];
  /** What the route requires. */
  readonly scopes: readonly string[];
  readonly status: number;
  /** The `code` of a `SecurityException`, such as `invalid_token`; `undefined` for other errors. */
  readonly code: string | undefined;
  /** The scheme that refused, or failed; none where nothing was sent. */
  readonly scheme?: string;
  /** The rule that refused, or failed: its class, or its words. */
  readonly rule?: string;
  /** Names, codes and messages of the error's causes, in one line, without what was sent. */
  readonly cause?: string;
}

/** The channel of accepted calls. */
export const acceptances = channel('nestjs-security:accepted');

/** The channel of refused calls. */
export const refusals = channel('nestjs-security:refused');

/**
 * The scheme or rule that an error comes from, and the credentials that it was given, so that no event repeats them.
 */
interface Blame {
  /** A scheme's name, or a rule's. */
  readonly name: string;
  readonly credentials?: unknown;
}

const blamed = new WeakMap<object, Blame>();

/**
 * Remembers which scheme or rule an error comes from, if anybody listens. It is kept apart from the error, which may be
 * frozen and is not ours to change.
 */
export function blame<T>(error: T, name: string, credentials?: unknown): T {
  if (refusals.hasSubscribers && typeof error === 'object' && error !== null) {
    blamed.set(error, { name, credentials });
  }
  return error;
}

/** Publishes that a call is accepted. Call it only where the channel has subscribers. */
export function publishAccepted({ accepted, own }: CallAuthentication, guarded: GuardedCall): void {
  const secrets = new SentSecrets(
    guarded.call.request,
    accepted.map(({ credentials }) => credentials),
  );
  acceptances.publish({
    ...placeOf(guarded),
    ...userOf(own, secrets),
    schemes: accepted.map(({ entry }) => entry.scheme.schemeName),
    scopes: own.flatMap(({ scopes }) => scopeList(scopes)).filter((scope) => !secrets.isIn(scope)),
  } satisfies AcceptedEvent);
}

/** Why a call is refused. */
export interface Refused {
  readonly error: unknown;
  /** Whether a rule refused or failed, rather than a scheme. */
  readonly byRule: boolean;
  /** The credentials that were found to be good. */
  readonly accepted: readonly AcceptedCredentials[];
}

/** Publishes that a call is refused. Call it only where the channel has subscribers. */
export function publishRefused({ error, byRule, accepted }: Refused, guarded: GuardedCall): void {
  const {
    policy,
    call: { request },
  } = guarded;
  const { name, credentials } = blamed.get(error as object) ?? {};
  const sent = [credentials, ...accepted.map((each) => each.credentials)];
  const cause = withoutSecrets(causeOf(error), [...sentWith(request), ...sent]);
  refusals.publish({
    ...placeOf(guarded),
    ...userOf(accepted, new SentSecrets(request, sent)),
    schemes: policy.schemes.map(({ scheme }) => scheme.schemeName),
    scopes: policy.scopes,
    status: error instanceof HttpException ? error.getStatus() : 500,
    code: error instanceof SecurityException ? error.code : undefined,
    ...(name !== undefined && (byRule ? { rule: name } : { scheme: name })),
    ...(cause !== '' && { cause }),
  } satisfies RefusedEvent);
}

function placeOf({ policy: { source }, reader, context }: GuardedCall) {
  return {
    kind: reader.kind ?? reader.type,
    controller: context.getClass().name,
    handler: declaredName(context.getClass(), context.getHandler()),
    source,
  };
}

function userOf([first]: readonly AcceptedCredentials[], secrets: SentSecrets) {
  if (first === undefined || first.user === first.credentials) return {};
  const user = plainUser(first.user, secrets);
  return user === undefined ? {} : { user };
}

/** The cause of an answer. An error that is no answer is its own cause. */
function causeOf(error: unknown): string {
  return reasonOf(error instanceof HttpException ? error.cause : error);
}

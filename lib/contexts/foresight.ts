import type { HttpException } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { AcceptedCredentials } from './accepted-credentials.js';
import type { CallAuthentication } from './call-authentication.js';
import type { GuardedCall } from './guarded-call.js';
import type { SecurityCall } from './security-call.js';

/** Why a call would be refused, and what it would be told. */
export interface ForeseenRefusal {
  readonly exception: HttpException;
  readonly challenges: readonly string[];
  /** The credentials that were accepted. */
  readonly accepted: readonly AcceptedCredentials[];
}

/**
 * Tells what the guard would decide about a call that has not been made yet, for transports that must know before they
 * begin to answer, or that list what a caller may call. It lets nobody in.
 */
export abstract class Foresight {
  /**
   * Who a call would come from, by its credentials and scopes alone.
   *
   * @throws Errors that say nothing about the credentials, as the guard does.
   */
  abstract identify(
    policy: Policy,
    call: SecurityCall,
  ): Promise<CallAuthentication | ForeseenRefusal>;

  /** Whether a call would be let in, rules included. */
  abstract allows(guarded: GuardedCall): Promise<boolean>;

  /** Publishes a refusal that was answered before the guard was asked. */
  abstract announce(refusal: ForeseenRefusal, guarded: GuardedCall): void;
}

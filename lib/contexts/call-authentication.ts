import type { ExecutionContext } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { AcceptedCredentials } from './accepted-credentials.js';

/** Who a call comes from, as decided under its handler's policy. */
export class CallAuthentication {
  /**
   * The context that the call was let in with: Nest gives all guards of a call the same one. `undefined` until then.
   */
  context: ExecutionContext | undefined;

  constructor(
    readonly policy: Policy,
    // Most alternatives have one scheme: a list of one would be a sixth of what a decision allocates.
    private readonly alternative: AcceptedCredentials | readonly AcceptedCredentials[],
    /** How many of the accepted credentials, from the first on, the handler itself asks for. Default: all. */
    private readonly asked?: number,
  ) {}

  /** The alternative that succeeded, scheme by scheme; empty when the call is anonymous. */
  get accepted(): readonly AcceptedCredentials[] {
    const { alternative } = this;
    return isList(alternative) ? alternative : [alternative];
  }

  /** The accepted credentials without those that `always` requires of every handler. */
  get own(): readonly AcceptedCredentials[] {
    return this.accepted.slice(0, this.asked);
  }

  /** The first of its own credentials, whose user counts as the caller. */
  get caller(): AcceptedCredentials | undefined {
    const { alternative, asked } = this;
    if (asked === 0) return undefined;
    return isList(alternative) ? alternative[0] : alternative;
  }

  /** A copy for another call that shares the validation: each call is let in with a context of its own. */
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

import type { SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Attempt } from './attempt.js';
import { extract } from './extraction.js';
import { isAlone, sharedAttempt } from './shared-findings.js';

/** A call's attempts under a policy of several schemes: each is made once, when it is needed. */
export class Attempts {
  /** The attempts made so far, each at the index of its scheme in the policy. */
  readonly made: Attempt[];

  /**
   * @param schemes This call's own instances of schemes that are made per request. Default: the instances that all
   * calls share.
   */
  constructor(
    private readonly policy: Policy,
    private readonly call: SecurityCall,
    private readonly context: ValidationContext,
    private readonly schemes?: ReadonlyMap<RegisteredScheme, SecurityScheme>,
  ) {
    // oxlint-disable-next-line unicorn/no-new-array -- an array that grows reserves room for 17 elements.
    this.made = new Array<Attempt>(policy.schemes.length);
  }

  of(entry: RegisteredScheme): Attempt {
    return (this.made[this.policy.schemes.indexOf(entry)] ??= this.make(entry));
  }

  /** Keeps what has been read already for a scheme that all calls share. */
  keep(entry: RegisteredScheme, sent: unknown): void {
    this.made[this.policy.schemes.indexOf(entry)] = new Attempt(entry, entry.scheme, sent);
  }

  private make(entry: RegisteredScheme): Attempt {
    const { call, context } = this;
    const scheme = this.schemes?.get(entry) ?? entry.scheme;
    return isAlone(call)
      ? new Attempt(entry, scheme, extract(entry, scheme, call.request))
      : sharedAttempt(call.shared, entry, scheme, context);
  }
}

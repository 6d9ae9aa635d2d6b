import { channel } from 'node:diagnostics_channel';
import { AUDIT_CHANNEL } from '../policies/at-boot.js';
import type { AuditedRoute } from './audited-route.js';

/** A method that Nest calls, and the class that it is registered for. */
export interface AuditedFunction {
  readonly controller: Function;
  readonly name: string;
  readonly handler: Function;
}

/** What is published there. */
export interface AuditOffer {
  readonly routes: () => readonly AuditedRoute[];
  /** Of each route, in the same order. */
  readonly functions: () => readonly AuditedFunction[];
}

/** Offers the audit to the command, where it listens. */
export function offerAudit(offer: AuditOffer): void {
  const offers = channel(AUDIT_CHANNEL);
  if (offers.hasSubscribers) offers.publish(offer);
}

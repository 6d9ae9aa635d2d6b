import { channel } from 'node:diagnostics_channel';
import { AUDIT_CHANNEL } from '../policies/at-boot.js';
import type { AuditedRoute } from './audited-route.js';

/** A method that Nest calls, and the class that it is registered for. */
export interface AuditedFunction {
  readonly controller: Function;
  readonly name: string;
  readonly handler: Function;
}

/** What an application publishes on the audit channel. */
export interface AuditOffer {
  readonly routes: () => readonly AuditedRoute[];
  /** The functions of the routes, in the same order. */
  readonly functions: () => readonly AuditedFunction[];
}

/** Publishes the audit, if the command listens. */
export function offerAudit(offer: AuditOffer): void {
  const offers = channel(AUDIT_CHANNEL);
  if (offers.hasSubscribers) offers.publish(offer);
}

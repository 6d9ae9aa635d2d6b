import { channel } from 'node:diagnostics_channel';
import type { AuditedRoute } from './audited-route.js';

/** Where an application that is up offers its audit, to whichever copy of this package runs the command. */
export const AUDIT_CHANNEL = 'nestjs-security:audit';

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

import { channel } from 'node:diagnostics_channel';
import type { AuditedRoute } from './audited-route.js';

/** Where an application that is up offers its audit, to whichever copy of this package runs the command. */
export const AUDIT_CHANNEL = 'nestjs-security:audit';

/** What is published there. */
export interface AuditOffer {
  readonly routes: () => readonly AuditedRoute[];
}

/** Offers the audit to the command, where it listens. */
export function offerAudit(routes: AuditOffer['routes']): void {
  const offers = channel(AUDIT_CHANNEL);
  if (offers.hasSubscribers) offers.publish({ routes } satisfies AuditOffer);
}

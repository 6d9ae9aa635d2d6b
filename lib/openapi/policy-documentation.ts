import type { Policy } from '../requirements/policy.js';
import { securityRequirements } from '../requirements/security-requirements.js';
import type { Operation } from './route-markers.js';
import { securityResponses } from './security-responses.js';

/** Writes into the operations of one document what their policies enforce. */
export class PolicyDocumentation {
  /** @param version The document's version of OpenAPI, such as 3.1. */
  constructor(private readonly version: number) {}

  /** Adds what the operation does not document itself. */
  addTo(operation: Operation, policy: Policy): void {
    operation.security ??= securityRequirements(policy, this.version >= 3.1);
    const responses = securityResponses(policy);
    for (const status of Object.keys(responses)) operation.responses[status] ??= responses[status]!;
  }
}

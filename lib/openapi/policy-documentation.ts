import type { Policy } from '../policies/policy.js';
import { securityRequirements } from '../audit/security-requirements.js';
import type { Operation } from './route-markers.js';
import { securityResponses } from './security-responses.js';

type Responses = Operation['responses'];

/** Writes into the operations of one document what their policies enforce. */
export class PolicyDocumentation {
  private readonly responses = new Map<Policy, Responses>();

  /** @param version The document's version of OpenAPI, such as 3.1. */
  constructor(private readonly version: number) {}

  /** Adds what the operation does not document itself. */
  addTo(operation: Operation, policy: Policy): void {
    operation.security ??= securityRequirements(policy, this.version >= 3.1);
    const responses = this.responsesOf(policy);
    for (const status of Object.keys(responses)) operation.responses[status] ??= responses[status]!;
  }

  /** Operations share them, as `@nestjs/swagger` lets the operations of a class share its `@ApiResponse`s. */
  private responsesOf(policy: Policy): Responses {
    const known = this.responses.get(policy);
    if (known !== undefined) return known;
    const responses = securityResponses(policy);
    this.responses.set(policy, responses);
    return responses;
  }
}

import type { OpenAPIObject } from '@nestjs/swagger';
import type { Policy } from '../policies/policy.js';
import { type SecurityRequirement, securityRequirements } from '../audit/security-requirements.js';
import { copyOf } from './copy-of.js';
import type { Operation } from './route-markers.js';
import { REFUSAL_SCHEMA, securityResponses } from './security-responses.js';

/** Added to the description, as Swagger UI shows the same padlock for optional credentials as for required ones. */
const OPTIONAL =
  'Credentials are optional here: a request without them is anonymous, one with wrong ones is refused.';

/** Documents in the operations of one document what their policies enforce. */
export class PolicyDocumentation {
  private readonly version: number;
  private readonly schema: string;
  /** By policy, as many operations share one. */
  private readonly requirements = new Map<Policy, readonly SecurityRequirement[]>();

  /** @param document Without operations. */
  constructor(private readonly document: OpenAPIObject) {
    this.version = parseFloat(document.openapi);
    const taken = Object.keys(document.components?.schemas ?? {});
    let name = 'SecurityError';
    while (taken.includes(name)) name += '_';
    this.schema = name;
  }

  /** Adds what the operation does not document itself. */
  addTo(operation: Operation, policy: Policy): void {
    const { anonymous, schemes } = policy;
    if (operation.security === undefined) {
      operation.security = this.requirementsOf(policy);
      if (anonymous && schemes.length > 0) {
        operation.description = [operation.description, OPTIONAL].filter(Boolean).join('\n\n');
      }
    }
    this.addResponses(operation, policy);
  }

  private requirementsOf(policy: Policy): SecurityRequirement[] {
    const known =
      this.requirements.get(policy) ?? securityRequirements(policy, this.version >= 3.1);
    this.requirements.set(policy, known);
    return copyOf(known) as SecurityRequirement[];
  }

  private addResponses(operation: Operation, policy: Policy): void {
    const responses = securityResponses(policy, `#/components/schemas/${this.schema}`);
    const statuses = Object.keys(responses);
    if (statuses.length === 0) return;
    const own = operation.responses;
    if (statuses.some((status) => own[status] === undefined)) this.addSchema();
    for (const status of Object.keys(own)) {
      if (own[status] !== undefined) responses[status] = own[status];
    }
    operation.responses = responses;
  }

  private addSchema(): void {
    const { components } = this.document;
    if (components?.schemas?.[this.schema] !== undefined) return;
    const schemas = { ...components?.schemas, [this.schema]: copyOf(REFUSAL_SCHEMA) };
    this.document.components = { ...components, schemas };
  }
}

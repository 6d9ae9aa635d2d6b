import type { OpenAPIObject } from '@nestjs/swagger';
import type { Policy } from '../policies/policy.js';
import { securityRequirements } from '../audit/security-requirements.js';
import { copyOf } from './copy-of.js';
import type { Operation } from './route-markers.js';
import { REFUSAL_SCHEMA, securityResponses } from './security-responses.js';

/** Swagger UI draws the padlock of an optional route as that of any other. */
const OPTIONAL =
  'Credentials are optional here: a request without them is anonymous, one with wrong ones is refused.';

/** Writes into the operations of one document what their policies enforce. */
export class PolicyDocumentation {
  private readonly version: number;
  private readonly schemaName: string;

  constructor(private readonly document: OpenAPIObject) {
    this.version = parseFloat(document.openapi);
    const taken = Object.keys(document.components?.schemas ?? {});
    let name = 'SecurityError';
    while (taken.includes(name)) name += '_';
    this.schemaName = name;
  }

  /** Adds what the operation does not document itself. */
  addTo(operation: Operation, policy: Policy): void {
    const { anonymous, schemes } = policy;
    if (operation.security === undefined) {
      operation.security = securityRequirements(policy, this.version >= 3.1);
      if (anonymous && schemes.length > 0) {
        operation.description = [operation.description, OPTIONAL].filter(Boolean).join('\n\n');
      }
    }
    const added = securityResponses(policy, `#/components/schemas/${this.schemaName}`);
    for (const status of Object.keys(added)) {
      if (operation.responses[status] !== undefined) continue;
      operation.responses[status] = added[status]!;
      this.addSchema();
    }
  }

  private addSchema(): void {
    const { components } = this.document;
    if (components?.schemas?.[this.schemaName] !== undefined) return;
    const schemas = { ...components?.schemas, [this.schemaName]: copyOf(REFUSAL_SCHEMA) };
    this.document.components = { ...components, schemas };
  }
}

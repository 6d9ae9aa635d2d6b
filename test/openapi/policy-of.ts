import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { compilePolicy, type Policy } from '../../lib/policies/policy.js';
import { declarationsOf } from '../../lib/requirements/declared-method.js';
import type { Requirement, SchemeReference } from '../../lib/requirements/requirement.js';
import type { RegisteredScheme } from '../../lib/policies/scheme-registry.js';
import { SecurityScheme } from '../../lib/schemes/security-scheme.js';

/** What a route with this requirement and these scopes demands, of schemes that are ready instances. */
export function policyOf(requirement: Requirement, scopes: readonly string[] = []): Policy {
  @Scopes(...scopes)
  class Controller {}
  const method = { type: Controller, prototype: Controller.prototype as object, name: 'handler' };
  const policy = compilePolicy(
    declarationsOf(method),
    { security: requirement },
    registry(),
    () => {
      throw new Error('No rule is registered');
    },
  );
  if (policy === null) throw new Error('A requirement always makes a policy');
  return policy;
}

function registry(): (reference: SchemeReference) => RegisteredScheme {
  const entries = new Map<SchemeReference, RegisteredScheme>();
  return (reference) => {
    if (!(reference instanceof SecurityScheme)) throw new Error('Only instances are registered');
    const entry = entries.get(reference) ?? { scheme: reference, references: new Set() };
    entries.set(reference, entry);
    return entry;
  };
}

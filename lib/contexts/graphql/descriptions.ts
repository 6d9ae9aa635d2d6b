import type { Policies } from '../../policies/policies.js';
import { isOpen, type Policy } from '../../policies/policy.js';
import { requirementInWords } from '../../policies/requirement-in-words.js';

/** What a schema says of a field. */
interface Field {
  description?: string | null | undefined;
}

interface FieldsType {
  getFields?(): Record<string, Field>;
}

/** What is read of a schema, of whatever copy of `graphql` it is made. */
export interface DescribedSchema {
  getQueryType(): FieldsType | null | undefined;
  getMutationType(): FieldsType | null | undefined;
  getSubscriptionType(): FieldsType | null | undefined;
  getType(name: string): FieldsType | undefined;
}

/** Adds to the descriptions of fields what their policies require; of an open one there is nothing to say. */
export function describeFields(schema: DescribedSchema, policies: Policies): void {
  for (const { kind, method, path, controller, handler } of policies.handlers()) {
    if (kind !== 'graphql') continue;
    const policy = policies.of(controller, handler);
    const field = fieldOf(schema, method, path);
    if (policy === null || isOpen(policy) || field === undefined) continue;
    const words = policyInWords(policy);
    const own = field.description ?? '';
    // A schema may be gone through more than once.
    if (!own.includes(words)) field.description = own === '' ? words : `${own}\n\n${words}`;
  }
}

function fieldOf(schema: DescribedSchema, method: string, path: string): Field | undefined {
  const roots: Record<string, () => FieldsType | null | undefined> = {
    QUERY: () => schema.getQueryType(),
    MUTATION: () => schema.getMutationType(),
    SUBSCRIPTION: () => schema.getSubscriptionType(),
  };
  const root = roots[method];
  if (root !== undefined) return root()?.getFields?.()[path];
  // A reference is no field of its type.
  if (method !== 'FIELD') return undefined;
  const [type, field] = path.split('.') as [string, string];
  return schema.getType(type)?.getFields?.()[field];
}

function policyInWords(policy: Policy): string {
  const scopes = policy.scopes.map((scope) => `\`${scope}\``).join(' ');
  const granting = scopes === '' ? '' : `, granting ${scopes}`;
  const rules = (policy.rules ?? []).map(({ description }) => `\n- ${description}`);
  return `Requires ${requirementInWords(policy)}${granting}.${rules.join('')}`;
}

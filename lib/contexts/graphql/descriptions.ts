import type { Policies } from '../../policies/policies.js';
import { isOpen, type Policy } from '../../policies/policy.js';
import { requirementInWords } from '../../policies/requirement-in-words.js';

/** A field of a schema. */
interface Field {
  description?: string | null | undefined;
}

interface FieldsType {
  readonly name: string;
  getFields?(): Record<string, Field>;
}

/** The parts that are read of a schema, whichever copy of `graphql` made it. */
export interface DescribedSchema {
  getQueryType(): FieldsType | null | undefined;
  getMutationType(): FieldsType | null | undefined;
  getSubscriptionType(): FieldsType | null | undefined;
  getType(name: string): FieldsType | undefined;
  getImplementations(type: FieldsType): {
    readonly objects: readonly FieldsType[];
    readonly interfaces: readonly FieldsType[];
  };
}

/** Adds to the descriptions of fields what their policies require; open fields get nothing. */
export function describeFields(schema: DescribedSchema, policies: Policies): void {
  const handlers = policies.handlers().filter(({ kind }) => kind === 'graphql');
  const resolved = new Set(handlers.map(({ path }) => path));
  for (const { method, path, controller, handler } of handlers) {
    const policy = policies.of(controller, handler);
    if (policy === null || isOpen(policy)) continue;
    const words = policyInWords(policy);
    for (const field of fieldsOf(schema, method, path, resolved)) describe(field, words);
  }
}

function describe(field: Field, words: string): void {
  const own = field.description ?? '';
  // A schema may be processed more than once.
  if (!own.includes(words)) field.description = own === '' ? words : `${own}\n\n${words}`;
}

function fieldsOf(
  schema: DescribedSchema,
  method: string,
  path: string,
  resolved: ReadonlySet<string>,
): Field[] {
  const roots: Record<string, () => FieldsType | null | undefined> = {
    QUERY: () => schema.getQueryType(),
    MUTATION: () => schema.getMutationType(),
    SUBSCRIPTION: () => schema.getSubscriptionType(),
  };
  const root = roots[method];
  if (root !== undefined) return named(path, root());
  // A reference resolver is not a field of its type.
  if (method !== 'FIELD') return [];
  const [name, field] = path.split('.') as [string, string];
  const type = schema.getType(name);
  if (type === undefined) return [];
  // A type that implements an interface uses the interface's resolver, unless it has one of its own.
  const { objects, interfaces } = schema.getImplementations(type);
  const inheriting = [...objects, ...interfaces].filter(
    (each) => !resolved.has(`${each.name}.${field}`),
  );
  return [type, ...inheriting].flatMap((each) => named(field, each));
}

function named(name: string, type: FieldsType | null | undefined): Field[] {
  const field = type?.getFields?.()[name];
  return field === undefined ? [] : [field];
}

function policyInWords(policy: Policy): string {
  const scopes = policy.scopes.map((scope) => `\`${scope}\``).join(' ');
  const granting = scopes === '' ? '' : `, granting ${scopes}`;
  const rules = (policy.rules ?? []).map(({ description }) => `\n- ${description}`);
  return `Requires ${requirementInWords(policy)}${granting}.${rules.join('')}`;
}

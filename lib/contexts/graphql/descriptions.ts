import type { Policies } from '../../policies/policies.js';
import { isOpen, type Policy } from '../../policies/policy.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import { requirementInWords } from '../../policies/requirement-in-words.js';
import { rootTypes, type Schema, type SchemaField, type SchemaType } from './schema.js';

/**
 * Adds to the descriptions of fields what their policies require; open fields get nothing.
 *
 * @param handlers Those of the schema: another schema may have types and fields of the same names.
 */
export function describeFields(
  schema: Schema,
  handlers: readonly RouteHandler[],
  policies: Policies,
): void {
  const resolved = new Set(handlers.map(({ path }) => path));
  for (const { method, path, controller, handler } of handlers) {
    const policy = policies.of(controller, handler);
    if (policy === null || isOpen(policy)) continue;
    const words = policyInWords(policy);
    for (const field of fieldsOf(schema, method, path, resolved)) describe(field, words);
  }
}

function describe(field: SchemaField, words: string): void {
  const own = field.description ?? '';
  // A schema may be processed more than once.
  if (!own.includes(words)) field.description = own === '' ? words : `${own}\n\n${words}`;
}

function fieldsOf(
  schema: Schema,
  method: string,
  path: string,
  resolved: ReadonlySet<string>,
): SchemaField[] {
  const roots = rootTypes(schema);
  if (method in roots) return named(path, roots[method]);
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

function named(name: string, type: SchemaType | undefined): SchemaField[] {
  const field = type?.getFields?.()[name];
  return field === undefined ? [] : [field];
}

function policyInWords(policy: Policy): string {
  const scopes = policy.scopes.map((scope) => `\`${scope}\``).join(' ');
  const granting = scopes === '' ? '' : `, granting ${scopes}`;
  const rules = (policy.rules ?? []).map(({ description }) => `\n- ${description}`);
  return `Requires ${requirementInWords(policy)}${granting}.${rules.join('')}`;
}

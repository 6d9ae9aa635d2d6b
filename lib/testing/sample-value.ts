/** The members of a schema that are read, of OpenAPI 3.0 or 3.1. */
interface SchemaObject {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly allOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly anyOf?: readonly unknown[];
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000001',
  date: '2000-01-01',
  'date-time': '2000-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'user@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};

/** The deepest nesting that is followed, as a schema may contain itself. */
const DEEPEST = 8;

/** A value that fits a schema: an example where it has one. */
export function sampleValue(schema: unknown, document: object, depth = 0): unknown {
  const known = dereference<SchemaObject>(schema, document);
  if (known === undefined || depth > DEEPEST) return undefined;
  const given = [
    known.example,
    known.examples?.[0],
    known.default,
    known.const,
    known.enum?.[0],
  ].find((value) => value !== undefined);
  if (given !== undefined) return given;
  if (known.allOf !== undefined) {
    const parts = known.allOf.map((part) => sampleValue(part, document, depth + 1));
    return Object.assign({}, ...parts, sampleObject(known, document, depth)) as object;
  }
  const [choice] = known.oneOf ?? known.anyOf ?? [];
  if (choice !== undefined) return sampleValue(choice, document, depth + 1);
  return sampleOfType(known, document, depth);
}

/** The target of a reference within a document; a value that is not a reference is returned as it is. */
export function dereference<Value extends object>(
  value: unknown,
  document: object,
): Value | undefined {
  let found: unknown = value;
  for (let steps = 0; steps < DEEPEST && isObject(found); steps++) {
    const { $ref } = found as { $ref?: unknown };
    if (typeof $ref !== 'string') return found as Value;
    const names = $ref.replace(/^#\//, '').split('/');
    found = names
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), document);
  }
  return undefined;
}

function sampleOfType(schema: SchemaObject, document: object, depth: number): unknown {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const type = types.find((each) => each !== 'null') as string | undefined;
  switch (type ?? (schema.properties === undefined ? undefined : 'object')) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array': {
      const item = sampleValue(schema.items, document, depth + 1);
      return item === undefined ? [] : [item];
    }
    case 'object':
      return sampleObject(schema, document, depth);
    default:
      return FORMATS[schema.format ?? ''] ?? '1'.repeat(Math.max(1, schema.minLength ?? 1));
  }
}

function sampleObject({ properties = {} }: SchemaObject, document: object, depth: number): object {
  const entries = Object.entries(properties).map(
    ([name, property]) => [name, sampleValue(property, document, depth + 1)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

import type { OpenAPIObject } from '@nestjs/swagger';
import { copyOf } from './copy-of.js';

type Components = NonNullable<OpenAPIObject['components']>;
type Operations = readonly { readonly security?: unknown; readonly tags?: readonly string[] }[];

/** A copy of a document without the components and tags that none of its operations needs. */
export function onlyReached(document: OpenAPIObject): OpenAPIObject {
  const { components = {}, tags, ...rest } = document;
  const operations = operationsOf(document);
  const reached = referencesFrom(document, rest);
  for (const security of [document.security, ...operations.map((each) => each.security)]) {
    const requirements = (security ?? []) as object[];
    for (const name of requirements.flatMap(Object.keys)) {
      reached.add(`#/components/securitySchemes/${name}`);
    }
  }
  const used = new Set(operations.flatMap((operation) => operation.tags ?? []));
  return copyOf({
    ...rest,
    ...(tags !== undefined && { tags: tags.filter(({ name }) => used.has(name)) }),
    components: componentsIn(components, reached),
  });
}

function operationsOf({ paths, webhooks = {} }: OpenAPIObject): Operations {
  return [paths, webhooks].flatMap((items) =>
    Object.values(items).flatMap((item) => Object.values(item) as unknown as Operations),
  );
}

function componentsIn(components: Components, reached: ReadonlySet<string>): Components {
  const kept = Object.entries(components).map(([kind, members]) => [
    kind,
    Object.fromEntries(
      Object.entries(members as object).filter(([name]) =>
        reached.has(`#/components/${kind}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
      ),
    ),
  ]);
  return Object.fromEntries(kept) as Components;
}

/** Every reference in a part of a document, and in what these refer to. */
function referencesFrom(document: OpenAPIObject, part: unknown): Set<string> {
  const found = new Set<string>();
  const waiting: unknown[] = [part];
  const seen = new Set<unknown>();
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string' && value.startsWith('#/components/')) {
      // Any text may be a reference: a discriminator refers to schemas without `$ref`.
      if (found.has(value)) continue;
      found.add(value);
      waiting.push(componentAt(document, value));
    } else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      waiting.push(...(Object.values(value) as unknown[]));
    }
  }
  return found;
}

function componentAt(document: OpenAPIObject, reference: string): unknown {
  const [, , kind, name = ''] = reference.split('/');
  const members = (document.components as Record<string, Record<string, unknown>>)[kind!];
  return members?.[name.replaceAll('~1', '/').replaceAll('~0', '~')];
}

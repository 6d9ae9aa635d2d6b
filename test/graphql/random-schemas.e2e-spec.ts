import fc from 'fast-check';
import { ConfigurationError } from 'nestjs-security';
import { expect, it } from 'vitest';
import { schema } from './arbitrary-schema.js';
import { boot, queryName } from './build-schema.js';
import { GUARDED, isQueryGuarded, serving } from './schema-oracle.js';
import type { SchemaSpec } from './schema-spec.js';

/** How many applications are made, and which; more of them, and others, on demand. */
const RUNS = Number(process.env['SCHEMA_RUNS'] ?? 60);
const SEED = Number(process.env['SCHEMA_SEED'] ?? 12);

const CREDENTIALS: [string, string][] = [
  ['Authorization', 'Bearer ada/me.items'],
  ['X-API-Key', 'ada/me.items'],
];

/** What Nest and the drivers themselves refuse of random applications. */
const OWN_ERRORS = /defined in resolvers, but not in schema/;

const count = { booted: 0, refused: 0, operations: 0, guarded: 0 };

it('random schemas: nothing guarded is had without credentials', { timeout: 120_000 }, async () => {
  // Looking for a smaller application that fails takes minutes: SHRINK=1 asks for it.
  const endOnFailure = process.env['SHRINK'] === undefined;
  await fc.assert(fc.asyncProperty(schema, check), { seed: SEED, numRuns: RUNS, endOnFailure });
  expect(count.booted).toBeGreaterThan(RUNS / 3);
  expect(count.refused).toBeGreaterThan(RUNS / 20);
  expect(count.guarded).toBeGreaterThan(RUNS / 10);
});

type RandomApp = Awaited<ReturnType<typeof boot>>;

async function check(spec: SchemaSpec): Promise<void> {
  let app: RandomApp;
  try {
    app = await boot(spec);
  } catch (error) {
    if (!OWN_ERRORS.test(String(error))) expect(error).toBeInstanceOf(ConfigurationError);
    count.refused++;
    return;
  }
  count.booted++;
  try {
    await checkQueries(spec, app);
    if (spec.types.some(({ entity }) => entity)) await ask(app, app.schema.entities());
  } finally {
    await app.app.close();
  }
}

async function checkQueries(spec: SchemaSpec, app: RandomApp): Promise<void> {
  for (const [resolver, { queries }] of spec.resolvers.entries()) {
    if (serving(spec, resolver).length === 0) continue;
    for (const [at, { type }] of queries.entries()) {
      const name = queryName(resolver, at);
      const data = await ask(app, `{ ${name} ${app.schema.selection(type)} }`);
      const guarded = isQueryGuarded(spec, resolver, at);
      expect((data?.[name] ?? null) === null).toBe(guarded);
      if (guarded) count.guarded++;
    }
  }
}

/** What an operation is answered without credentials; with them, all of it is answered. */
async function ask(app: RandomApp, query: string): Promise<Record<string, unknown> | null> {
  count.operations++;
  app.schema.passed.length = 0;
  const { data } = await app.send(query);
  expect(JSON.stringify(data ?? null)).not.toContain(GUARDED);
  expect(app.schema.passed).toEqual([]);
  expect((await app.send(query, CREDENTIALS)).errors).toBeUndefined();
  return data;
}

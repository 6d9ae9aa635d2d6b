import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Migration } from '../../lib/migrate/migrate.js';
import { CopiedApplication } from './copied-application.js';
import { expectedOf, type Requests } from './requests.js';

interface Table {
  requests: Requests;
  /** The places and names of what stays. */
  left?: readonly string[];
  /** What the audit says of the migrated application. */
  audit?: readonly string[];
}

const names = readdirSync(fileURLToPath(new URL('applications', import.meta.url)));

describe.each(names)('the application %s', { timeout: 60_000 }, (name) => {
  let application: CopiedApplication;
  let table: Table;
  let migration: Migration;

  beforeAll(async () => {
    application = await CopiedApplication.of(name);
    table = (await import(`./applications/${name}/requests.ts`)) as Table;
  });
  afterAll(() => application.remove());

  it('should answer as its table says before it is migrated', async () => {
    expect(await application.answers(table.requests)).toEqual(expectedOf(table.requests));
  });

  it('should be changed, and leave nothing but what is known to stay', async () => {
    migration = await application.migrate();
    expect(migration.files.length).toBeGreaterThan(0);
    const left = migration.left.map(({ place, what }) => `${application.placeOf(place)}  ${what}`);
    expect(left).toEqual(table.left ?? []);
  });

  it('should answer the same afterwards', async () => {
    expect(await application.answers(table.requests)).toEqual(expectedOf(table.requests));
  });

  it('should be audited as its table says', async () => {
    expect(await application.audit()).toEqual(table.audit);
  });

  it('should not be changed by a second run', async () => {
    const before = await application.files();
    expect((await application.migrate()).files).toEqual([]);
    expect(await application.files()).toEqual(before);
  });
});

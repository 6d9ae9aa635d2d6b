import { planMigration, writeMigration } from './migrate.js';
import { migrationReport } from './report.js';

/**
 * Migrates the application in a folder, and reports what was done and what was left.
 *
 * @param write Whether to write the changes, rather than only report them.
 * @throws MigrationError when the application cannot be analysed.
 */
export function migrateFolder(folder: string, write: boolean): string {
  const migration = planMigration(folder);
  if (write) writeMigration(migration);
  return migrationReport(migration, write);
}

import { planMigration, writeMigration } from './migrate.js';
import { migrationReport } from './report.js';

/**
 * Migrates the application in a folder, and says what it did and did not.
 *
 * @param write Whether to write the changes; otherwise they are only told.
 * @throws MigrationError where nothing can be told.
 */
export function migrateFolder(folder: string, write: boolean): string {
  const migration = planMigration(folder);
  if (write) writeMigration(migration);
  return migrationReport(migration, write);
}

import { planMigration, writeMigration } from './migrate.js';
import { migrationReport } from './report.js';

/**
 * Migrates the application in a folder, and says what it did and did not.
 *
 * @param write Whether to write the changes; otherwise they are only told.
 * @throws MigrationError where nothing can be told.
 */
export async function migrateFolder(folder: string, write: boolean): Promise<string> {
  const migration = await planMigration(folder);
  if (write) writeMigration(migration);
  return migrationReport(migration, write);
}

#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { auditCommand } from './audit-command.js';
import { AuditError, REQUEST } from './audited-application.js';
import type { AuditRequest } from './audit-request.js';
import { type MigrateCommand, parseCommandLine, USAGE } from './command-line.js';
import { MigrationError } from '../migrate/migration.error.js';
import { UsageError } from './usage.error.js';

const request = process.env[REQUEST];
if (request !== undefined) {
  delete process.env[REQUEST];
  const { runApplication } = await import('./application-process.js');
  runApplication(JSON.parse(request) as AuditRequest);
} else {
  process.stdout.on('error', ignoreUnread);
  process.exitCode = await run(process.argv.slice(2));
}

/** Whoever reads the output may stop, as `head` does: that is no failure of this command. */
function ignoreUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Runs the command, and says its exit code. */
async function run(args: readonly string[]): Promise<number> {
  try {
    const command = parseCommandLine(args);
    if (command.command === 'migrate') return await migrate(command);
    if (command.command !== 'audit') {
      process.stdout.write(command.command === 'help' ? `${USAGE}\n` : `${version()}\n`);
      return 0;
    }
    const { output, beside, exitCode } = await auditCommand(
      command,
      fileURLToPath(import.meta.url),
    );
    process.stdout.write(`${output}\n`);
    for (const line of beside) process.stderr.write(`${line}\n`);
    return exitCode;
  } catch (error) {
    return explain(error, args.includes('--verbose'));
  }
}

async function migrate({ folder, write }: MigrateCommand): Promise<number> {
  const { migrateFolder } = await import('../migrate/migrate-folder.js');
  process.stdout.write(`${migrateFolder(folder, write)}\n`);
  return 0;
}

function explain(error: unknown, verbose: boolean): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nSee nestjs-security --help\n`);
    return 2;
  }
  const isExplained = error instanceof AuditError || error instanceof MigrationError;
  if (!isExplained) throw error;
  process.stderr.write(`${error.message}\n`);
  if (verbose) process.stderr.write(`\n${error.stack}\n`);
  return 3;
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

#!/usr/bin/env node
import { auditCommand, USAGE } from './audit-command.js';
import { UsageError } from './usage.error.js';

// Standard output holds the table alone: what the application prints while it starts goes beside it.
const { write } = process.stdout;
process.stdout.write = process.stderr.write.bind(process.stderr);

try {
  const { output, exitCode } = await auditCommand(process.argv.slice(2));
  write.call(process.stdout, `${output}\n`);
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}\n`);
  process.exitCode = 2;
}

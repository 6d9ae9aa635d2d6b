#!/usr/bin/env node
import { auditCommand, USAGE } from './audit-command.js';
import { UsageError } from './usage.error.js';

try {
  const { output, exitCode } = await auditCommand(process.argv.slice(2));
  process.stdout.write(`${output}\n`);
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}\n`);
  process.exitCode = 2;
}

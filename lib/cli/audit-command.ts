import { auditApplication } from './audited-application.js';
import { changesSince, readBaseline } from './baseline.js';
import type { AuditCommand } from './command-line.js';
import { findingsOf } from './findings.js';
import { differenceBeside, formatAudit } from './formats.js';

/** What a run prints, and its exit code. */
export interface CommandResult {
  /** On standard output. */
  readonly output: string;
  /** The lines for standard error. */
  readonly beside: readonly string[];
  readonly exitCode: number;
}

/**
 * Audits an application, and compares it with the baseline, if there is one.
 *
 * @param script The script of the process that loads the application.
 */
export async function auditCommand(command: AuditCommand, script: string): Promise<CommandResult> {
  const { format, strict, baseline, file } = command;
  const before = baseline === undefined ? undefined : readBaseline(baseline);
  const { routes, places } = await auditApplication(script, command);
  const changes = before && changesSince(before, routes);
  const findings = findingsOf(routes, changes ?? [], strict);
  const difference = changes?.map(({ line }) => line);
  const placeOf = new Map(routes.map((route, index) => [route, places[index] ?? undefined]));
  const audit = { routes, findings, difference, file, placeOf };
  return {
    output: formatAudit(format, audit),
    beside: differenceBeside(format, audit),
    exitCode: findings.some(({ level }) => level === 'error') ? 1 : 0,
  };
}

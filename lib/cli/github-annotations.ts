import { auditSummary } from '../audit/audit-table.js';
import { RULES } from './findings.js';
import type { Audit } from './formats.js';

/**
 * The findings of an audit as workflow commands, which GitHub Actions shows at the changed lines, and the audit's
 * summary.
 *
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function asAnnotations({ routes, findings, placeOf }: Audit): string {
  return [
    ...findings.map(({ level, rule, message, route }) =>
      command(level, { ...placeOf.get(route), title: RULES[rule] }, message),
    ),
    command('notice', { title: 'nestjs-security audit' }, auditSummary(routes)),
  ].join('\n');
}

function command(name: string, properties: Record<string, string | number>, message: string) {
  const written = Object.entries(properties).map(
    ([property, value]) => `${property}=${escapeProperty(String(value))}`,
  );
  return `::${name} ${written.join(',')}::${escape(message)}`;
}

function escapeProperty(text: string): string {
  return escape(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A line break would start another command. */
function escape(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

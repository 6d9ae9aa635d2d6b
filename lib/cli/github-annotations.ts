import { auditSummary } from '../audit/audit-table.js';
import { RULES } from './findings.js';
import type { Audit } from './formats.js';

/**
 * The findings of an audit as workflow commands, which GitHub Actions shows beside the change, and its summary.
 *
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function asAnnotations({ routes, findings }: Audit): string {
  return [
    ...findings.map(({ level, rule, message }) => command(level, RULES[rule], message)),
    command('notice', 'nestjs-security audit', auditSummary(routes)),
  ].join('\n');
}

function command(name: string, title: string, message: string): string {
  const property = escape(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${name} title=${property}::${escape(message)}`;
}

/** A line break would start another command. */
function escape(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

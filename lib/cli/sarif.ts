import { auditSummary } from '../audit/audit-table.js';
import { type Finding, RULES } from './findings.js';
import type { Audit } from './formats.js';

/**
 * The findings of an audit as a SARIF log, which code scanning reads.
 *
 * Each is placed at the file that was audited, since compiled code does not say where its source is, and at its
 * handler.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function asSarif({ routes, findings, file }: Audit): object {
  const ids = Object.keys(RULES) as (keyof typeof RULES)[];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'nestjs-security',
            rules: ids.map((id) => ({ id, shortDescription: { text: RULES[id] } })),
          },
        },
        results: findings.map((finding) => asResult(finding, ids.indexOf(finding.rule), file)),
        properties: { summary: auditSummary(routes) },
      },
    ],
  };
}

function asResult({ rule, level, message, route }: Finding, ruleIndex: number, file: string) {
  const { method, path, version = '', controller, handler } = route;
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: 1 },
        },
        logicalLocations: [
          { name: handler, fullyQualifiedName: `${controller}.${handler}`, kind: 'function' },
        ],
      },
    ],
    // What tells two findings of one file apart, from one run to the next.
    partialFingerprints: { 'route/v1': `${rule} ${method} ${path} ${version}`.trim() },
  };
}

/** A relative reference, as section 3.4.3 has it. */
function uriOf(file: string): string {
  return file
    .replaceAll('\\', '/')
    .replace(/^\.\//, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}

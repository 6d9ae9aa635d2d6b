import { hash } from 'node:crypto';
import { auditSummary } from '../audit/audit-table.js';
import { type Finding, RULES } from './findings.js';
import type { Audit } from './formats.js';
import { pathInRepository } from './repository.js';
import type { SourcePlace } from './source-places.js';

/** The advice for each kind of finding, and its severity from 0 to 10. */
const ADVICE: Readonly<
  Record<keyof typeof RULES, { readonly text: string; readonly severity: string }>
> = {
  'open-route': {
    text: 'Declare who may call the route with @Security(...), or that everybody may with @Public().',
    severity: '7.5',
  },
  'undeclared-route': {
    text: 'Add @Security(...) or @Public() to the handler or its controller: AuthModule requires the same of every route always.',
    severity: '5.0',
  },
  'contradicted-document': {
    text: 'Remove @ApiSecurity() or @ApiOperation({ security }) from the route: createDocument() documents what is enforced.',
    severity: '4.0',
  },
  'duplicate-route': {
    text: 'Give one of the two handlers another path: which of them is protected is decided by their order.',
    severity: '4.0',
  },
  'more-open': {
    text: 'Protect the route as before or, where it is meant, write the baseline anew with --format json.',
    severity: '8.0',
  },
};

/**
 * The findings of an audit as a SARIF log, which code scanning reads.
 *
 * Each is located at its handler or, where that is not known, at the file that was audited.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
 */
export function asSarif({ routes, findings, file, placeOf }: Audit): object {
  const audited = { file: pathInRepository(file), line: 1 };
  const ids = Object.keys(RULES) as (keyof typeof RULES)[];
  const fingerprints = fingerprintsOf(findings);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nestjs-security', rules: ids.map(asRule) } },
        results: findings.map((finding, index) => ({
          ...asResult(finding, ids.indexOf(finding.rule), placeOf.get(finding.route) ?? audited),
          partialFingerprints: fingerprints[index],
        })),
        properties: { summary: auditSummary(routes) },
      },
    ],
  };
}

function asRule(id: keyof typeof RULES): object {
  const { text, severity } = ADVICE[id];
  return {
    id,
    shortDescription: { text: RULES[id] },
    fullDescription: { text: RULES[id] },
    help: { text },
    properties: { tags: ['security'], precision: 'very-high', 'security-severity': severity },
  };
}

function asResult(
  { rule, level, message, route }: Finding,
  ruleIndex: number,
  { file, line }: SourcePlace,
) {
  const { controller, handler } = route;
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line },
        },
        logicalLocations: [
          { name: handler, fullyQualifiedName: `${controller}.${handler}`, kind: 'function' },
        ],
      },
    ],
  };
}

/**
 * Fingerprints that identify findings of one file across runs.
 *
 * GitHub reads only `primaryLocationLineHash`. Its default is a hash of the line, which several findings may share and
 * which moves; this one keeps a route the same alert wherever its handler is.
 */
function fingerprintsOf(findings: readonly Finding[]): object[] {
  const occurrences = new Map<string, number>();
  return findings.map(({ rule, route: { method, path, version = '', host = '' } }) => {
    const name = `${rule} ${method} ${path} ${version}`.trim() + (host && ` ${host}`);
    const occurrence = (occurrences.get(name) ?? 0) + 1;
    occurrences.set(name, occurrence);
    const digest = hash('sha256', name).slice(0, 16);
    return { primaryLocationLineHash: `${digest}:${occurrence}`, 'route/v1': name };
  });
}

/** A relative reference, as section 3.4.3 of SARIF defines it. */
function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

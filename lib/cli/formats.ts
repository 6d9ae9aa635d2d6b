import { auditAsMarkdown, auditAsText, auditSummary } from '../audit/audit-table.js';
import type { AuditedRoute } from '../audit/audited-route.js';
import { type Finding, isOpenConnection } from './findings.js';
import { asAnnotations } from './github-annotations.js';
import { asSarif } from './sarif.js';
import type { SourcePlace } from './source-places.js';

export const FORMATS = ['text', 'json', 'markdown', 'sarif', 'github'] as const;

export type Format = (typeof FORMATS)[number];

/** What there is to print. */
export interface Audit {
  readonly routes: readonly AuditedRoute[];
  readonly findings: readonly Finding[];
  /** The differences from the baseline, one per line: empty where there are none, `undefined` without a baseline. */
  readonly difference: readonly string[] | undefined;
  /** The file that was audited. */
  readonly file: string;
  /** Where routes are handled, as far as that is known. */
  readonly placeOf: ReadonlyMap<AuditedRoute, SourcePlace | undefined>;
}

/** The audit as it is printed on standard output. */
export function formatAudit(format: Format, audit: Audit): string {
  const { routes } = audit;
  switch (format) {
    case 'text':
      return [
        auditAsText(routes),
        auditSummary(routes),
        ...openConnections(audit),
        ...difference(audit),
      ].join('\n\n');
    case 'markdown':
      return [
        auditAsMarkdown(routes),
        ...openConnections(audit, '- '),
        ...difference(audit, '- '),
      ].join('\n\n');
    case 'json':
      return JSON.stringify(routes, undefined, 2);
    case 'sarif':
      return JSON.stringify(asSarif(audit), undefined, 2);
    case 'github':
      return asAnnotations(audit);
  }
}

/** The differences for standard error: machines read the JSON, and other formats have the differences in them. */
export function differenceBeside(format: Format, { difference: lines = [] }: Audit): string[] {
  return format === 'json' ? [...lines] : [];
}

/** What to do about connections that say `undeclared`, or why they do not count where open routes are forbidden. */
function openConnections({ findings }: Audit, bullet = ''): string[] {
  const lines = findings.filter(
    ({ rule, route }) => rule === 'open-route' && isOpenConnection(route),
  );
  return lines.length === 0 ? [] : [lines.map(({ message }) => bullet + message).join('\n')];
}

function difference({ difference: lines }: Audit, bullet = '  '): string[] {
  if (lines === undefined) return [];
  const list = lines.length === 0 ? [`${bullet}nothing`] : lines.map((line) => `${bullet}${line}`);
  return [['Changed since the baseline:', ...list].join('\n')];
}

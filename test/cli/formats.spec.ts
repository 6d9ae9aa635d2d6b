import { describe, expect, it } from 'vitest';
import { changesSince } from '../../lib/cli/baseline.js';
import { findingsOf, RULES } from '../../lib/cli/findings.js';
import { differenceBeside, type Format, formatAudit } from '../../lib/cli/formats.js';
import { audited, everybody, open } from './audited.js';

const routes = [
  audited('GET /a:b,c%d', { ...open, handler: 'line\nbreak' }),
  audited('GET /health', everybody),
  audited('GET /orders/:id', { contradiction: 'documents []' }),
  audited('GET /orders/:name', { handler: 'shadow' }),
];
const before = [audited('GET /health'), ...routes.slice(2)];
const changes = changesSince(before, routes);
const difference = changes.map(({ line }) => line);

const audit = {
  routes,
  findings: findingsOf(routes, changes, false),
  difference,
  file: './dist/a b/main.js',
};
const print = (format: Format, given = audit) => formatAudit(format, given);

describe('what an audit complains about', () => {
  it('is each open, contradicted or shadowed route, and each that is more open', () => {
    expect(audit.findings.map(({ rule, level, route }) => [rule, level, route.path])).toStrictEqual(
      [
        ['open-route', 'warning', '/a:b,c%d'],
        ['contradicted-document', 'warning', '/orders/:id'],
        ['duplicate-route', 'warning', '/orders/:name'],
        ['more-open', 'error', '/a:b,c%d'],
        ['more-open', 'error', '/health'],
      ],
    );
  });

  it('is an error where open routes are forbidden', () => {
    expect(findingsOf(routes, [], true)[0]).toMatchObject({ rule: 'open-route', level: 'error' });
  });
});

describe('the difference from the baseline', () => {
  const lines = [
    'GET /a:b,c%d: new, undeclared',
    'GET /health: protected by Key, now more open: public',
  ];

  it.each<[Format, string]>([
    ['text', `\n\nChanged since the baseline:\n  ${lines.join('\n  ')}`],
    ['markdown', `\n\nChanged since the baseline:\n- ${lines.join('\n- ')}`],
  ])('is below the table: %s', (format, expected) => {
    expect(print(format).endsWith(expected)).toBe(true);
    expect(print(format, { ...audit, difference: [] })).toMatch(/baseline:\n.+nothing$/);
    expect(differenceBeside(format, audit)).toStrictEqual([]);
  });

  it('is beside JSON, which stays the list of routes', () => {
    expect(JSON.parse(print('json'))).toStrictEqual(JSON.parse(JSON.stringify(routes)));
    expect(differenceBeside('json', audit)).toStrictEqual(lines);
  });

  it.each<Format>(['text', 'markdown'])('is not there without a baseline: %s', (format) => {
    const { difference: _none, ...without } = audit;
    expect(formatAudit(format, { ...without, difference: undefined })).not.toContain('baseline');
  });
});

describe('the annotations for GitHub', () => {
  it('are one command in a line each, whatever names hold', () => {
    const lines = print('github').split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^:,]+::.+$/);
    expect(lines[0]).toContain('::GET /a:b,c%25d is open, because Orders.line%0Abreak declares');
    expect(lines.at(-1)).toBe(
      '::notice title=nestjs-security audit::4 routes: 2 protected, 1 public, 1 undeclared',
    );
  });
});

interface SarifResult {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: {
    physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
    logicalLocations: { fullyQualifiedName: string }[];
  }[];
  partialFingerprints: Record<string, string>;
}
interface Sarif {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
    results: SarifResult[];
  }[];
}

describe('the SARIF log', () => {
  const log = JSON.parse(print('sarif')) as Sarif;
  const [run] = log.runs;

  it('has what version 2.1.0 requires of a log, a run and a tool', () => {
    expect(Object.keys(log)).toStrictEqual(['$schema', 'version', 'runs']);
    expect(log.version).toBe('2.1.0');
    expect(log.$schema).toMatch(/sarif-2\.1\.0\.json$/);
    expect(log.runs).toHaveLength(1);
    expect(run!.tool.driver.name).toBe('nestjs-security');
    expect(run!.tool.driver.rules).toStrictEqual(
      Object.entries(RULES).map(([id, text]) => ({ id, shortDescription: { text } })),
    );
  });

  it('has a result for each finding, which names its rule and its handler', () => {
    expect(run!.results).toHaveLength(audit.findings.length);
    run!.results.forEach((result, index) => {
      const { rule, level, message, route } = audit.findings[index]!;
      expect(result).toStrictEqual({
        ruleId: rule,
        ruleIndex: Object.keys(RULES).indexOf(rule),
        level,
        message: { text: message },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'dist/a%20b/main.js' },
              region: { startLine: 1 },
            },
            logicalLocations: [
              {
                name: route.handler,
                fullyQualifiedName: `Orders.${route.handler}`,
                kind: 'function',
              },
            ],
          },
        ],
        partialFingerprints: { 'route/v1': `${rule} GET ${route.path}` },
      });
    });
  });

  it('has no results where there is nothing to complain about', () => {
    const quiet = { ...audit, findings: [], routes: [] };
    expect((JSON.parse(print('sarif', quiet)) as Sarif).runs[0]!.results).toStrictEqual([]);
  });
});

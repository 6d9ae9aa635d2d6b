import { join } from 'node:path';
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
  placeOf: new Map([
    [routes[2]!, { file: 'src/a b/orders: c,d.ts', line: 12 }],
    [routes[3]!, undefined],
  ]),
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

  it.each([
    [false, 'warning'],
    [true, 'error'],
  ])('complains about what only always protects, strictly (%s): %s', (strict, level) => {
    const under = (declared: 'public' | 'undeclared') => audited('GET /under', { declared });
    expect(findingsOf([under('undeclared'), under('public')], [], strict)).toMatchObject([
      { rule: 'undeclared-route', level, route: { declared: 'undeclared' } },
    ]);
  });
});

describe('a connection to a gateway', () => {
  const connection = { ...open, controller: 'Chat' };
  const OPEN =
    'is open: call protect(server, Chat) of ConnectionGuard in afterInit() of Chat or, if anybody may connect, put @Public() on its handleConnection()';
  const UNKNOWN =
    'CONNECT chat may be open: whether Chat calls protect() is not known, as its afterInit() did not run, so that --strict lets it pass';
  const unknown = audited('CONNECT chat', { ...connection, guards: ['ConnectionGuard'] });

  it('that is open is an error where open routes are forbidden, and more open than before', () => {
    const now = audited('CONNECT chat', connection);
    expect(findingsOf([now], [], true)).toMatchObject([
      {
        level: 'error',
        message: `CONNECT chat ${OPEN}`,
      },
    ]);
    expect(changesSince([audited('CONNECT chat')], [now])).toMatchObject([{ moreOpen: true }]);
  });

  it('that may be protected is a warning', () => {
    expect(findingsOf([unknown], [], true)).toMatchObject([
      {
        level: 'warning',
        message: UNKNOWN,
      },
    ]);
  });

  it.each<[Format, string]>([
    ['text', `\n\n${UNKNOWN}\nCONNECT room ${OPEN}`],
    ['markdown', `\n\n- ${UNKNOWN}\n- CONNECT room ${OPEN}`],
  ])('is explained below the table: %s', (format, expected) => {
    const known = [unknown, audited('CONNECT room', connection), audited('GET /open', open)];
    const findings = findingsOf(known, [], true);
    const given = { ...audit, routes: known, findings, difference: undefined as never };
    expect(print(format, given).endsWith(expected)).toBe(true);
    expect(print(format, given).split('CONNECT chat may be')).toHaveLength(2);
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
    for (const line of lines) {
      expect(line).toMatch(/^::(error|warning|notice) (file=[^:,]+,line=\d+,)?title=[^:,]+::.+$/);
    }
    expect(lines[0]).toContain('::GET /a:b,c%25d is open, because Orders.line%0Abreak declares');
    expect(lines[1]).toMatch(/^::warning file=src\/a b\/orders%3A c%2Cd.ts,line=12,title=/);
    expect(lines.filter((line) => line.includes('file='))).toHaveLength(1);
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
    tool: {
      driver: {
        name: string;
        rules: {
          id: string;
          shortDescription: { text: string };
          fullDescription: { text: string };
          help: { text: string };
          properties: { tags: string[]; precision: string; 'security-severity': string };
        }[];
      };
    };
    results: SarifResult[];
  }[];
}

const logOf = (given: typeof audit) => JSON.parse(print('sarif', given)) as Sarif;

describe('the SARIF log', () => {
  const log = logOf(audit);
  const [run] = log.runs;

  it('has what version 2.1.0 requires of a log, a run and a tool', () => {
    expect(Object.keys(log)).toStrictEqual(['$schema', 'version', 'runs']);
    expect(log.version).toBe('2.1.0');
    expect(log.$schema).toMatch(/sarif-2\.1\.0\.json$/);
    expect(log.runs).toHaveLength(1);
    expect(run!.tool.driver.name).toBe('nestjs-security');
  });

  it('has what code scanning requires of a rule', () => {
    const { rules } = run!.tool.driver;
    expect(rules.map(({ id }) => id)).toStrictEqual(Object.keys(RULES));
    for (const { id, shortDescription, fullDescription, help, properties } of rules) {
      expect(shortDescription).toStrictEqual({ text: RULES[id as keyof typeof RULES] });
      expect(fullDescription.text.length).toBeGreaterThan(0);
      expect(help.text.length).toBeGreaterThan(0);
      expect(properties.tags).toContain('security');
      expect(['very-high', 'high', 'medium', 'low']).toContain(properties.precision);
      // A text that is a number above 0 and up to 10.
      expect(properties['security-severity']).toMatch(/^(10|[0-9])\.[0-9]$/);
    }
  });

  it('has a result for each finding, which names its rule and its handler', () => {
    expect(run!.results).toHaveLength(audit.findings.length);
    run!.results.forEach((result, index) => {
      const { rule, level, message, route } = audit.findings[index]!;
      expect(['none', 'note', 'warning', 'error']).toContain(level);
      expect(result).toStrictEqual({
        ruleId: rule,
        ruleIndex: Object.keys(RULES).indexOf(rule),
        level,
        message: { text: message },
        locations: [
          {
            physicalLocation: {
              artifactLocation: {
                uri: route === routes[2] ? 'src/a%20b/orders%3A%20c%2Cd.ts' : 'dist/a%20b/main.js',
              },
              region: { startLine: route === routes[2] ? 12 : 1 },
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
        partialFingerprints: {
          primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{16}:1$/),
          'route/v1': `${rule} GET ${route.path}`,
        },
      });
    });
  });

  const hashesOf = (given: typeof audit) =>
    logOf(given).runs[0]!.results.map(
      ({ partialFingerprints }) => partialFingerprints['primaryLocationLineHash']!,
    );

  it('has another fingerprint for each result, though all are in one line', () => {
    const twice = { ...audit, findings: [...audit.findings, ...audit.findings] };
    expect(new Set(hashesOf(twice)).size).toBe(2 * audit.findings.length);
  });

  it('has the same fingerprints where lines have moved', () => {
    const moved = {
      ...audit,
      placeOf: new Map(routes.map((each) => [each, { file: 'b', line: 9 }])),
    };
    expect(logOf(moved).runs[0]!.results[0]!.locations[0]!.physicalLocation.region.startLine).toBe(
      9,
    );
    expect(hashesOf(moved)).toStrictEqual(hashesOf(audit));
  });

  it('has the same fingerprints in another order, and under other names of handlers', () => {
    const renamed = audit.findings.map((finding) => ({
      ...finding,
      route: { ...finding.route, controller: 'Renamed', handler: 'renamed' },
    }));
    expect(hashesOf({ ...audit, findings: renamed.toReversed() }).toReversed()).toStrictEqual(
      hashesOf(audit),
    );
  });

  it('has the same fingerprints in another order, of routes that differ in their host alone', () => {
    const onHosts = ['a.example', 'b.example'].map((host) => ({
      ...audit.findings[0]!,
      route: { ...audit.findings[0]!.route, host },
    }));
    const hashes = hashesOf({ ...audit, findings: onHosts });
    expect(hashesOf({ ...audit, findings: onHosts.toReversed() }).toReversed()).toStrictEqual(
      hashes,
    );
  });

  it.each([
    ['dist/main.js', 'dist/main.js'],
    ['./dist/../dist/main.js', 'dist/main.js'],
    [join(process.cwd(), 'dist', 'main.js'), 'dist/main.js'],
    ['dist/a#b?.js', 'dist/a%23b%3F.js'],
  ])('places results at a path that code scanning finds in the repository: %s', (file, uri) => {
    const [result] = logOf({ ...audit, file }).runs[0]!.results;
    expect(result!.locations[0]!.physicalLocation.artifactLocation.uri).toBe(uri);
  });

  it('has no results where there is nothing to complain about', () => {
    expect(logOf({ ...audit, findings: [], routes: [] }).runs[0]!.results).toStrictEqual([]);
  });
});

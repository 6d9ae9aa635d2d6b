import { describe, expect, it } from 'vitest';
import { parseCommandLine, USAGE } from '../../lib/cli/command-line.js';
import { UsageError } from '../../lib/cli/usage.error.js';

const DEFAULTS = {
  command: 'audit',
  file: 'main.js',
  module: undefined,
  format: 'text',
  strict: false,
  baseline: undefined,
  timeout: 60,
  verbose: false,
};

describe('parseCommandLine', () => {
  it.each<[string[], object]>([
    [['audit', 'main.js'], {}],
    [['--strict', 'audit', 'main.js'], { strict: true }],
    [['audit', '--module', 'Root', 'main.js'], { module: 'Root' }],
    [['audit', 'main.js', '--baseline=policy.json'], { baseline: 'policy.json' }],
    [['audit', 'main.js', '--timeout', '0.5', '--verbose'], { timeout: 0.5, verbose: true }],
    ...['text', 'json', 'markdown', 'sarif', 'github'].map((format): [string[], object] => [
      ['audit', 'main.js', `--format=${format}`],
      { format },
    ]),
  ])('reads %j', (args, expected) => {
    expect(parseCommandLine(args)).toStrictEqual({ ...DEFAULTS, ...expected });
  });

  it.each([
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['audit', 'main.js', '--help'], 'help'],
    [['--version'], 'version'],
    [['-v'], 'version'],
  ])('reads %j', (args, command) => {
    expect(parseCommandLine(args)).toStrictEqual({ command });
  });

  it.each<[string, string[], string]>([
    ['no command', [], 'Unknown command'],
    ['an unknown command', ['check', 'main.js'], 'Unknown command check'],
    ['no file', ['audit'], 'Name one file'],
    ['two files', ['audit', 'a.js', 'b.js'], 'Name one file'],
    ['an unknown format', ['audit', 'a.js', '--format', 'xml'], 'Unknown format xml'],
    [
      'a format of every object',
      ['audit', 'a.js', '--format', 'toString'],
      'Unknown format toString',
    ],
    ['an unknown option', ['audit', 'a.js', '--loud'], "Unknown option '--loud'"],
    ['an option of migrate', ['audit', 'a.js', '--write'], 'audit has no option --write'],
    ['an option of audit', ['migrate', 'src', '--strict'], 'migrate has no option --strict'],
    ['an option without its value', ['audit', 'a.js', '--format'], "Option '--format"],
    ...['0', '-1', 'soon', '', '1e3', 'Infinity', '86401'].map(
      (time): [string, string[], string] => [
        `the time ${time}`,
        ['audit', 'a.js', `--timeout=${time}`],
        '--timeout takes a number of seconds, such as 90',
      ],
    ),
  ])('refuses %s', (_case, args, message) => {
    const parse = () => parseCommandLine(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });
});

describe('the usage', () => {
  it.each([
    'audit <file>',
    '--module',
    'text, json, markdown, sarif (2.1.0) or github',
    '--strict',
    '--baseline',
    'Default: 60.',
    '--verbose',
    '--help',
    '--version',
    '  0  ',
    '  1  ',
    '  2  ',
    '  3  ',
  ])('names %s', (text) => {
    expect(USAGE).toContain(text);
  });
});

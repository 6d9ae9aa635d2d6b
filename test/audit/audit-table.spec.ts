import { describe, expect, it } from 'vitest';
import { auditAsMarkdown, auditAsText, auditSummary } from '../../lib/audit/audit-table.js';
import type { AuditedRoute } from '../../lib/audit/audited-route.js';

const route = (changes: Partial<AuditedRoute>): AuditedRoute => ({
  kind: 'http',
  method: 'GET',
  path: '/items',
  controller: 'Items',
  handler: 'list',
  access: 'protected',
  requirement: 'Key',
  scopes: [],
  source: 'Items',
  ...changes,
});

const ROUTES = [
  route({ scopes: ['a', 'b'] }),
  route({ method: 'DELETE', path: '/items/:id', version: '1, 2', handler: 'remove' }),
  route({ access: 'undeclared', requirement: 'none', source: undefined, handler: 'a' }),
  route({ requirement: 'A | B', contradiction: 'documents []' }),
];

describe('auditSummary', () => {
  it.each<[string, AuditedRoute['access'][]]>([
    ['0 routes', []],
    ['1 route: 1 public', ['public']],
    ['2 routes: 2 undeclared', ['undeclared', 'undeclared']],
    [
      '5 routes: 2 protected, 1 optional, 1 public, 1 undeclared',
      ['undeclared', 'protected', 'public', 'optional', 'protected'],
    ],
  ])('%s', (summary, kinds) => {
    expect(auditSummary(kinds.map((access) => route({ access })))).toBe(summary);
  });
});

describe('auditAsText', () => {
  it('aligns its columns', () => {
    expect(auditAsText(ROUTES)).toBe(
      [
        'Method  Path                       Handler       Access      Requirement               Scopes  Declared at',
        'GET     /items                     Items.list    protected   Key                       a b     Items',
        'DELETE  /items/:id (version 1, 2)  Items.remove  protected   Key                               Items',
        'GET     /items                     Items.a       undeclared  none',
        'GET     /items                     Items.list    protected   A | B (but documents [])          Items',
      ].join('\n'),
    );
  });

  it('has its head when there is nothing to tell', () => {
    expect(auditAsText([])).toBe('Method  Path  Handler  Access  Requirement  Scopes  Declared at');
  });
});

describe('auditAsMarkdown', () => {
  it('is a table, whatever its cells hold', () => {
    expect(auditAsMarkdown(ROUTES)).toBe(
      [
        '| Method | Path | Handler | Access | Requirement | Scopes | Declared at |',
        '| --- | --- | --- | --- | --- | --- | --- |',
        '| GET | /items | Items.list | protected | Key | a b | Items |',
        '| DELETE | /items/:id (version 1, 2) | Items.remove | protected | Key |  | Items |',
        '| GET | /items | Items.a | undeclared | none |  |  |',
        '| GET | /items | Items.list | protected | A \\| B (but documents []) |  | Items |',
      ].join('\n'),
    );
  });
});

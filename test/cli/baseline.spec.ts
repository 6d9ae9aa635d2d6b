import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditedRoute } from '../../lib/audit/audited-route.js';
import { changesSince, readBaseline } from '../../lib/cli/baseline.js';
import { UsageError } from '../../lib/cli/usage.error.js';
import { audited, everybody, open } from './audited.js';

type Route = Partial<AuditedRoute>;
const by = (requirement: string, ...scopes: string[]): Route => ({
  requirement,
  scopes,
  access: requirement.includes('anonymous') ? 'optional' : 'protected',
});

function change(before: Route, after: Route) {
  const changes = changesSince([audited('GET /orders', before)], [audited('GET /orders', after)]);
  expect(changes.length).toBeLessThan(2);
  return changes[0];
}

describe('a route that is more open than in the baseline', () => {
  it.each<[string, Route, Route]>([
    ['is public now', {}, everybody],
    ['declares nothing any longer', {}, open],
    ['is optional now', {}, by('Key, or anonymous')],
    ['lets another scheme in', {}, by('Key, or User')],
    ['asks for another scheme', {}, by('User')],
    ['asks for one of two schemes', by('Key and User'), by('User')],
    ['asks for either of two schemes', by('Key and User'), by('Key, or User')],
    ['asks for fewer scopes', by('Key', 'read', 'write'), by('Key', 'read')],
    ['asks for another scope', by('Key', 'write'), by('Key', 'read')],
    ['is public itself, under always', {}, { declared: 'public' }],
    ['is optional itself, under always', {}, { declared: 'optional' }],
    ['declares nothing itself, under always', {}, { declared: 'undeclared' }],
    ['is public now, and was optional', { declared: 'optional' }, { declared: 'public' }],
    ['let nobody in', by('nobody'), {}],
    ['asks no rule any longer', { rules: ['Yours.'] }, {}],
    ['asks fewer rules', { rules: ['Yours.', 'Open.'] }, { rules: ['Open.'] }],
    ['asks another rule', { rules: ['Yours.'] }, { rules: ['Anybody.'] }],
    ['asks one alternative for fewer scopes', by('Key with "a" "b"'), by('Key with "a"')],
    ['asks one alternative for no scopes', by('Key with "a", or User'), by('Key, or User')],
    ['asks one of two schemes for no scopes', by('Key with "a" and User'), by('Key and User')],
    [
      'asks neither of two schemes for a scope any longer',
      by('Key and User, one of them with "a"'),
      by('Key and User'),
    ],
    ['lets in who has another scope', by('Key with "a"'), by('Key with "a", or Key with "b"')],
    ['asks only one alternative for a scope', by('Key, or User', 'a'), by('Key with "a", or User')],
    [
      'has another pair of schemes',
      by('Key and User, or Admin'),
      by('Key and Admin, or User and Other'),
    ],
  ])('%s', (_what, before, after) => {
    const found = change(before, after);
    expect(found).toMatchObject({ moreOpen: true });
    expect(found!.line).toMatch(/^GET \/orders: .+, now more open: .+/);
  });

  const openToAll: Route[] = [everybody, open, by('Key, or anonymous')];
  const underAlways: Route[] = [{ declared: 'public' }, { declared: 'undeclared' }];
  it.each([...openToAll, ...underAlways])('is new and lets anybody in', (route) => {
    expect(changesSince([], [audited('GET /orders', route)])).toMatchObject([{ moreOpen: true }]);
  });

  it('is another version of one', () => {
    const changes = changesSince(
      [audited('GET /orders', { version: '1' })],
      [audited('GET /orders', { version: '1' }), audited('GET /orders', { ...open, version: '2' })],
    );
    expect(changes).toMatchObject([
      { line: 'GET /orders (version 2): new, undeclared', moreOpen: true },
    ]);
  });

  it('is served by a handler that was not there', () => {
    const before = [audited('GET /orders'), audited('GET /orders', { handler: 'all', ...open })];
    const now = [audited('GET /orders', { handler: 'other', ...open })];
    expect(changesSince(before, now)).toMatchObject([{ moreOpen: true }]);
  });
});

describe('a route that is no more open than in the baseline', () => {
  it.each<[string, Route, Route]>([
    [
      'asks one of two schemes for a scope',
      by('Key and User'),
      by('Key and User, one of them with "a"'),
    ],
    [
      'asks one of two schemes for one scope more',
      by('Key and User, one of them with "a"'),
      by('Key and User, one of them with "a" "b"'),
    ],
    ['was public', everybody, {}],
    ['was undeclared and is public', open, everybody],
    ['lets fewer schemes in', by('Key, or User'), by('Key')],
    ['asks for more schemes', by('Key'), by('Key and User')],
    ['asks for more scopes', by('Key'), by('Key', 'read')],
    ['lets nobody in', by('Key'), by('nobody')],
    ['was optional', by('Key, or anonymous'), by('Key')],
    ['was optional and is public', by('Key, or anonymous', 'read'), everybody],
    ['has its alternatives in another order', by('Key, or User'), by('User, or Key')],
  ])('%s', (_what, before, after) => {
    expect(change(before, after)).toMatchObject({ moreOpen: false });
  });

  it('is as it was, wherever it is declared', () => {
    expect(change({}, { source: 'forRoot', controller: 'Renamed' })).toBeUndefined();
  });

  it.each<[string, AuditedRoute[], AuditedRoute[], string]>([
    ['is new', [], [audited('GET /new')], 'GET /new: new, protected by Key'],
    ['is gone', [audited('GET /old', open)], [], 'GET /old: removed'],
  ])('%s', (_what, before, after, line) => {
    expect(changesSince(before, after)).toMatchObject([{ line, moreOpen: false }]);
  });
});

describe('readBaseline', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-security-baseline-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (text: string) => {
    writeFileSync(join(folder, 'policy.json'), text);
    return readBaseline(join(folder, 'policy.json'));
  };

  it('reads what the command wrote', () => {
    const routes = [audited('GET /orders'), audited('POST /orders', { scopes: ['write'] })];
    expect(read(JSON.stringify(routes))).toStrictEqual(routes);
    expect(read('[]')).toStrictEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['text', 'GET /orders'],
    ['another object', '{"routes":[]}'],
    ['a list of something else', '[null]'],
    ['a route without its scopes', JSON.stringify([{ ...audited('GET /a'), scopes: undefined }])],
    ['a route of unknown access', JSON.stringify([{ ...audited('GET /a'), access: 'closed' }])],
  ])('refuses %s', (_what, text) => {
    expect(() => read(text)).toThrow(UsageError);
    expect(() => read(text)).toThrow('write it with --format json');
  });

  it('refuses a file that is not there', () => {
    expect(() => readBaseline(join(folder, 'gone.json'))).toThrow(UsageError);
  });
});

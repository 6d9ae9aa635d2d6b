import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { duplicateRoutes } from '../../lib/audit/duplicate-routes.js';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { audited, everybody } from '../cli/audited.js';
import { bootLines } from './recorded-boot.js';

type Given = Parameters<typeof audited>;
const pairs = (...routes: Given[]) =>
  duplicateRoutes(routes.map((route) => audited(...route))).map(({ first, second }) => [
    first.handler,
    second.handler,
  ]);
const other = (more = {}) => ({ handler: 'other', ...more });

describe('duplicateRoutes', () => {
  it.each<[string, Given, Given]>([
    ['the same path', ['GET /orders'], ['GET /orders', other()]],
    ['the same path for all methods', ['ALL /orders'], ['ALL /orders', other()]],
    [
      'paths that differ in the names of their parameters',
      ['GET /orders/:id/items/:item'],
      ['GET /orders/:order_id/items/:name', other()],
    ],
    [
      'paths that differ in the names of their wildcards',
      ['GET /files/*path'],
      ['GET /files/*rest', other()],
    ],
    ['the same name in two classes', ['GET /a'], ['GET /a', everybody]],
    [
      'the same name in two classes of which one has a rule',
      ['GET /a'],
      ['GET /a', { rules: ['Only owners.'] }],
    ],
    ['paths that differ in a slash at the end', ['GET /orders'], ['GET /orders/', other()]],
    ['the root', ['GET /'], ['GET /', other()]],
    [
      'a version they share',
      ['GET /orders', { version: '1, 2' }],
      ['GET /orders', other({ version: '2, 3' })],
    ],
    [
      'several versions they share',
      ['GET /orders', { version: '1, 2' }],
      ['GET /orders', other({ version: '2, 1' })],
    ],
    ['the same host', ['GET /a', { host: 'a.example' }], ['GET /a', other({ host: 'a.example' })]],
    [
      'a host they share',
      ['GET /a', { host: 'a.example, b.example' }],
      ['GET /a', other({ host: 'b.example' })],
    ],
    ['the same name in another controller', ['GET /a'], ['GET /a', { controller: 'Others' }]],
  ])('finds two handlers for %s', (_what, first, second) => {
    expect(pairs(first, second)).toHaveLength(1);
  });

  it.each<[string, Given, Given]>([
    ['methods', ['GET /orders'], ['POST /orders', other()]],
    ['paths', ['GET /orders'], ['GET /items', other()]],
    ['places of a parameter', ['GET /:a/b'], ['GET /a/:b', other()]],
    ['a parameter and a word', ['GET /orders/:id'], ['GET /orders/all', other()]],
    ['a method and its fallback', ['GET /orders'], ['ALL /orders', other()]],
    ['versions', ['GET /orders', { version: '1' }], ['GET /orders', other({ version: '2' })]],
    ['hosts', ['GET /a', { host: 'a.example' }], ['GET /a', other({ host: 'b.example' })]],
    [
      'a version and none',
      ['GET /orders', { version: '1' }],
      ['GET /orders', other({ version: 'neutral' })],
    ],
  ])('leaves different %s alone', (_what, first, second) => {
    expect(pairs(first, second)).toStrictEqual([]);
  });

  it('leaves a controller alone that two modules have', () => {
    expect(pairs(['GET /orders'], ['GET /orders'])).toStrictEqual([]);
  });

  it('finds each pair of three', () => {
    expect(
      pairs(
        ['GET /a', { handler: 'a' }],
        ['GET /a', { handler: 'b' }],
        ['GET /a', { handler: 'c' }],
      ),
    ).toStrictEqual([
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'c'],
    ]);
  });

  it('says what is served, by whom and what to do', () => {
    const routes = [
      audited('GET /orders/:id', { version: '2' }),
      audited('GET /orders/:name', { ...other(), version: '2' }),
    ];
    expect(duplicateRoutes(routes).map(({ message }) => message)).toStrictEqual([
      'GET /orders/:name (version 2) is served by Orders.read and by Orders.other, of which one is never reached: give it another path, or remove it',
    ]);
  });

  it('says that there are two classes of one name', () => {
    const [found] = duplicateRoutes([audited('GET /a'), audited('GET /a', everybody)]);
    expect(found!.message).toContain('by Orders.read and by another Orders.read,');
  });
});

describe('the boot report', () => {
  it.each<[string, [controller: string, handler: string], [controller: string, handler: string]]>([
    ['in one controller', ['a', 'b'], ['a', 'b']],
    ['whose prefix is the beginning of the path', ['a', 'b'], ['', 'a/b']],
    ['whose prefix ends with a parameter', ['a/:id', 'b'], ['a', ':name/b']],
    ['whose wildcard has another name', ['a', '*path'], ['a', '*rest']],
  ])('finds a route that is served twice, %s', async (_what, first, second) => {
    const lines = await bootLines({
      imports: [AuthModule.forRoot({ schemes: [] })],
      controllers: [controllerAt(...first), controllerAt(...second)],
    });
    expect(lines.filter((line) => line.includes('one is never reached'))).toHaveLength(1);
  });
});

let served = 0;

function controllerAt(prefix: string, path: string) {
  @Controller(prefix)
  @Public()
  class Served {
    @Get(path) read() {}
  }
  // Handlers are told apart by the names of their classes.
  return Object.defineProperty(Served, 'name', { value: `Served${prefix}${path}${++served}` });
}

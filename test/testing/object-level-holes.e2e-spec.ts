import { DocumentBuilder } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { createDocument } from 'nestjs-security/openapi';
import { accessMatrix, actors } from 'nestjs-security/testing';
import { expect, it } from 'vitest';
import { adapters } from '../support/adapters.js';
import { type Application, applicationOf, other, token } from './notes-application.js';
import { seededHoles } from './object-level-holes.js';

/** Who may call what: the owner of the examples, somebody like them, and nobody. */
async function whoMayCallWhat({ configure, ...metadata }: Application): Promise<string[][]> {
  const builder = Test.createTestingModule(metadata);
  const [people, others] = [actors(builder, token), actors(builder, other)];
  const module = await builder.compile();
  const app = module.createNestApplication(adapters[0]!.create(), { logger: false });
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  const headers = (id: string) => ({
    ...people.headers({ id, tenant: 'north' }, ['notes'] as never),
    ...others.headers({ id, tenant: 'north' }),
  });
  const matrix = await accessMatrix(app, createDocument(app, new DocumentBuilder().build()), {
    ada: headers('ada'),
    bob: headers('bob'),
    nobody: {},
  });
  await app.close();
  return matrix
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/));
}

/** Operations that Bob, or nobody, may call. */
const tooOpen = (rows: string[][]) =>
  rows.filter(([, , ...others]) => others.some((cell) => cell.includes('yes')));

it('there are fifty, each another', () => {
  expect(new Set(seededHoles.map(([hole]) => hole)).size).toBe(seededHoles.length);
  expect(seededHoles.length).toBeGreaterThanOrEqual(50);
});

it.each(seededHoles)(
  'the matrix shows the hole "%s", and none without it',
  { timeout: 60_000 },
  async (_hole, sound, holey) => {
    const rows = await whoMayCallWhat(applicationOf(sound));
    expect(rows.length).toBeGreaterThan(0);
    expect(tooOpen(rows)).toStrictEqual([]);
    expect(tooOpen(await whoMayCallWhat(applicationOf(holey)))).not.toStrictEqual([]);
  },
);

import { JwtService } from '@nestjs/jwt';
import { AuthGuard } from '@nestjs/passport';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MigrationError } from '../../lib/migrate/migration.error.js';
import { CopiedApplication } from './copied-application.js';
import { filesOf, pieces, type Pieces, ROUTES } from './generated-application.js';

const jwt = new JwtService({ secret: 'secret' });
const token = (sub: string, ...roles: string[]) => `Bearer ${jwt.sign({ sub, roles })}`;

const CALLERS = {
  nobody: undefined,
  'a bad token': 'Bearer a.b.c',
  'a user': token('ada', 'user'),
  'an administrator': token('eve', 'admin'),
  'who is blocked': token('blocked', 'user', 'admin'),
};

/** How many applications are made; more of them, and others, on demand. */
const NUM_RUNS = Number(process.env['MIGRATE_RUNS'] ?? 15);
const SEED = Number(process.env['MIGRATE_SEED'] ?? 16);

/** Every application's: there is one such class, and some applications change it. */
const shared = AuthGuard('jwt').prototype as { handleRequest: unknown };
const { handleRequest } = shared;

/** Who is let in by which route: `undefined` where the application does not start. */
async function answersOf(application: CopiedApplication): Promise<Record<string, boolean>> {
  return application.run(async (_app, url) => {
    const answers: Record<string, boolean> = {};
    for (const route of ROUTES) {
      for (const [caller, authorization] of Object.entries(CALLERS)) {
        const answer = await fetch(url + route, {
          headers: authorization ? { authorization } : {},
        });
        await answer.arrayBuffer();
        answers[`${route} ${caller}`] = answer.ok;
      }
    }
    return answers;
  });
}

async function isChanged(application: CopiedApplication): Promise<boolean> {
  try {
    return (await application.migrate()).files.length > 0;
  } catch (error) {
    expect(error).toBeInstanceOf(MigrationError);
    return false;
  }
}

/** Whether it was migrated; fails where it does not answer as it did. */
async function compare(made: Pieces): Promise<boolean> {
  const application = await CopiedApplication.from(filesOf(made));
  try {
    const before = await answersOf(application);
    if (!(await isChanged(application))) return false;
    shared.handleRequest = handleRequest;
    expect(await answersOf(application)).toEqual(before);
    return true;
  } finally {
    shared.handleRequest = handleRequest;
    await application.remove();
  }
}

it('should let in whom the application let in, and nobody else', { timeout: 600_000 }, async () => {
  let migrated = 0;
  await fc.assert(
    fc.asyncProperty(pieces, async (made) => {
      if (await compare(made)) migrated++;
    }),
    { numRuns: NUM_RUNS, seed: SEED, endOnFailure: true },
  );
  // One that leaves everything alone is no test of it.
  expect(migrated).toBeGreaterThan(NUM_RUNS / 10);
});

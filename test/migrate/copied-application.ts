import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import { AuthModule } from '../../lib/auth.module.js';
import { type Migration, planMigration, writeMigration } from '../../lib/migrate/migrate.js';
import { answersOf, type Requests } from './requests.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const APPLICATIONS = fileURLToPath(new URL('applications', import.meta.url));

/** A strategy as passport-local is: a username and a password in the form. */
const PASSPORT_LOCAL = `
import { Strategy as Base } from 'passport-strategy';
export class Strategy extends Base {
  constructor(options, verify) {
    super();
    this.name = 'local';
    this.verify = verify ?? options;
  }
  authenticate({ body = {} }) {
    if (!body.username || !body.password) return this.fail({ message: 'Missing credentials' }, 400);
    this.verify(body.username, body.password, (error, user, info) => {
      if (error) return this.error(error);
      return user ? this.success(user, info) : this.fail(info);
    });
  }
}`;

/** A copy of an application, which may be changed and started. */
export class CopiedApplication {
  private constructor(readonly folder: string) {}

  static async of(name: string): Promise<CopiedApplication> {
    const copied = await CopiedApplication.empty();
    await cp(join(APPLICATIONS, name, 'src'), join(copied.folder, 'src'), { recursive: true });
    return copied;
  }

  /** An application of these files. */
  static async from(files: Readonly<Record<string, string>>): Promise<CopiedApplication> {
    const copied = await CopiedApplication.empty();
    await mkdir(join(copied.folder, 'src'));
    for (const [name, text] of Object.entries(files))
      await writeFile(join(copied.folder, 'src', name), text);
    return copied;
  }

  private static async empty(): Promise<CopiedApplication> {
    await mkdir(join(ROOT, 'build'), { recursive: true });
    const folder = await mkdtemp(join(ROOT, 'build', 'migrate-'));
    const local = join(folder, 'node_modules', 'passport-local');
    await mkdir(local, { recursive: true });
    await writeFile(
      join(local, 'package.json'),
      '{ "name": "passport-local", "type": "module", "main": "index.js" }',
    );
    await writeFile(join(local, 'index.js'), PASSPORT_LOCAL);
    const paths = { '@/*': ['./src/*'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { paths } }));
    return new CopiedApplication(folder);
  }

  /** The application's files, by name. */
  async files(): Promise<Record<string, string>> {
    const names = await readdir(join(this.folder, 'src'), { recursive: true });
    const texts: Record<string, string> = {};
    for (const name of names.filter((one) => one.endsWith('.ts'))) {
      texts[name] = await readFile(join(this.folder, 'src', name), 'utf8');
    }
    return texts;
  }

  async plan(): Promise<Migration> {
    return planMigration(join(this.folder, 'src'));
  }

  async migrate(): Promise<Migration> {
    const migration = await this.plan();
    writeMigration(migration);
    return migration;
  }

  /** A place of a report as it is in the application itself. */
  placeOf(place: string): string {
    return place.replace(`${relative('', this.folder)}/`, '');
  }

  /** Starts a copy of it as it is now, and has it answer. */
  async run<Result>(use: (app: INestApplication, url: string) => Promise<Result>): Promise<Result> {
    const version = await mkdtemp(join(this.folder, 'run-'));
    // Imported twice, a file would be the one that was imported first.
    await cp(join(this.folder, 'src'), join(version, 'src'), { recursive: true });
    await resolvePaths(join(version, 'src'));
    const { createApp } = (await import(join(version, 'src/main.ts'))) as {
      createApp(): Promise<INestApplication>;
    };
    const app = await createApp();
    try {
      await app.listen(0, '127.0.0.1');
      return await use(app, await app.getUrl());
    } finally {
      await app.close();
    }
  }

  answers(requests: Requests): Promise<unknown[]> {
    return this.run((_app, url) => answersOf(url, requests));
  }

  /** Such as `GET /profile protected JwtToken`. */
  audit(): Promise<string[]> {
    return this.run(async (app) =>
      AuthModule.audit(app).map(({ method, path, access, requirement, rules = [] }) =>
        [method, path, access, requirement, ...rules].join(' '),
      ),
    );
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Does to `@/` in imports what a bundler would. */
async function resolvePaths(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((one) => one.endsWith('.ts'))) {
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll(`from '@/`, `from '${folder}/`));
  }
}

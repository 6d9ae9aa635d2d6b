import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type ts from 'typescript';
import { subclassesOf } from './class-uses.js';
import { type Left, leftOf } from './left.js';
import { MigrationError } from './migration.error.js';
import { Plan } from './plan.js';
import { Project } from './project.js';
import { type Done, Rewrite } from './rewrite.js';
import { Syntax } from './syntax.js';
import { loadTypeScript, type TypeScript } from './typescript.js';

const BYTE_ORDER_MARK = '\ufeff';

/** A file as it is, and as it would be. */
export interface FileChange {
  readonly path: string;
  /** As the user would name it. */
  readonly name: string;
  /** `undefined` where there is no such file yet. */
  readonly before: string | undefined;
  readonly after: string;
}

/** What a migration would do, and what it would not. */
export interface Migration {
  readonly files: readonly FileChange[];
  readonly done: readonly Done[];
  readonly left: readonly Left[];
  /** Guard classes that nothing applies any longer. */
  readonly unused: readonly string[];
}

/**
 * Plans which guards of an application this package can replace, and writes nothing.
 *
 * @throws MigrationError when the application cannot be analysed.
 */
export function planMigration(folder: string): Migration {
  const ts = loadTypeScript(folder);
  const project = new Project(ts, folder);
  const plan = new Plan(project);
  const rewrite = new Rewrite(plan);
  const files = filesOf(project, rewrite);
  for (const file of files) assertParses(ts, file);
  const byPlace = (a: Done, b: Done) => a.place.localeCompare(b.place, 'en', { numeric: true });
  return {
    files,
    done: rewrite.done.sort(byPlace),
    left: [...leftOf(plan), ...rewrite.left].sort((a, b) =>
      a.place.localeCompare(b.place, 'en', { numeric: true }),
    ),
    unused: unusedGuards(plan),
  };
}

/**
 * Writes the files of a migration.
 *
 * @throws MigrationError where one of them cannot be written: those before it are.
 */
export function writeMigration({ files }: Migration): void {
  for (const { path, name, after } of files) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, after);
    } catch (cause) {
      const { message } = cause as Error;
      throw new MigrationError(`${name} could not be written: ${message}`, { cause });
    }
  }
}

function filesOf(project: Project, { changes, created }: Rewrite): FileChange[] {
  const changed = [...changes.values()]
    .filter(({ isEmpty }) => !isEmpty)
    .map((change) => {
      const path = change.file.fileName;
      const before = readFileSync(path, 'utf8');
      // TypeScript reads a file without its byte order mark.
      const mark = before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
      return { path, name: project.nameOf(path), before, after: mark + change.apply() };
    });
  const added = [...created].map(([path, after]) => ({
    path,
    name: project.nameOf(path),
    before: undefined,
    after,
  }));
  return [...added, ...changed].sort((a, b) => a.name.localeCompare(b.name));
}

/** Checks that a changed file parses, so that a bug of this command does not get into the application. */
function assertParses(ts: TypeScript, { name, after }: FileChange): void {
  const { diagnostics = [] } = ts.transpileModule(after, {
    fileName: name,
    reportDiagnostics: true,
    compilerOptions: {
      experimentalDecorators: true,
      jsx: ts.JsxEmit.Preserve,
      target: ts.ScriptTarget.ESNext,
    },
  });
  const [problem] = diagnostics.filter(({ category }) => category === ts.DiagnosticCategory.Error);
  if (problem === undefined) return;
  throw new MigrationError(
    `${name} would not be TypeScript any longer (${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}): nothing was written; please report it`,
  );
}

function unusedGuards({ project, globals, handlers, units }: Plan): readonly string[] {
  const applied = [
    ...globals,
    ...handlers.routes.flatMap(({ type, method }) =>
      [type, method].flatMap(({ guards, node }) => guards.map(({ guard }) => ({ guard, node }))),
    ),
  ];
  const unused = new Set<string>();
  const tests = [
    ...new Syntax(project.ts, project.testsBeside()).all(project.ts.isIdentifier),
  ].filter(({ parent }) => !project.ts.isImportSpecifier(parent));
  for (const { guard } of applied) {
    if (guard.kind === 'unknown' || guard.declaration === undefined) continue;
    const stays = applied.some((one) => one.guard === guard && !units.isReplaced(guard, one.node));
    if (stays || subclassesOf(project, guard.declaration).length > 0) continue;
    const others = [
      ...project
        .referencesTo(guard.declaration)
        .filter((name) => project.isTest(name) || isListed(project, name)),
      ...tests.filter(({ text }) => text === guard.declaration?.name?.text),
    ];
    const named = others.map((name) => `, named in ${project.placeOf(name)}`);
    unused.add(`${guard.name} (${project.placeOf(guard.declaration)})${named.join('')}`);
  }
  return [...unused];
}

/** Whether a name is an element of a list, such as the providers of a module. */
function isListed({ ts }: Project, { parent }: ts.Identifier): boolean {
  return ts.isArrayLiteralExpression(parent);
}

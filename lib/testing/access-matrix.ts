import type { INestApplication } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AuthModule } from '../auth.module.js';
import { applicationConfigOf } from '../policies/nest-container.js';
import { alignedTable } from '../audit/aligned-table.js';
import { isAnsweredInFront } from './answered-in-front.js';
import {
  type DocumentedOperation,
  documentedOperations,
  type SecuredDocument,
  nameOf,
} from './documented-operation.js';
import { HaltedHandlers } from './halted-handlers.js';
import { exchange, type HeaderLine, isSuccess } from './raw-exchange.js';
import { sampleBodyOf } from './sample-body.js';
import { versionHeaders } from './version-headers.js';

/**
 * Who may call what: a table of every documented operation and every actor, to keep in a snapshot.
 *
 * A cell is `yes`, or the status of the refusal, or of what CORS answers to `OPTIONS` of any path. Rows are sorted by
 * path and method, actors are in the order given. Every guard of the application and every rule runs, but no handler
 * does: the table does not know of checks that a handler makes itself, such as whose object it is. Parameters of paths,
 * queries, headers and bodies take the document's examples, or values that fit its schemas: add examples where the value
 * decides. Routes that the document leaves out are not in the table; `AuthModule.audit` lists them. The application must
 * listen.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder } from '@nestjs/swagger';
 * import { createDocument } from 'nestjs-security/openapi';
 * import { accessMatrix } from 'nestjs-security/testing';
 *
 * export async function whoMayCallWhat(app: INestApplication): Promise<string> {
 *   await app.listen(0, '127.0.0.1');
 *   const document = createDocument(app, new DocumentBuilder().build());
 *   return accessMatrix(app, document, { admin: { 'x-api-key': 'key of an administrator' }, guest: {} });
 * }
 * ```
 *
 * @param actors By the name of each actor, the headers that it sends; `people.headers(user)` of `actors` makes some.
 * @publicApi
 */
export async function accessMatrix(
  app: INestApplication,
  document: SecuredDocument,
  actors: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<string> {
  const url = await app.getUrl();
  const routes = AuthModule.audit(app);
  const versioning = applicationConfigOf(app.get(ModuleRef)).getVersioning();
  const halted = new HaltedHandlers();
  const rows: string[][] = [['Operation', ...Object.keys(actors)]];
  try {
    for (const operation of documentedOperations(document).sort(byPath)) {
      const versions = versionHeaders(operation, routes, versioning);
      const cells: string[] = [];
      for (const headers of Object.values(actors)) {
        const found = new Set<string>();
        for (const version of versions) {
          const sent = Object.entries({ ...version, ...headers });
          found.add(await answerTo(url, operation, sent, halted));
        }
        // Where versions share a path, the document holds only one: the cell has each answer.
        cells.push([...found].join(' or '));
      }
      rows.push([nameOf(operation), ...cells]);
    }
  } finally {
    halted.end();
  }
  return alignedTable(rows);
}

async function answerTo(
  url: string,
  operation: DocumentedOperation,
  headers: readonly HeaderLine[],
  halted: HaltedHandlers,
): Promise<string> {
  const { method, target } = operation;
  const { headers: all, body } = sampleBodyOf(operation);
  const own = headers.map(([name]) => name.toLowerCase());
  const described = all.filter(([name]) => !own.includes(name.toLowerCase()));
  const ask = async (of: string) => {
    const { answer, ...course } = await halted.watch((header) =>
      exchange(url, { method, target: of, headers: [...described, ...headers, header], body }),
    );
    return { ...course, status: answer.status };
  };
  const answered = await ask(target);
  const { reached, status } = answered;
  if (reached !== undefined) return 'yes';
  // A success without a handler is let in too: something other than a handler of Nest answered, which no guard stops.
  return isSuccess(status) && !(await isAnsweredInFront(method, answered, ask))
    ? 'yes'
    : String(status);
}

function byPath(a: DocumentedOperation, b: DocumentedOperation): number {
  const [one, other] = [a, b].map(({ path, method }) => `${path}\n${method}`) as [string, string];
  return one === other ? 0 : one < other ? -1 : 1;
}

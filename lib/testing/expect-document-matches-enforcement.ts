import { AssertionError } from 'node:assert';
import type { INestApplication } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { applicationConfigOf } from '../audit/route-audit.js';
import { AuthModule } from '../auth.module.js';
import {
  documentedOperations,
  documentedSchemes,
  type SecuredDocument,
} from './documented-operation.js';
import { type ProbeCase, probeCases, strangerCases } from './probe-case.js';
import { sendProbe } from './probe-request.js';
import { ProbeSession } from './probe-session.js';
import { versionHeaders } from './version-headers.js';

/**
 * Fails unless an application lets in exactly the callers that its OpenAPI document says.
 *
 * It reads only the document. For every operation it calls the listening application with nothing, with each
 * alternative, with each alternative short of one scheme, with each scope missing, and with schemes that the
 * operation does not name. While it runs, `validate` is replaced and no handler runs. Guards of your own may still
 * answer first. Of versions that share a path it is enough that one is as documented.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder } from '@nestjs/swagger';
 * import { createDocument } from 'nestjs-security/openapi';
 * import { expectDocumentMatchesEnforcement } from 'nestjs-security/testing';
 *
 * export async function documentIsTrue(app: INestApplication): Promise<void> {
 *   await app.listen(0, '127.0.0.1');
 *   await expectDocumentMatchesEnforcement(app, createDocument(app, new DocumentBuilder().build()));
 * }
 * ```
 *
 * @param options.headers Sent with every request, such as what a custom versioning asks for. Default: none.
 * @returns How many requests it made.
 * @throws AssertionError that lists each difference.
 * @publicApi
 */
export async function expectDocumentMatchesEnforcement(
  app: INestApplication,
  document: SecuredDocument,
  { headers = {} }: { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  const url = await app.getUrl();
  const schemes = documentedSchemes(document);
  const routes = AuthModule.audit(app);
  const versioning = applicationConfigOf(app.get(ModuleRef)).getVersioning();
  const session = new ProbeSession(app);
  const differences: string[] = [];
  let requests = 0;
  try {
    for (const operation of documentedOperations(document)) {
      const found: string[][] = [];
      for (const version of versionHeaders(operation, routes, versioning)) {
        const sent = { ...headers, ...version, ...session.headers };
        const stages = [probeCases(operation, schemes), strangerCases(operation, schemes)];
        requests += stages.flat().length;
        found.push(await differencesIn(stages, session, url, sent));
      }
      differences.push(...fewest(found));
    }
  } finally {
    session.end();
  }
  requireNone(differences);
  return requests;
}

/** Of the versions of an operation, the document describes one. */
function fewest(found: readonly string[][]): string[] {
  return found.reduce((least, other) => (other.length < least.length ? other : least));
}

function requireNone(differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new AssertionError({
    message: ['The document and the application differ:', ...differences].join('\n'),
  });
}

/** The first stage that finds a difference is the last: what follows from it would only repeat it. */
async function differencesIn(
  stages: readonly (readonly ProbeCase[])[],
  session: ProbeSession,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<string[]> {
  const differences: string[] = [];
  for (const stage of stages) {
    for (const probe of stage) {
      session.current = probe;
      const answered = await sendProbe(url, probe, headers);
      if (answered !== probe.promised) differences.push(describe(probe, answered));
    }
    if (differences.length > 0) break;
  }
  return differences;
}

function describe({ operation, carrying, promised }: ProbeCase, answered: string): string {
  const { method, path, security } = operation;
  return `- ${method} ${path} carrying ${carrying}: the document (${JSON.stringify(security)}) promises ${promised}, the application answers ${answered}`;
}

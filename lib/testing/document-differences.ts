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

/** A probe that was answered otherwise than the document promises. */
export interface DocumentDifference {
  readonly probe: ProbeCase;
  readonly answered: string;
}

/** How an application's answers differ from its document, and how many requests it took to find out. */
export async function documentDifferences(
  app: INestApplication,
  document: SecuredDocument,
  headers: Readonly<Record<string, string>>,
): Promise<{ requests: number; differences: DocumentDifference[] }> {
  const url = await app.getUrl();
  const schemes = documentedSchemes(document);
  const routes = AuthModule.audit(app);
  const versioning = applicationConfigOf(app.get(ModuleRef)).getVersioning();
  const session = new ProbeSession(app);
  const differences: DocumentDifference[] = [];
  let requests = 0;
  try {
    for (const operation of documentedOperations(document)) {
      const found: DocumentDifference[][] = [];
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
  return { requests, differences };
}

/** Of the versions of an operation, the document describes one. */
function fewest(found: readonly DocumentDifference[][]): DocumentDifference[] {
  return found.reduce((least, other) => (other.length < least.length ? other : least));
}

/** The first stage that finds a difference is the last: what follows from it would only repeat it. */
async function differencesIn(
  stages: readonly (readonly ProbeCase[])[],
  session: ProbeSession,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<DocumentDifference[]> {
  const differences: DocumentDifference[] = [];
  for (const stage of stages) {
    for (const probe of stage) {
      session.current = probe;
      const answered = await sendProbe(url, probe, headers);
      if (answered !== probe.promised) differences.push({ probe, answered });
    }
    if (differences.length > 0) break;
  }
  return differences;
}

import type { INestApplication } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AuthModule } from '../auth.module.js';
import { applicationConfigOf } from '../policies/nest-container.js';
import { isAnsweredInFront } from './answered-in-front.js';
import {
  documentedOperations,
  documentedSchemes,
  type SecuredDocument,
} from './documented-operation.js';
import { HaltedHandlers, type OtherRefusal } from './halted-handlers.js';
import { type ProbeCase, probeCases, strangerCases } from './probe-case.js';
import { sendProbe } from './probe-request.js';
import { ProbeSession } from './probe-session.js';
import { versionHeaders } from './version-headers.js';

/** A probe whose answer was not the one that the document promises. */
export interface DocumentDifference {
  readonly probe: ProbeCase;
  readonly answered: string;
}

/** An operation that a guard other than this package's refuses; the document does not describe such guards. */
export interface OtherAnswer extends OtherRefusal {
  readonly probe: ProbeCase;
}

/** What differs, and which operations other guards refuse. */
export interface Found {
  readonly differences: DocumentDifference[];
  readonly others: OtherAnswer[];
}

/** The differences between an application's answers and its document, and the number of requests made. */
export async function documentDifferences(
  app: INestApplication,
  document: SecuredDocument,
  headers: Readonly<Record<string, string>>,
): Promise<Found & { requests: number }> {
  const url = await app.getUrl();
  const schemes = documentedSchemes(document);
  const routes = AuthModule.audit(app);
  const versioning = applicationConfigOf(app.get(ModuleRef)).getVersioning();
  const asking = { url, session: new ProbeSession(app), halted: new HaltedHandlers() };
  const total: Found & { requests: number } = { requests: 0, differences: [], others: [] };
  try {
    for (const operation of documentedOperations(document)) {
      const stages = [probeCases(operation, schemes), strangerCases(operation, schemes)];
      const found: Found[] = [];
      for (const version of versionHeaders(operation, routes, versioning)) {
        total.requests += stages.flat().length;
        found.push(await differencesIn(stages, asking, { ...headers, ...version }));
      }
      const { differences, others } = fewest(found);
      total.differences.push(...differences);
      total.others.push(...others);
    }
  } finally {
    asking.halted.end();
    asking.session.end();
  }
  return total;
}

/** The version with the fewest differences: the document describes only one of them. */
function fewest(found: readonly Found[]): Found {
  return found.reduce((least, other) =>
    other.differences.length < least.differences.length ? other : least,
  );
}

interface Asking {
  readonly session: ProbeSession;
  readonly halted: HaltedHandlers;
  readonly url: string;
}

/** Stops after the first stage with differences, as later stages would only report consequences. */
async function differencesIn(
  stages: readonly (readonly ProbeCase[])[],
  asking: Asking,
  headers: Readonly<Record<string, string>>,
): Promise<Found> {
  const differences: DocumentDifference[] = [];
  const others = new Map<string, OtherAnswer>();
  for (const stage of stages) {
    for (const probe of stage) {
      asking.session.current = probe;
      const { answered, refusals, isAsPromised } = await ask(probe, asking, headers);
      const refused = answered === 'lets in' ? refusals : [];
      for (const each of refused) {
        if (!others.has(each.guard)) others.set(each.guard, { ...each, probe });
      }
      // Where the operation names none of the application's schemes, other guards check the credentials: whom they let
      // in is not known.
      const isUnknown = refused.length > 0 && !asking.session.names(probe.operation);
      if (!isAsPromised && !isUnknown) differences.push({ probe, answered });
    }
    if (differences.length > 0) break;
  }
  return { differences, others: [...others.values()] };
}

/** What a probe is answered, and whether the document promises that or nothing of what answers. */
async function ask(
  probe: ProbeCase,
  { session, halted, url }: Asking,
  headers: Readonly<Record<string, string>>,
) {
  const { operation, promised } = probe;
  const send = async (target: string) => {
    const sent = { ...probe, operation: { ...operation, target } };
    const { answer, refusals, isRouted } = await halted.watch(
      ([name, value]) => sendProbe(url, sent, { ...headers, ...session.headers, [name]: value }),
      { isPassing: true },
    );
    return { answered: answer, status: Number(answer), refusals, isRouted };
  };
  const first = await send(operation.target);
  const { answered, refusals } = first;
  const isAsPromised =
    answered === promised || (await isAnsweredInFront(operation.method, first, send));
  return { answered, refusals, isAsPromised };
}

import { AssertionError } from 'node:assert';
import type { INestApplication } from '@nestjs/common';
import { SchemeRegistry } from '../requirements/scheme-registry.js';
import {
  documentedOperations,
  documentedSchemes,
  type SecuredDocument,
} from './documented-operation.js';
import { type ProbeCase, probeCases } from './probe-case.js';
import type { ProbeCredentials } from './probe-credentials.js';
import { LET_IN, ProbeSession } from './probe-session.js';

/**
 * Fails unless an application lets in exactly the callers that its OpenAPI document says.
 *
 * It reads only the document. For every operation it calls the listening application with nothing, with each
 * alternative, with each alternative short of one scheme, and with each scope missing. While it runs, `validate`
 * is replaced and no handler runs. Guards of your own may still answer first.
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
 * @returns How many requests it made.
 * @throws AssertionError that lists each difference.
 * @publicApi
 */
export async function expectDocumentMatchesEnforcement(
  app: INestApplication,
  document: SecuredDocument,
): Promise<number> {
  const url = await app.getUrl();
  const schemes = documentedSchemes(document);
  const cases = documentedOperations(document).flatMap((operation) =>
    probeCases(operation, schemes),
  );
  const session = new ProbeSession(app.get(SchemeRegistry, { strict: false }));
  const differences: string[] = [];
  try {
    for (const probe of cases) {
      session.current = probe;
      const answered = await send(url, probe, session.headers);
      if (answered !== probe.promised) differences.push(describe(probe, answered));
    }
  } finally {
    session.end();
  }
  if (differences.length > 0) {
    throw new AssertionError({
      message: ['The document and the application differ:', ...differences].join('\n'),
    });
  }
  return cases.length;
}

async function send(
  url: string,
  probe: ProbeCase,
  headers: Record<string, string>,
): Promise<string> {
  const { operation, credentials } = probe;
  // Any value does for a path parameter: pipes run after guards.
  const target = new URL(operation.path.replaceAll(/\{[^}]*\}/g, '1'), url);
  const sent = new Headers(headers);
  for (const { in: place, name, value } of credentials) put(place, name, value, sent, target);
  const response = await fetch(target, {
    method: operation.method,
    headers: sent,
    redirect: 'manual',
  });
  await response.body?.cancel();
  return response.status === LET_IN ? 'lets in' : String(response.status);
}

function put(
  place: ProbeCredentials['in'],
  name: string,
  value: string,
  headers: Headers,
  target: URL,
): void {
  if (place === 'query') target.searchParams.append(name, value);
  else if (place === 'header') headers.set(name, value);
  else
    headers.set('cookie', [headers.get('cookie'), `${name}=${value}`].filter(Boolean).join('; '));
}

function describe({ operation, carrying, promised }: ProbeCase, answered: string): string {
  const { method, path, security } = operation;
  return `- ${method} ${path} carrying ${carrying}: the document (${JSON.stringify(security)}) promises ${promised}, the application answers ${answered}`;
}

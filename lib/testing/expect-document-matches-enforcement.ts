import { type INestApplication, Logger } from '@nestjs/common';
import { assertKnownOptions } from '../errors/known-options.js';
import {
  type DocumentDifference,
  documentDifferences,
  type OtherAnswer,
} from './document-differences.js';
import type { SecuredDocument } from './documented-operation.js';

/**
 * Fails unless an application lets in exactly the callers that its OpenAPI document says.
 *
 * It reads only the document. It calls every operation of the listening application with nothing, with each
 * alternative, with each alternative without one of its schemes, with each scope missing, and with schemes that the
 * operation does not name. While it runs, `validate` is replaced and no handler runs. A refusal by another guard is no
 * difference: a warning names each guard that refuses callers whom the document lets in. Where versions share a path,
 * it is enough if one is as documented. It does not look at the responses that the document describes, such as a 401.
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
 * @param options.headers Headers to send with every request, such as those that a custom versioning asks for. Default:
 * none.
 * @returns How many requests it made.
 * @throws Error that lists each difference.
 * @publicApi
 */
export async function expectDocumentMatchesEnforcement(
  app: INestApplication,
  document: SecuredDocument,
  options: { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  assertKnownOptions('expectDocumentMatchesEnforcement()', options, { headers: true });
  const { headers = {} } = options;
  const { requests, differences, others } = await documentDifferences(app, document, headers);
  warnOf(others);
  requireNone(differences.map(describe));
  return requests;
}

/** One warning for each guard. */
function warnOf(others: readonly OtherAnswer[]): void {
  const logger = new Logger('expectDocumentMatchesEnforcement');
  for (const name of new Set(others.map(({ guard }) => guard))) {
    const [first, ...rest] = others.filter(({ guard }) => guard === name);
    const { method, path } = first!.probe.operation;
    const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
    logger.warn(
      `${method} ${path}${more}: answered ${first!.status} by ${name}, which the document does not describe`,
    );
  }
}

function requireNone(differences: readonly string[]): void {
  if (differences.length === 0) return;
  // Of an AssertionError, Jest would print two values that it does not have.
  throw new Error(['The document and the application differ:', ...differences].join('\n'));
}

function describe({ probe, answered }: DocumentDifference): string {
  const { operation, carrying, promised } = probe;
  const { method, path, security } = operation;
  return `- ${method} ${path} carrying ${carrying}: the document (${JSON.stringify(security)}) promises ${promised}, the application answers ${answered}`;
}

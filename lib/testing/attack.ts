import type { INestApplication } from '@nestjs/common';
import { assertKnownOptions } from '../errors/known-options.js';
import type { AttackAnswer, AttackReport } from './attack-report.js';
import { Attacks } from './attacks.js';
import { CallerHeaders } from './caller-headers.js';
import { documentDifferences, type Found } from './document-differences.js';
import { nameOf, type SecuredDocument } from './documented-operation.js';
import type { ProbeCase } from './probe-case.js';
import { unreachedOperations } from './unreached-operations.js';

/**
 * Sends an application the requests of somebody who wants to get in, and tells what each operation answered.
 *
 * For every documented operation that takes credentials, it sends none, malformed, empty, made-up, huge, and forged
 * ones. It sends good ones twice, in other places and under other schemes, with `validate` replaced to accept them. It
 * tries other spellings of the path, other methods, and the headers by which proxies tell applications what to believe.
 * It makes the checks of `expectDocumentMatchesEnforcement`, and each route without a declaration must be documented.
 * Guards and rules run, handlers do not. It finds no object-level holes, and none in what is let in. The application
 * must listen, and have its own schemes, not those of `actors` or `overrideScheme`. Use one for tests, as whatever
 * counts failed attempts will count these.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder } from '@nestjs/swagger';
 * import { createDocument } from 'nestjs-security/openapi';
 * import { attack, type AttackAnswer } from 'nestjs-security/testing';
 *
 * export async function holes(app: INestApplication): Promise<readonly AttackAnswer[]> {
 *   await app.listen(0, '127.0.0.1');
 *   const document = createDocument(app, new DocumentBuilder().build());
 *   const { breaches } = await attack(app, document, { headers: { 'x-api-key': 'a good key' } });
 *   return breaches;
 * }
 * ```
 *
 * @param document The document of the whole application.
 * @param options.headers What a caller who is let in sends. Credentials among them are altered in ways that must not be
 * let in, and are a breach themselves where they let nobody in. Other headers, such as one that a custom versioning asks
 * for, are sent with every request. Default: none.
 * @publicApi
 */
export async function attack(
  app: INestApplication,
  document: SecuredDocument,
  options: { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<AttackReport> {
  assertKnownOptions('attack()', options, { headers: true });
  const { headers = {} } = options;
  const caller = new CallerHeaders(headers, document);
  const found = await documentDifferences(app, document, Object.fromEntries(caller.others));
  const attacks = new Attacks(app, document, caller, await app.getUrl());
  try {
    const answers = [...differences(found), ...(await attacks.run())];
    const breaches = answers.filter(({ breach }) => breach !== undefined);
    return { answers, breaches, unreached: unreachedOperations(found, answers) };
  } finally {
    attacks.end();
  }
}

/** The answers where the application lets in callers whom its document refuses, or where another guard refuses. */
function differences({ differences: found, others }: Found): AttackAnswer[] {
  const told = ({ operation, carrying }: ProbeCase) =>
    ({ operation: nameOf(operation), kind: 'the document', attack: carrying }) as const;
  const breach = 'lets in whom the document refuses';
  return [
    ...others.map(({ probe, status, guard }) => ({
      ...told(probe),
      answered: String(status),
      by: guard,
    })),
    ...found
      .filter(({ probe, answered }) => answered === 'lets in' && probe.promised !== 'lets in')
      .map(({ probe, answered }) => ({ ...told(probe), answered, breach })),
  ];
}

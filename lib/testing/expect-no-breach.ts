import { alignedTable } from '../audit/aligned-table.js';
import type { AttackAnswer, AttackReport } from './attack-report.js';
import { throttledOperations } from './unreached-operations.js';

/**
 * Fails if `attack` found breaches, with a table of them, or did not reach an operation.
 *
 * The table has one line for all attacks of one kind with the same outcome on an operation; `report.breaches` lists
 * each.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder } from '@nestjs/swagger';
 * import { createDocument } from 'nestjs-security/openapi';
 * import { attack, expectNoBreach } from 'nestjs-security/testing';
 *
 * export async function isSafe(app: INestApplication): Promise<void> {
 *   await app.listen(0, '127.0.0.1');
 *   expectNoBreach(await attack(app, createDocument(app, new DocumentBuilder().build())));
 * }
 * ```
 *
 * @throws Error with the table, or with the operations that were not reached, or answered 429.
 * @publicApi
 */
export function expectNoBreach({ answers, breaches, unreached }: AttackReport): void {
  if (answers.length === 0) {
    throw new Error(
      'attack() made no request: the document has no operation that asks for credentials',
    );
  }
  if (breaches.length > 0) throw new Error(tableOf(breaches));
  const throttled = throttledOperations(answers);
  if (throttled.length > 0) {
    throw new Error(
      `attack() was answered 429 by ${throttled.join(', ')}, which tells nothing of what is behind the limit: lift the limit in the test, such as by overrideProvider(ThrottlerStorage) of @nestjs/throttler`,
    );
  }
  if (unreached.length > 0) {
    throw new Error(
      `attack() did not reach ${unreached.join(', ')}: every answer was 404 or 405. Pass what its route asks for, such as headers: { host: 'acct.example.com' } or the header of a version, or leave it out of the document`,
    );
  }
}

function tableOf(breaches: readonly AttackAnswer[]): string {
  const alike = new Map<string, AttackAnswer[]>();
  for (const each of breaches) {
    const line = [each.operation, each.kind, each.breach].join('\n');
    alike.set(line, [...(alike.get(line) ?? []), each]);
  }
  const rows = [...alike.values()].map(([first, ...others]) => [
    first!.operation,
    `${first!.answered}${first!.by === undefined ? '' : ` by ${first!.by}`}`,
    first!.breach!,
    `${printable(first!.attack)}${others.length === 0 ? '' : ` (and ${others.length} alike)`}`,
  ]);
  const table = alignedTable([['Operation', 'Answer', 'What is wrong', 'Attack'], ...rows]);
  return `attack() found ${breaches.length} breaches:\n${table}`;
}

function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\');
}

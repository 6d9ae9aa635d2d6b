import type { AuditedRoute } from '../audit/audited-route.js';
import { answerOf, type AttackJudge } from './attack-judge.js';
import type { AttackAnswer } from './attack-report.js';
import { type DocumentedOperation, nameOf } from './documented-operation.js';
import type { HostileRequest } from './hostile-request.js';
import type { HeaderLine } from './raw-exchange.js';
import { isServedBy } from './version-headers.js';

const OPEN = { answered: 'lets in', breach: 'is open, and in no document' };

/**
 * Routes that declare nothing and that no document lists; those with guards of their own are called to see whether
 * these refuse.
 */
export async function undocumentedRoutes(
  routes: readonly AuditedRoute[],
  operations: readonly DocumentedOperation[],
  judge: AttackJudge,
  headersFor: (operation: DocumentedOperation) => HeaderLine[][],
): Promise<AttackAnswer[]> {
  const answers: AttackAnswer[] = [];
  for (const { access, method, path, guards } of routes) {
    if (access !== 'undeclared') continue;
    if (operations.some((each) => isServedBy(each, method, path))) continue;
    const request = requestOf(method, path);
    const operation = { ...request, path, security: [], contentType: undefined, body: undefined };
    const sets = guards === undefined ? [] : headersFor(operation);
    const told = { operation: nameOf(operation), kind: request.kind, attack: request.attack };
    for (const headers of sets.length === 0 ? [undefined] : sets) {
      const judged = headers && (await judge.judge(operation, request, headers));
      // Any other answer does not show that a guard protects the route.
      const isRefused = judged?.refusal !== undefined && judged.answered !== 'lets in';
      answers.push({ ...told, ...(isRefused ? answerOf(judged) : OPEN) });
    }
  }
  return answers;
}

/** Parameters may have any value, as pipes run after guards. */
function requestOf(method: string, path: string): HostileRequest {
  const target = path.replaceAll(/\{[^}]*\}/g, '').replaceAll(/[:*]\w+|\*/g, '1');
  return {
    kind: 'not documented',
    attack: 'anybody',
    method: method === 'ALL' ? 'GET' : method,
    target: target || '/',
    headers: [],
  };
}

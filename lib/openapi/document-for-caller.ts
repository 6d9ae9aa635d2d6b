import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { callOf } from '../contexts/http.reader.js';
import { decide } from '../guards/decide.js';
import { rulesMayAllow } from '../guards/foreseen-rules.js';
import { Refusal } from '../guards/refusal.js';
import { moduleProvider } from '../policies/module-provider.js';
import { Policies } from '../policies/policies.js';
import { demandsSame, type Policy } from '../policies/policy.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { policiesOfOperation } from './documented-policies.js';
import { onlyReached } from './only-reached.js';
import type { Operation } from './route-markers.js';

/**
 * The part of a document that a caller may call: its operations, and the schemas, schemes and tags that they need.
 *
 * The request's own credentials decide, as the guard would for each operation; public operations are in everybody's
 * document. Rules are asked as well, and may hide an operation if they need only the `user` and the `scopes`. The
 * answer of a rule that reads the parameters, the request or the context, or that is made per request, depends on a
 * call that nobody has made yet: its operation stays. An operation that `createDocument` did not write stays only where
 * it says that it is public. Each call makes a new document: send it with `Cache-Control: no-store`, as
 * `setupProtectedSwagger` does.
 *
 * @example
 * ```ts
 * import { Controller, Get, Header, type INestApplication, Req } from '@nestjs/common';
 * import { DocumentBuilder } from '@nestjs/swagger';
 * import { Public, type SecurityRequest } from 'nestjs-security';
 * import { createDocument, documentForCaller } from 'nestjs-security/openapi';
 *
 * export function documentController(app: () => INestApplication) {
 *   @Controller('openapi.json')
 *   class DocumentController {
 *     @Get()
 *     @Public()
 *     @Header('Cache-Control', 'no-store')
 *     read(@Req() request: SecurityRequest) {
 *       return documentForCaller(app(), createDocument(app(), new DocumentBuilder().build()), request);
 *     }
 *   }
 *   return DocumentController;
 * }
 * ```
 *
 * @param document Made by `createDocument`; it is not changed.
 * @param request Express's or Fastify's.
 * @throws ConfigurationError when `AuthModule` is not imported.
 * @throws whatever `validate` throws that is not a refusal. Operations whose rules throw are left out.
 * @publicApi
 */
export async function documentForCaller(
  app: INestApplication,
  document: OpenAPIObject,
  request: SecurityRequest,
): Promise<OpenAPIObject> {
  const policies = moduleProvider(app, Policies, 'documentForCaller()');
  const caller = new Caller(request);
  const { webhooks } = document;
  const kept = async (items: OpenAPIObject['paths']) => {
    const result: OpenAPIObject['paths'] = {};
    for (const [path, item] of Object.entries(items)) {
      const callable = await callableOf(item, path, document, policies, caller);
      if (callable !== undefined) result[path] = callable;
    }
    return result;
  };
  return onlyReached({
    ...document,
    paths: await kept(document.paths),
    ...(webhooks !== undefined && { webhooks: await kept(webhooks) }),
  });
}

type PathItem = OpenAPIObject['paths'][string];

/** A path with the operations that the caller may call, or `undefined` where there are none. */
async function callableOf(
  item: PathItem,
  path: string,
  document: OpenAPIObject,
  policies: Policies,
  caller: Caller,
): Promise<PathItem | undefined> {
  const result: Record<string, unknown> = {};
  let operations = 0;
  for (const [member, value] of Object.entries(item) as [string, Operation][]) {
    if (isOperation(value)) {
      const known = policiesOfOperation(policies, member, path);
      if (!(await caller.mayCall(known, value.security ?? document.security))) continue;
      operations++;
    }
    result[member] = value;
  }
  return operations === 0 ? undefined : (result as PathItem);
}

function isOperation(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'responses' in value;
}

/** Decides for one request under each policy; policies that demand the same are decided once. */
class Caller {
  private readonly answers: { policy: Policy; accepted: boolean }[] = [];

  constructor(private readonly request: SecurityRequest) {}

  async mayCall(
    policies: ReadonlySet<Policy | null> | undefined,
    documented: Operation['security'],
  ): Promise<boolean> {
    if (policies === undefined) return documented?.length === 0;
    for (const policy of policies) {
      if (policy !== null && !(await this.isAcceptedBy(policy))) return false;
    }
    return true;
  }

  private async isAcceptedBy(policy: Policy): Promise<boolean> {
    const known = this.answers.find((answer) => demandsSame(answer.policy, policy));
    if (known !== undefined) return known.accepted;
    const outcome = await decide(policy, callOf(this.request));
    const accepted = !(outcome instanceof Refusal) && (await this.mayBeAllowed(outcome));
    this.answers.push({ policy, accepted });
    return accepted;
  }

  /**
   * An operation whose rule fails is left out; the failure was logged, and the other operations do not depend on it.
   */
  private async mayBeAllowed(outcome: Parameters<typeof rulesMayAllow>[0]): Promise<boolean> {
    try {
      return await rulesMayAllow(outcome, this.request);
    } catch {
      return false;
    }
  }
}

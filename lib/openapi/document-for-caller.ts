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
  const caller = new Caller(request, policies, document.security);
  const { paths, webhooks } = document;
  return onlyReached({
    ...document,
    paths: await caller.callableIn(paths),
    ...(webhooks !== undefined && { webhooks: await caller.callableIn(webhooks) }),
  });
}

type Paths = OpenAPIObject['paths'];

/** Decides for one request about the operations of a document; policies that demand the same are decided once. */
class Caller {
  private readonly answers: { policy: Policy; accepted: boolean }[] = [];

  constructor(
    private readonly request: SecurityRequest,
    private readonly policies: Policies,
    /** The document's own, of operations that have none. */
    private readonly security: Operation['security'],
  ) {}

  /** The paths with the operations that the caller may call; a path without any is left out. */
  async callableIn(paths: Paths): Promise<Paths> {
    const result: Paths = {};
    for (const [path, item] of Object.entries(paths)) {
      const callable = await this.callableOf(path, item);
      if (callable !== undefined) result[path] = callable;
    }
    return result;
  }

  private async callableOf(path: string, item: Paths[string]): Promise<Paths[string] | undefined> {
    const result: Record<string, unknown> = {};
    let operations = 0;
    for (const [member, value] of Object.entries(item) as [string, Operation][]) {
      if (isOperation(value)) {
        if (!(await this.mayCall(member, path, value))) continue;
        operations++;
      }
      result[member] = value;
    }
    return operations === 0 ? undefined : result;
  }

  private async mayCall(method: string, path: string, operation: Operation): Promise<boolean> {
    const policies = policiesOfOperation(this.policies, method, path);
    if (policies === undefined) return (operation.security ?? this.security)?.length === 0;
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

function isOperation(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'responses' in value;
}

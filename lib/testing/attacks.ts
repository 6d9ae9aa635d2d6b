import type { INestApplication } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AuthModule } from '../auth.module.js';
import { applicationConfigOf } from '../policies/nest-container.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import { BearerScheme } from '../schemes/bearer-scheme.js';
import { OAuth2 } from '../schemes/oauth2.js';
import { OAuth2Bearer } from '../schemes/oauth2-bearer.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { answerOf, type AttackedApplication, AttackJudge } from './attack-judge.js';
import type { AttackAnswer } from './attack-report.js';
import type { CallerHeaders } from './caller-headers.js';
import {
  type DocumentedOperation,
  documentedOperations,
  type DocumentedScheme,
  documentedSchemes,
  nameOf,
  type SecuredDocument,
} from './documented-operation.js';
import { HaltedHandlers } from './halted-handlers.js';
import { badCredentials } from './bad-credentials.js';
import { believedHeaders, otherMethods, otherPaths, rewrittenPaths } from './hostile-detours.js';
import type { HostileRequest } from './hostile-request.js';
import { misplacedCredentials } from './misplaced-credentials.js';
import { isClosed, takesCredentials } from './operation-security.js';
import { acceptAnything, ProbeSession } from './probe-session.js';
import type { HeaderLine } from './raw-exchange.js';
import { sampleBodyOf } from './sample-body.js';
import { goodRequests, voidCredentials } from './void-credentials.js';
import { undocumentedRoutes } from './undocumented-routes.js';
import { versionHeaders } from './version-headers.js';

/** The attacks on an application and its document. */
export class Attacks {
  private readonly attacked: AttackedApplication;
  private readonly judge: AttackJudge;
  /** The schemes of the document, which need not be those of the application. */
  private readonly documented: ReadonlyMap<string, DocumentedScheme>;

  constructor(
    private readonly app: INestApplication,
    document: SecuredDocument,
    private readonly caller: CallerHeaders,
    url: string,
  ) {
    const registry = app.get(SchemeRegistry, { strict: false });
    this.attacked = {
      url,
      routes: AuthModule.audit(app),
      operations: documentedOperations(document),
      schemes: new Map(registry.all().map(({ scheme }) => [scheme.schemeName, scheme])),
      halted: new HaltedHandlers(),
    };
    this.judge = new AttackJudge(this.attacked);
    this.documented = documentedSchemes(document);
  }

  end(): void {
    this.attacked.halted.end();
  }

  async run(): Promise<AttackAnswer[]> {
    const answers: AttackAnswer[] = [];
    for (const operation of this.attacked.operations.filter(takesCredentials)) {
      for (const headers of this.headersFor(operation)) {
        answers.push(...(await this.onOperation(operation, headers)));
      }
    }
    return [...answers, ...(await this.withGood()), ...(await this.onUndocumented())];
  }

  /** For each version of an operation, the headers that are sent with every request to it. */
  private headersFor(operation: DocumentedOperation): HeaderLine[][] {
    const versioning = applicationConfigOf(this.app.get(ModuleRef)).getVersioning();
    return versionHeaders(operation, this.attacked.routes, versioning).map((version) => [
      ...this.caller.others,
      ...Object.entries(version),
    ]);
  }

  private onUndocumented(): Promise<AttackAnswer[]> {
    const { routes, operations } = this.attacked;
    return undocumentedRoutes(routes, operations, this.judge, (operation) =>
      this.headersFor(operation),
    );
  }

  private async withGood(): Promise<AttackAnswer[]> {
    const tried = [];
    for (const good of goodRequests(this.attacked.operations, this.documented, this.caller)) {
      for (const headers of this.headersFor(good.operation)) {
        const judged = await this.judge.judge(good.operation, good.request, headers);
        tried.push({ good, judged });
      }
    }
    return [...this.caller.unread(), ...voidCredentials(tried)];
  }

  private async onOperation(
    operation: DocumentedOperation,
    headers: readonly HeaderLine[],
  ): Promise<AttackAnswer[]> {
    const described = sampleBodyOf(operation);
    const { method, target } = operation;
    const open = isClosed(operation)
      ? await this.send(operation, headers, [
          { kind: 'no credentials', attack: 'nothing', method, target, ...described },
        ])
      : [];
    // The operation is open: every other request would be let in, too.
    if (open[0]?.breach?.startsWith('lets in')) return open;
    const detours = [
      ...believedHeaders(operation, described),
      ...otherPaths(operation),
      ...otherMethods(operation),
      ...rewrittenPaths(operation),
    ];
    return [
      ...open,
      ...(await this.send(operation, headers, isClosed(operation) ? detours : [])),
      ...(await this.withBad(operation, headers)),
      ...(await this.withMisplaced(operation, headers)),
    ];
  }

  private withBad(
    operation: DocumentedOperation,
    headers: readonly HeaderLine[],
  ): Promise<AttackAnswer[]> {
    const isChecked = (name: string) => this.attacked.schemes.get(name)?.unvalidated !== true;
    const requests = badCredentials(operation, this.documented, this.caller, isChecked);
    return this.send(operation, headers, requests);
  }

  private async withMisplaced(
    operation: DocumentedOperation,
    headers: readonly HeaderLine[],
  ): Promise<AttackAnswer[]> {
    const { schemes } = this.attacked;
    const requests = misplacedCredentials(
      operation,
      this.documented,
      (name, place) => bearerMethodsOf(schemes.get(name)).includes(place),
      (name) => isOfOneWord(schemes.get(name)),
    );
    const session = new ProbeSession(this.app);
    session.current = acceptAnything(operation, [...schemes.keys()]);
    try {
      return await this.send(operation, [...headers, ...Object.entries(session.headers)], requests);
    } finally {
      session.end();
    }
  }

  private async send(
    operation: DocumentedOperation,
    headers: readonly HeaderLine[],
    requests: readonly HostileRequest[],
  ): Promise<AttackAnswer[]> {
    const answers: AttackAnswer[] = [];
    for (const request of requests) {
      const { kind, attack: tried } = request;
      const judged = await this.judge.judge(operation, request, headers);
      answers.push({ operation: nameOf(operation), kind, attack: tried, ...answerOf(judged) });
    }
    return answers;
  }
}

function bearerMethodsOf(scheme: SecurityScheme | undefined): readonly string[] {
  return scheme instanceof BearerScheme ? scheme.bearerMethods : [];
}

/** Whether a scheme reads `Authorization` with one scheme name only; `OAuth2` itself reads any. */
function isOfOneWord(scheme: SecurityScheme | undefined): boolean {
  return !(scheme instanceof OAuth2) || scheme instanceof OAuth2Bearer;
}

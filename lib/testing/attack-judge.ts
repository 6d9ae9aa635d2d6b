import type { AuditedRoute } from '../audit/audited-route.js';
import { exceptFor } from '../audit/other-guards.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { isAnsweredInFront } from './answered-in-front.js';
import type { AttackAnswer, AttackKind } from './attack-report.js';
import type { DocumentedOperation } from './documented-operation.js';
import type { HaltedHandlers, OtherRefusal, ReachedHandler } from './halted-handlers.js';
import { controlRequests } from './hostile-detours.js';
import type { HostileRequest } from './hostile-request.js';
import { isClosed, schemesNamedBy } from './operation-security.js';
import {
  exchange,
  type HeaderLine,
  isSuccess,
  type RawAnswer,
  type RawRequest,
} from './raw-exchange.js';
import { THROTTLED } from './unreached-operations.js';
import { isServedBy } from './version-headers.js';

/** An answer, and the handler that would have run, or the guard that refused. */
interface Watched {
  readonly answer: RawAnswer;
  readonly reached: ReachedHandler | undefined;
  readonly refusals: readonly OtherRefusal[];
  readonly isRouted: boolean;
}

/** What a request is answered, and what is wrong with that. */
export interface Judgement {
  readonly answered: string;
  /** The refusal, where it came from a guard other than this package's. */
  readonly refusal: OtherRefusal | undefined;
  readonly breach?: string;
}

/** The members of a report's answer for a judgement. */
export function answerOf({
  answered,
  refusal,
  breach,
}: Judgement): Pick<AttackAnswer, 'answered' | 'by' | 'breach'> {
  return {
    answered,
    ...(refusal !== undefined && { by: refusal.guard }),
    ...(breach !== undefined && { breach }),
  };
}

/** A listening application, and what is known of it. */
export interface AttackedApplication {
  readonly url: string;
  /** Stops its handlers. */
  readonly halted: HaltedHandlers;
  /** Its routes, as audited. */
  readonly routes: readonly AuditedRoute[];
  readonly operations: readonly DocumentedOperation[];
  /** Its schemes by their names. */
  readonly schemes: ReadonlyMap<string, SecurityScheme>;
}

/** Sends hostile requests and tells what is wrong with what comes back. */
export class AttackJudge {
  constructor(private readonly attacked: AttackedApplication) {}

  /** What a request is answered, and what is wrong with that. */
  async judge(
    operation: DocumentedOperation,
    request: HostileRequest,
    headers: readonly HeaderLine[],
  ): Promise<Judgement> {
    const watched = await this.send(request, headers);
    const { status } = watched.answer;
    const [refusal] = watched.refusals;
    if (await this.isLetIn(operation, request, headers, watched)) {
      return { answered: 'lets in', refusal, breach: `lets in ${request.kind}` };
    }
    const isAccepted = this.isAccepted(operation, request, refusal);
    // `unreachedOperations` reports it.
    if (!isAccepted && isThrottled(watched)) return { answered: THROTTLED, refusal };
    const breach = isAccepted
      ? `lets in ${request.kind}${exceptFor([refusal!.guard])}`
      : wrongWith(request, watched);
    return { answered: String(status || 'none'), refusal, ...(breach !== undefined && { breach }) };
  }

  private send(request: RawRequest, headers: readonly HeaderLine[]): Promise<Watched> {
    const { halted, url } = this.attacked;
    return halted.watch((header) =>
      exchange(url, { ...request, headers: [...request.headers, ...headers, header] }),
    );
  }

  private isLetIn(
    operation: DocumentedOperation,
    request: HostileRequest,
    headers: readonly HeaderLine[],
    watched: Watched,
  ): Promise<boolean> {
    return isDetour(request.kind)
      ? this.isWayRound(request, headers, watched)
      : this.comesThrough(operation, request, headers, watched);
  }

  /** Whether a request to an operation itself came to its handler, or was answered in its place. */
  private async comesThrough(
    operation: DocumentedOperation,
    request: HostileRequest,
    headers: readonly HeaderLine[],
    watched: Watched,
  ): Promise<boolean> {
    if (watched.reached !== undefined) return true;
    if (!isSuccess(watched.answer.status) && !this.isBeyond(operation, watched)) return false;
    return !(await this.isAnsweredInFront(request, headers, watched));
  }

  /** Whether a detour came to what is not open to all, and what no request like it comes to. */
  private async isWayRound(
    request: HostileRequest,
    headers: readonly HeaderLine[],
    watched: Watched,
  ): Promise<boolean> {
    const { reached, answer } = watched;
    const isFound =
      reached === undefined
        ? isSuccess(answer.status) && !ANSWERED_BY_SERVERS.includes(request.method)
        : !this.isMeantOpen(reached);
    if (!isFound) return false;
    for (const control of controlRequests(request)) {
      if (isAlike(await this.send(control, headers), watched)) return false;
    }
    return true;
  }

  private isAnsweredInFront(
    request: HostileRequest,
    headers: readonly HeaderLine[],
    { answer, isRouted }: Watched,
  ): Promise<boolean> {
    return isAnsweredInFront(
      request.method,
      { status: answer.status, isRouted },
      async (target) => {
        const other = await this.send({ ...request, target }, headers);
        return { status: other.answer.status, isRouted: other.isRouted };
      },
    );
  }

  /** Whether this package's guard let a bad request pass, and only a guard that runs later refused it. */
  private isAccepted(
    operation: DocumentedOperation,
    { kind }: HostileRequest,
    refusal: OtherRefusal | undefined,
  ): boolean {
    if (refusal === undefined || refusal.isFirst || isDetour(kind)) return false;
    return schemesNamedBy(operation).some((name) => this.attacked.schemes.has(name));
  }

  /** Whether the answer shows that something other than a Nest handler ran, which no guard could have stopped. */
  private isBeyond(operation: DocumentedOperation, { answer, isRouted }: Watched): boolean {
    const { routes } = this.attacked;
    const isServed = routes.some(({ method, path }) => isServedBy(operation, method, path));
    return !isRouted && !isServed && [400, 404, 409, 422].includes(answer.status);
  }

  /** Whether a handler is documented as one that anybody may call. */
  private isMeantOpen({ type, handler }: ReachedHandler): boolean {
    const { routes, operations } = this.attacked;
    return routes
      .filter((each) => each.controller === type.name && each.handler === handler.name)
      .some(({ method, path }) =>
        operations.some((each) => !isClosed(each) && isServedBy(each, method, path)),
      );
  }
}

/** Whether a limit of requests, which is no part of a scheme, let nobody in. */
function isThrottled({ answer, refusals, isRouted }: Watched): boolean {
  return String(answer.status) === THROTTLED && (refusals.length > 0 || !isRouted);
}

/** Whether two requests came to the same handler or, where the second came to none, were answered with one status. */
function isAlike(one: Watched, other: Watched): boolean {
  return other.reached === undefined
    ? one.answer.status === other.answer.status
    : one.reached?.handler === other.reached.handler;
}

function isDetour(kind: AttackKind): boolean {
  return kind === 'another path' || kind === 'another method';
}

/** Methods that servers and CORS answer themselves. */
const ANSWERED_BY_SERVERS = ['OPTIONS'];

/** What is wrong with a refusal. */
function wrongWith(
  { kind, secret }: HostileRequest,
  { answer: { status, headers, text }, refusals }: Watched,
): string | undefined {
  const isChallenged = headers.some(([name, value]) => name === 'www-authenticate' && value !== '');
  if (status === 429 || status === 503)
    return `answers ${status}, which does not tell whether it would let in the caller`;
  if (status === 500) return `fails at ${kind}`;
  if (kind === 'no credentials' && status === 401 && !isChallenged && refusals.length === 0)
    return 'sends no challenge';
  if (secret !== undefined && text.includes(secret)) return 'repeats the credentials';
  return undefined;
}

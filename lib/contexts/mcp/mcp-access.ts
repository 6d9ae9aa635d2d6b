import type { ExecutionContext, HttpException } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../../auth.options.js';
import { isOpen, type Policy } from '../../policies/policy.js';
import { Policies } from '../../policies/policies.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import type { AcceptedCredentials } from '../accepted-credentials.js';
import { Foresight, type ForeseenRefusal } from '../foresight.js';
import type { ContextApplication, ContextReader, SecurityCall } from '../security-call.js';
import { assertReachable, type McpGuarded } from './assert-reachable.js';
import type { McpExchange } from './mcp-exchange.js';
import { type McpKind, type McpTarget, serverOf, targetOf } from './mcp-handlers.js';

/** Decides who may call which handler of one server, and see it in lists, by the policies of the handlers. */
export class McpAccess {
  private readonly foresight: Foresight;
  private readonly guarded: readonly McpGuarded[];
  /**
   * Whether handlers that are registered at run time may be called. Nest runs no guards for them, so they may only where
   * the application requires nothing by default.
   */
  readonly opensUndeclared: boolean;

  constructor(
    application: ContextApplication,
    private readonly reader: ContextReader,
    server: unknown,
  ) {
    this.foresight = application.get(Foresight)!;
    const { security, always, undeclared } = application.get(AUTH_OPTIONS) as AuthModuleOptions;
    this.opensUndeclared =
      security === undefined &&
      always === undefined &&
      undeclared !== 'deny' &&
      undeclared !== 'throw';
    const policies = application.get(Policies)!;
    this.guarded = policies.handlers().flatMap((route) => {
      const target = serverOf(route.handler) === server ? targetOf(route.handler) : undefined;
      const policy = policies.of(route.controller, route.handler);
      return target === undefined ? [] : [{ target, route, policy }];
    });
    assertReachable(this.guarded);
  }

  /** Whether the handlers of a kind that a caller sees depend on the caller. */
  varies(kind: McpKind): boolean {
    return this.guarded.some(({ target, policy }) => target.kind === kind && !isOpen(policy));
  }

  get targets(): readonly McpTarget[] {
    return this.guarded.map(({ target }) => target);
  }

  /** The policy of a target; `null` where it requires nothing, `undefined` where nobody may call it. */
  policyOf(target: McpTarget): Policy | null | undefined {
    const found = this.find(target);
    if (found === undefined) return this.opensUndeclared ? null : undefined;
    return found.policy;
  }

  /** Whether a list shows a target to a caller: whether it would let in some call of the caller's. */
  async shows(target: McpTarget, exchange: McpExchange | undefined): Promise<boolean> {
    const policy = this.policyOf(target);
    if (policy === undefined) return false;
    if (policy === null || isOpen(policy)) return true;
    if (exchange === undefined) return false;
    const { route } = this.find(target)!;
    const sent = unknownArguments();
    const context = contextOf(route, sent.value);
    try {
      const guarded = { policy, call: callOf(exchange), reader: this.reader, context };
      const allowed = await this.foresight.allows(guarded);
      return allowed || sent.isRead;
    } catch (error) {
      // A rule may have failed because it has no arguments to read.
      if (sent.isRead) return true;
      throw error;
    }
  }

  /** Why a call of a target would be refused for its credentials or scopes; `undefined` if it would not. */
  async refusalOf(target: McpTarget, exchange: McpExchange): Promise<ForeseenRefusal | undefined> {
    const policy = this.policyOf(target);
    if (!policy || isOpen(policy)) return undefined;
    const outcome = await this.foresight.identify(policy, callOf(exchange));
    return isRefused(outcome) ? outcome : undefined;
  }

  /**
   * The credentials of a caller of the server, whichever handler they want: the first of its policies that accepts any
   * decides, even if these lack a scope. None for an anonymous caller, who is let in where some handler is open to
   * everybody. Bad credentials are refused.
   */
  async identify(exchange: McpExchange): Promise<readonly AcceptedCredentials[] | ForeseenRefusal> {
    const known = new Set<Policy>();
    let isOpenToAll = this.guarded.length === 0;
    for (const { policy } of this.guarded) {
      if (policy === null || isOpen(policy)) isOpenToAll = true;
      else if (policy.alternatives.length > 0) known.add(policy);
    }
    // The policy with the fewest scopes comes first, so that a challenge asks for as little as possible.
    const policies = [...known].toSorted((a, b) => a.scopes.length - b.scopes.length);
    const refused: ForeseenRefusal[] = [];
    for (const policy of policies) {
      const outcome = await this.foresight.identify(policy, callOf(exchange));
      const accepted = isRefused(outcome) ? outcome.accepted : outcome.own;
      if (accepted.length > 0) return accepted;
      if (isRefused(outcome)) refused.push(outcome);
      else isOpenToAll = true;
    }
    const bad = refused.find(({ exception }) => isBad(exception));
    return bad ?? (isOpenToAll ? undefined : refused[0]) ?? [];
  }

  /** Publishes a refusal that was answered before the guard was asked. */
  announce(target: McpTarget | undefined, exchange: McpExchange, refusal: ForeseenRefusal): void {
    const found =
      target === undefined ? this.guarded.find(({ policy }) => !isOpen(policy)) : this.find(target);
    if (!found?.policy) return;
    const { policy, route } = found;
    const context = contextOf(route, {});
    const guarded = { policy, call: callOf(exchange), reader: this.reader, context };
    this.foresight.announce(refusal, guarded);
  }

  private find({ kind, path }: McpTarget): McpGuarded | undefined {
    return this.guarded.find(({ target }) => target.kind === kind && target.path === path);
  }
}

/** Stands in for the arguments of a call that has not been made yet, and records whether they are read. */
function unknownArguments(): { readonly value: object; readonly isRead: boolean } {
  let isRead = false;
  const asked = () => {
    isRead = true;
    return undefined;
  };
  const value = new Proxy(Object.create(null) as object, {
    get: asked,
    has: () => Boolean(asked()),
    getOwnPropertyDescriptor: asked,
    ownKeys: () => {
      isRead = true;
      return [];
    },
  });
  return {
    value,
    get isRead() {
      return isRead;
    },
  };
}

/** Whether an answer to the question who calls is a refusal. */
export function isRefused(outcome: object): outcome is ForeseenRefusal {
  return 'exception' in outcome;
}

/** Whether credentials were sent and are bad: such a caller is not anonymous. */
function isBad(exception: HttpException): boolean {
  return (exception as { code?: unknown }).code !== 'not_authenticated';
}

function callOf({ request }: McpExchange): SecurityCall {
  return { request, key: {}, shared: request };
}

function contextOf({ controller, handler }: RouteHandler, sent: unknown): ExecutionContext {
  const context = new ExecutionContextHost([sent, undefined], controller as never, handler);
  context.setType('rpc');
  return context;
}

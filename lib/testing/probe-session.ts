import { HttpException, type INestApplication } from '@nestjs/common';
import { SecurityGuard } from '../guards/security.guard.js';
import { Policies } from '../policies/policies.js';
import type { CompiledRule } from '../policies/compiled-rule.js';
import { scopesRequiredIn } from '../policies/policy-alternative.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredRule } from '../policies/rule-registry.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import type { RuleCall } from '../rules/rule-call.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { schemesNamedBy } from './operation-security.js';
import type { ProbeCase } from './probe-case.js';
import { Replacements } from './replacements.js';

/** The status of a request that the guards let in while probing; the handler does not run. */
export const LET_IN = 299;

/** The header that distinguishes probes from other requests, and sessions from each other. */
const PROBE_HEADER = 'x-nestjs-security-probe';

const sessions = new Map<unknown, ProbeSession>();
const replacements = new Replacements();

/**
 * Makes an application's schemes accept the credentials of the current probe, and no others, until the session ends.
 *
 * Requests without the session's header are served as usual, and several sessions may run at once.
 */
export class ProbeSession {
  current: ProbeCase | undefined;
  /** The scopes that any handler of the application requires. */
  readonly scopes: ReadonlySet<string>;
  private readonly policies: readonly Policy[];
  private readonly schemeNames: ReadonlySet<string>;
  private readonly id = crypto.randomUUID();
  private readonly undo: (() => void)[] = [];

  constructor(app: INestApplication) {
    const policies = app.get(Policies, { strict: false });
    this.policies = policies
      .handlers()
      .flatMap(({ controller, handler }) => policies.of(controller, handler) ?? []);
    this.scopes = new Set(
      this.policies.flatMap(({ alternatives }) => alternatives.flatMap(scopesRequiredIn)),
    );
    sessions.set(this.id, this);
    const entries = app.get(SchemeRegistry, { strict: false }).all();
    this.schemeNames = new Set(entries.map(({ scheme }) => scheme.schemeName));
    for (const entry of entries) {
      const { resolve } = entry;
      this.undo.push(acceptProbes(entry.scheme));
      if (resolve === undefined) continue;
      const replaced = async (request: Parameters<typeof resolve>[0]) => {
        const scheme = await resolve(request);
        acceptProbes(scheme);
        return scheme;
      };
      this.undo.push(replacements.replace(entry, 'resolve', replaced));
    }
    this.policies.forEach(({ rules = [] }) => this.skip(rules));
    this.undo.push(stopBeforeHandlers());
  }

  get headers(): Record<string, string> {
    return { [PROBE_HEADER]: this.id };
  }

  /**
   * Whether an operation names a scheme of the application: then this package's guard decides, whatever other guards
   * refuse.
   */
  names(operation: ProbeCase['operation']): boolean {
    return schemesNamedBy(operation).some((name) => this.schemeNames.has(name));
  }

  /** Makes rules allow probes: a document describes rules in words, which no request can test. */
  private skip(rules: readonly CompiledRule[]): void {
    for (const rule of rules) {
      if (rule.type === 'rule') this.undo.push(...allowProbes(rule.entry));
      else this.skip(rule.members);
    }
  }

  /** Whether the application's `scopeMatcher` accepts a scope in place of the withheld one. */
  covers(scope: string, withheld: string | undefined): boolean {
    const scopeMatcher = this.policies[0]?.scopeMatcher;
    return withheld !== undefined && scopeMatcher?.(scope, withheld) === true;
  }

  end(): void {
    sessions.delete(this.id);
    this.undo.reverse().forEach((restore) => restore());
  }
}

function allowProbes(entry: RegisteredRule): (() => void)[] {
  const replaceIn = (rule: RegisteredRule['rule']) => {
    const allows = rule.allows.bind(rule) as (call: RuleCall) => MaybePromise<boolean>;
    const replaced = (call: RuleCall) => sessionOf(call.request) !== undefined || allows(call);
    return replacements.replace(rule, 'allows', replaced);
  };
  const { resolve } = entry;
  if (resolve === undefined) return [replaceIn(entry.rule)];
  const replaced = async (request: SecurityRequest) => {
    const rule = await resolve(request);
    replaceIn(rule);
    return rule;
  };
  return [replacements.replace(entry, 'resolve', replaced)];
}

function acceptProbes(scheme: SecurityScheme): () => void {
  const validate = scheme.validate?.bind(scheme);
  const replaced = (credentials: unknown, context: ValidationContext) => {
    const session = sessionOf(context.request);
    const probe = session?.current;
    if (session === undefined || probe === undefined) {
      return validate === undefined ? { user: credentials } : validate(credentials, context);
    }
    const grants = probe.grants.get(scheme.schemeName);
    if (grants === undefined) return null;
    const scopes = [...session.scopes, ...context.scopes].filter(
      (scope) => grants(scope) && !session.covers(scope, probe.withheld),
    );
    return { user: {}, scopes };
  };
  return replacements.replace(scheme, 'validate', replaced);
}

/**
 * Answers right after this package's guard: later guards require more than the document says, of a user that probes do
 * not have.
 */
function stopBeforeHandlers(): () => void {
  const { canActivate } = SecurityGuard.prototype;
  type Context = Parameters<typeof canActivate>[0];
  const replaced = async function (this: SecurityGuard, context: Context) {
    const allowed = await canActivate.call(this, context);
    const isHttp = context.getType() === 'http';
    const session = isHttp ? sessionOf(context.getArgByIndex<object>(0)) : undefined;
    if (session?.current !== undefined && session.names(session.current.operation)) {
      throw new HttpException('let in', LET_IN);
    }
    return allowed;
  };
  return replacements.replace(SecurityGuard.prototype, 'canActivate', replaced);
}

function sessionOf(request: object): ProbeSession | undefined {
  const { headers } = request as { headers?: Record<string, unknown> };
  return sessions.get(headers?.[PROBE_HEADER]);
}

/** A probe for which any credentials are good and grant every scope. */
export function acceptAnything(
  operation: ProbeCase['operation'],
  schemes: readonly string[],
): ProbeCase {
  return {
    operation,
    carrying: 'anything',
    grants: new Map(schemes.map((name) => [name, () => true])),
    credentials: [],
    withheld: undefined,
    promised: '401',
  };
}

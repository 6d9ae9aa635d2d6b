import { HttpException } from '@nestjs/common';
import { SecurityGuard } from '../guards/security.guard.js';
import type { SchemeRegistry } from '../policies/scheme-registry.js';
import type { ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import type { ProbeCase } from './probe-case.js';
import { Replacements } from './replacements.js';

/** The status of a request that the guard let in while probing; the handler does not run. */
export const LET_IN = 299;

/** The header that tells probes from other requests, and one session's from another's. */
const PROBE_HEADER = 'x-nestjs-security-probe';

const sessions = new Map<unknown, ProbeSession>();
const replacements = new Replacements();

/**
 * Makes the schemes of an application accept the credentials of the current probe and nothing else, until it is ended.
 *
 * Requests without the session's header are served as ever, and several sessions may run at once.
 */
export class ProbeSession {
  current: ProbeCase | undefined;
  private readonly id = crypto.randomUUID();
  private readonly undo: (() => void)[] = [];

  constructor(registry: SchemeRegistry) {
    sessions.set(this.id, this);
    for (const entry of registry.all()) {
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
    this.undo.push(stopBeforeHandlers());
  }

  get headers(): Record<string, string> {
    return { [PROBE_HEADER]: this.id };
  }

  end(): void {
    sessions.delete(this.id);
    this.undo.reverse().forEach((restore) => restore());
  }
}

function acceptProbes(scheme: SecurityScheme): () => void {
  const validate = scheme.validate?.bind(scheme);
  const replaced = (credentials: unknown, context: ValidationContext) => {
    const probe = sessionOf(context.request)?.current;
    if (probe === undefined) {
      return validate === undefined ? { user: credentials } : validate(credentials, context);
    }
    const grants = probe.grants.get(scheme.schemeName);
    if (grants === undefined) return null;
    const scopes = context.scopes.filter((scope) => grants(scope) && scope !== probe.withheld);
    return { user: {}, scopes };
  };
  return replacements.replace(scheme, 'validate', replaced);
}

function stopBeforeHandlers(): () => void {
  const { canActivate } = SecurityGuard.prototype;
  type Context = Parameters<typeof canActivate>[0];
  const replaced = async function (this: SecurityGuard, context: Context) {
    const allowed = await canActivate.call(this, context);
    if (context.getType() === 'http' && sessionOf(context.getArgByIndex<object>(0))) {
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

/** A probe whose credentials are good whatever they are, and whatever scope is asked of them. */
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

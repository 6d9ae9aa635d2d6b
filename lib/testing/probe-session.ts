import { HttpException } from '@nestjs/common';
import { SecurityGuard } from '../guards/security.guard.js';
import type { SchemeRegistry } from '../requirements/scheme-registry.js';
import type { ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import type { ProbeCase } from './probe-case.js';

/** The status of a request that the guard let in while probing; the handler does not run. */
export const LET_IN = 299;

/** The header that tells probes from other requests. */
export const PROBE_HEADER = 'x-nestjs-security-probe';

/**
 * Makes the schemes of an application accept the credentials of the current probe and nothing else, until it is ended.
 *
 * Requests without the probe's header are served as ever.
 */
export class ProbeSession {
  current: ProbeCase | undefined;
  private readonly undo: (() => void)[] = [];
  private readonly id = crypto.randomUUID();

  constructor(registry: SchemeRegistry) {
    for (const entry of registry.all()) {
      const { resolve } = entry;
      this.acceptProbes(entry.scheme);
      if (resolve === undefined) continue;
      this.replace(entry, 'resolve', async (request: Parameters<typeof resolve>[0]) => {
        const scheme = await resolve(request);
        this.acceptProbes(scheme);
        return scheme;
      });
    }
    this.stopBeforeHandlers();
  }

  get headers(): Record<string, string> {
    return { [PROBE_HEADER]: this.id };
  }

  end(): void {
    this.undo.reverse().forEach((restore) => restore());
  }

  private acceptProbes(scheme: SecurityScheme): void {
    const validate = scheme.validate?.bind(scheme);
    this.replace(scheme, 'validate', (credentials: unknown, context: ValidationContext) => {
      const probe = this.isProbe(context.request) ? this.current : undefined;
      if (probe === undefined) {
        return validate === undefined ? { user: credentials } : validate(credentials, context);
      }
      return probe.schemes.includes(scheme.schemeName)
        ? { user: {}, scopes: context.scopes.filter((scope) => scope !== probe.withheld) }
        : null;
    });
  }

  private stopBeforeHandlers(): void {
    const { canActivate } = SecurityGuard.prototype;
    const isProbe = (request: object) => this.isProbe(request);
    this.replace(
      SecurityGuard.prototype,
      'canActivate',
      async function (this: SecurityGuard, context: Parameters<typeof canActivate>[0]) {
        const allowed = await canActivate.call(this, context);
        if (context.getType() === 'http' && isProbe(context.getArgByIndex<object>(0))) {
          throw new HttpException('let in', LET_IN);
        }
        return allowed;
      },
    );
  }

  private isProbe(request: object): boolean {
    const { headers } = request as { headers?: Record<string, unknown> };
    return headers?.[PROBE_HEADER] === this.id;
  }

  private replace(target: object, property: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(target, property);
    Object.defineProperty(target, property, { value, configurable: true, writable: true });
    this.undo.push(() => {
      if (own === undefined) Reflect.deleteProperty(target, property);
      else Object.defineProperty(target, property, own);
    });
  }
}

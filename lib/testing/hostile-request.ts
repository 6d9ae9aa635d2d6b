import type { AttackKind } from './attack-report.js';
import type { DocumentedOperation } from './documented-operation.js';
import type { RawRequest } from './raw-exchange.js';

/** A request that must not be let in, and what it tries. */
export interface HostileRequest extends RawRequest {
  readonly kind: AttackKind;
  /** In words. */
  readonly attack: string;
  /** A text that no answer may repeat. */
  readonly secret?: string;
}

/** Whether nobody is let in without credentials. */
export function isClosed({ security }: DocumentedOperation): boolean {
  return (
    security.length > 0 && security.every((requirement) => Object.keys(requirement).length > 0)
  );
}

/** Whether an operation takes credentials, required or not. */
export function takesCredentials({ security }: DocumentedOperation): boolean {
  return security.some((requirement) => Object.keys(requirement).length > 0);
}

/** The path of a request target. */
export function pathOf(target: string): string {
  return target.split('?', 1)[0]!;
}

/** A request target with more query parameters. */
export function withQuery(target: string, parameters: readonly string[]): string {
  if (parameters.length === 0) return target;
  return `${target}${target.includes('?') ? '&' : '?'}${parameters.join('&')}`;
}

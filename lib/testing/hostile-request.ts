import type { AttackKind } from './attack-report.js';
import type { RawRequest } from './raw-exchange.js';

/** A request that must not be let in, and what it tries. */
export interface HostileRequest extends RawRequest {
  readonly kind: AttackKind;
  /** In words. */
  readonly attack: string;
  /** A text that no answer may repeat. */
  readonly secret?: string;
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

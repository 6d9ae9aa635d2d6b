import type { AuditedRoute } from '../audit/audited-route.js';
import type { SourcePlace } from './source-places.js';

/**
 * How far an application is started to be audited:
 *
 * - `offline`: in full, but given up as soon as it connects to anything;
 * - `preview`: without making its own providers, as the `preview` option of Nest does, and without connections;
 * - `online`: in full, connections included.
 */
export type AuditMode = 'offline' | 'preview' | 'online';

/** The command's request to the process that loads the application. */
export interface AuditRequest {
  readonly file: string;
  readonly module: string | undefined;
  readonly mode: AuditMode;
  /** Whether the process is to look like a worker of `node:cluster`. */
  readonly asWorker: boolean;
  readonly verbose: boolean;
}

/** An application's routes. */
export interface AuditedApplication {
  readonly routes: readonly AuditedRoute[];
  /** Where each route's handler is in the source, in the same order; `null` where that is not known. */
  readonly places: readonly (SourcePlace | null)[];
}

/** A message of that process to the command. */
export type AuditMessage =
  | { readonly kind: 'waiting'; readonly for: string }
  | { readonly kind: 'logged'; readonly error: string }
  | ({ readonly kind: 'routes' } & AuditedApplication)
  | { readonly kind: 'failed'; readonly failure: AuditFailure };

/** Why there is no audit. */
export interface AuditFailure {
  /**
   * `usage`: the command was called wrongly. `mode`: another mode may work. `workers`: what serves are workers of
   * `node:cluster`. `late`: the time was up.
   */
  readonly reason: 'usage' | 'mode' | 'workers' | 'late' | 'error';
  readonly message: string;
  readonly stack?: string;
}

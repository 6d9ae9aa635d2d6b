/** What one application process is to do. */
export interface InstanceTask {
  readonly kind: 'proofs' | 'tokens';
  readonly requests: number;
  /** The port of Redis. */
  readonly redis?: number;
  /** The port of the authorization server. */
  readonly introspection?: number;
  /** How many different tokens there are, of which each request has any. */
  readonly tokens: number;
  /** Whether tokens are remembered. */
  readonly cache: boolean;
}

/** What it found. */
export interface InstanceResult {
  /** Commands that it sent to Redis. */
  readonly roundTrips: number;
}

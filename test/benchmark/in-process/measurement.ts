/** What was measured of one contender in one case, round by round; times in ns, memory in bytes, per request. */
export interface Measurement {
  readonly case: string;
  readonly contender: string;
  readonly wall: number[];
  readonly cpu: number[];
  readonly bytes: number[];
}

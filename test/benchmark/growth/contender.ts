/** Who protects and documents the routes of a growing application. */
export type GrowthContender = 'plain' | 'guard' | 'nestjs-security';

/** What one fresh process found; times in ms of CPU, memory in bytes. */
export interface Growth {
  readonly boot: number;
  readonly document: number;
  readonly documentAgain: number;
  readonly heap: number;
}

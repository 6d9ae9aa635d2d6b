/**
 * Who protects and documents the routes of a growing application.
 *
 * `by hand` writes on each route what nestjs-security documents of it; the last two differ by where `@Security` stands.
 */
export const GROWTH_CONTENDERS = [
  'plain',
  'by hand',
  'nestjs-security',
  'nestjs-security, each route',
] as const;

export type GrowthContender = (typeof GROWTH_CONTENDERS)[number];

/** What one fresh process found; times in ms of CPU, memory in bytes that outlive a collection. */
export interface Growth {
  /** What Nest does with the classes. */
  readonly boot: number;
  /** With what the classes' decorators do first: by hand, they document each route. */
  readonly start: number;
  readonly document: number;
  readonly documentAgain: number;
  /** Of the application. */
  readonly heap: number;
  /** Of the first document, with what is kept because of it. */
  readonly documentHeap: number;
  /** The same for the same document, but for its schemes. */
  readonly digest: string;
}

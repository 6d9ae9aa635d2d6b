import { Logger, type LoggerService } from '@nestjs/common';
import { inspect } from 'node:util';
import { vi } from 'vitest';

/** Everything Nest and the console were told, as text. */
export interface RecordedLogs {
  readonly logger: LoggerService;
  /** What was logged at one level, or at all of them. */
  text(level?: string): string;
  clear(): void;
  restore(): void;
}

const everything = { depth: Infinity, maxArrayLength: null, maxStringLength: null } as const;

/** The text of whatever can be got out of a value: its enumerable and hidden members, and its JSON. */
export function textOf(value: unknown): string {
  const parts = [inspect(value, { ...everything, showHidden: true }), inspect(value, everything)];
  if (value instanceof Error) {
    parts.push(value.message, String(value.stack));
    if (value.cause !== undefined) parts.push(textOf(value.cause));
  }
  try {
    parts.push(JSON.stringify(value) ?? '');
  } catch {
    // A circular value has no JSON to leak by.
  }
  return parts.join('\n');
}

/** Records instead of printing, for all of this process. */
export function recordLogs(): RecordedLogs {
  const lines: [level: string, text: string][] = [];
  const at =
    (level: string) =>
    (...values: unknown[]): void => {
      lines.push([level, values.map(textOf).join(' ')]);
    };
  const logger: LoggerService = {
    log: at('log'),
    error: at('error'),
    warn: at('warn'),
    debug: at('debug'),
    verbose: at('verbose'),
    fatal: at('fatal'),
  };
  const spies = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(at(`console.${level}`)),
  );
  return {
    logger,
    text: (level) =>
      lines
        .filter(([name]) => level === undefined || name === level)
        .map(([, text]) => text)
        .join('\n'),
    clear: () => void lines.splice(0),
    restore: () => {
      spies.forEach((spy) => spy.mockRestore());
      Logger.overrideLogger(false);
    },
  };
}

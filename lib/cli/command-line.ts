import { parseArgs } from 'node:util';
import { FORMATS, type Format } from './formats.js';
import { UsageError } from './usage.error.js';

export const USAGE = `Usage: nestjs-security audit <file> [options]
       nestjs-security migrate <folder> [--write]

audit: lists every route of an application with who may call it. It opens no port, and connects to
nothing unless the application uses what it injects before it is up.

  <file>               Compiled JavaScript: a main.js that starts the application, a file that
                       exports the root module, or one that exports createApp().
  --module <name>      The exported module. Default: AppModule, or the only one.
  --format <format>    text, json, markdown, sarif (2.1.0) or github (annotations). Default: text.
  --strict             Exit with 1 when a route declares no requirement.
  --baseline <file>    Exit with 1 when a route is more open than in this file, and say which.
                       Write it with --format json > <file>.
  --timeout <seconds>  How long the application may take to start. Default: 60.
  --verbose            Show what the application logs, and where errors come from.

migrate: moves guards of @nestjs/passport, guards with JwtService, guards of roles and the decorators
of their documents to this package, where every route asks for what it asked for. The rest is listed.

  <folder>             The source of one application, such as src.
  --write              Write the changes. Without it they are printed only.

  --help, --version

Exit codes:
  0  no complaint
  1  a route is open (--strict) or more open than before (--baseline)
  2  the command was called wrongly
  3  the application could not be audited or migrated: it failed, ended or took too long, or is not understood`;

/** An audit as it was asked for. */
export interface AuditCommand {
  readonly command: 'audit';
  readonly file: string;
  readonly module: string | undefined;
  readonly format: Format;
  readonly strict: boolean;
  readonly baseline: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  readonly verbose: boolean;
}

/** A migration as it was asked for. */
export interface MigrateCommand {
  readonly command: 'migrate';
  readonly folder: string;
  readonly write: boolean;
}

const OPTIONS: Readonly<Record<'audit' | 'migrate', readonly string[]>> = {
  audit: ['module', 'format', 'strict', 'baseline', 'timeout', 'verbose'],
  migrate: ['write', 'verbose'],
};

/**
 * Parses the arguments of the command.
 *
 * @throws UsageError
 */
export function parseCommandLine(
  args: readonly string[],
): AuditCommand | MigrateCommand | { readonly command: 'help' | 'version' } {
  const { values, positionals } = parseArguments(args);
  if (values.help === true) return { command: 'help' };
  if (values.version === true) return { command: 'version' };
  const [command, file, ...rest] = positionals;
  const { format = 'text', module, strict = false, baseline, timeout, verbose = false } = values;
  if (command !== 'audit' && command !== 'migrate') {
    throw new UsageError(`Unknown command ${command ?? ''}`.trim());
  }
  const stray = Object.keys(values).find((name) => !OPTIONS[command].includes(name));
  if (stray !== undefined) throw new UsageError(`${command} has no option --${stray}`);
  if (command === 'migrate') return migrateCommand(file, rest, values.write);
  if (file === undefined || rest.length > 0) throw new UsageError('Name one file');
  if (!isFormat(format)) throw new UsageError(`Unknown format ${format}`);
  return {
    command,
    file,
    module,
    format,
    strict,
    baseline,
    timeout: secondsOf(timeout),
    verbose,
  };
}

function migrateCommand(
  folder: string | undefined,
  rest: readonly string[],
  write = false,
): MigrateCommand {
  if (folder === undefined || rest.length > 0) throw new UsageError('Name one folder');
  return { command: 'migrate', folder, write };
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        baseline: { type: 'string' },
        format: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        module: { type: 'string' },
        strict: { type: 'boolean' },
        timeout: { type: 'string' },
        verbose: { type: 'boolean' },
        version: { type: 'boolean', short: 'v' },
        write: { type: 'boolean' },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function isFormat(value: string): value is Format {
  return (FORMATS as readonly string[]).includes(value);
}

/** At most a day, as timers of Node cannot exceed 24 days. */
function secondsOf(timeout = '60'): number {
  const seconds = Number(timeout);
  if (/^\d+(\.\d+)?$/.test(timeout) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new UsageError('--timeout takes a number of seconds, such as 90');
}

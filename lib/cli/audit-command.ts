import { parseArgs } from 'node:util';
import type { AuditedRoute } from '../audit/audited-route.js';
import { auditAsMarkdown, auditAsText, auditSummary } from '../audit/audit-table.js';
import { AuthModule } from '../auth.module.js';
import { loadApplication } from './load-application.js';
import { UsageError } from './usage.error.js';

export const USAGE = `Usage: nestjs-security audit <module file> [options]

  <module file>        Compiled JavaScript that exports the root module,
                       or a function createApp() that returns the application.
  --module <name>      The exported module. Default: AppModule, or the only one.
  --format <format>    text, json or markdown. Default: text.
  --strict             Exit with 1 when a route declares no requirement.`;

/** What a run prints, and its exit code. */
export interface CommandResult {
  readonly output: string;
  readonly exitCode: number;
}

/** Starts the application, without listening, and audits its routes. */
export async function auditCommand(args: readonly string[]): Promise<CommandResult> {
  const { file, format, module, strict } = parse(args);
  const app = await loadApplication(file, module);
  try {
    const routes = AuthModule.audit(app);
    const open = routes.some(({ access }) => access === 'undeclared');
    return { output: FORMATS[format](routes), exitCode: strict && open ? 1 : 0 };
  } finally {
    await app.close();
  }
}

const FORMATS = {
  text: (routes: AuditedRoute[]) => `${auditAsText(routes)}\n\n${auditSummary(routes)}`,
  json: (routes: AuditedRoute[]) => JSON.stringify(routes, undefined, 2),
  markdown: auditAsMarkdown,
};

function parse(args: readonly string[]) {
  const { values, positionals } = parseArguments(args);
  const [command, file, ...rest] = positionals;
  const { format = 'text', module, strict = false } = values;
  if (command !== 'audit') throw new UsageError(`Unknown command ${command ?? ''}`.trim());
  if (file === undefined || rest.length > 0) throw new UsageError('Name one module file');
  if (!isFormat(format)) throw new UsageError(`Unknown format ${format}`);
  return { file, format, module, strict };
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: 'string' },
        module: { type: 'string' },
        strict: { type: 'boolean' },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function isFormat(value: string): value is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, value);
}
